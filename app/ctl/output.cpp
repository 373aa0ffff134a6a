// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/output.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include <nlohmann/json.hpp>

#include "app/api/message.h"

namespace annex::ctl {

namespace {

std::size_t characters(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

} // namespace

void printLine(std::string_view line)
{
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
}

void printJson(const nlohmann::json& value)
{
    printLine(value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void printProblem(const api::Problem& problem, bool json)
{
    if (json) {
        printJson({{"error", api::toJson(problem)}});
        return;
    }
    std::string text = "annexctl: " + problem.title + ".\n  " + problem.why + "\n";
    for (const auto& row : problem.todo)
        text += "  → " + row + "\n";
    if (!problem.detail.empty())
        text += "  (" + problem.id + ": " + problem.detail + ")\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
}

std::string table(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths.resize(std::max(widths.size(), i + 1));
            widths[i] = std::max(widths[i], characters(row[i]));
        }
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += row[i];
            if (i + 1 < row.size())
                out.append(widths[i] - characters(row[i]) + 2, ' ');
        }
        out += '\n';
    }
    return out;
}

std::string sizeInWords(std::uint64_t bytes)
{
    constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < std::size(kUnits)) {
        value /= 1024;
        ++unit;
    }
    char text[32];
    std::snprintf(text, sizeof text, value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value, kUnits[unit]);
    return text;
}

std::string timeInWords(std::int64_t seconds)
{
    const auto time = static_cast<std::time_t>(seconds);
    std::tm local{};
    ::localtime_r(&time, &local);
    char text[32];
    return std::string(text, std::strftime(text, sizeof text, "%e %b %H:%M:%S", &local));
}

} // namespace annex::ctl
