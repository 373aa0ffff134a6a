// SPDX-License-Identifier: Apache-2.0
#include "app/broker/session/app_list.h"

#include <algorithm>
#include <tuple>

#include <unistd.h>

#include "app/entries/application_folders.h"
#include "base/text.h"

namespace annex::broker {

namespace {

// The guest's /usr is the host's, so what is not here is not there.
bool programExists(const std::string& program)
{
    if (program.find('/') != std::string::npos)
        return ::access(program.c_str(), X_OK) == 0;
    for (const char* folder : {"/usr/local/bin/", "/usr/bin/", "/usr/games/"})
        if (::access((folder + program).c_str(), X_OK) == 0)
            return true;
    return false;
}

std::string line(std::string_view text)
{
    return sanitiseLine(text, kMaxAppText_characters);
}

} // namespace

std::vector<App> listApps(const std::vector<std::filesystem::path>& folders, std::string_view locale)
{
    std::vector<App> out;
    for (const auto& entry : entries::readApplications(folders, locale)) {
        auto exec = entries::isListed(entry) ? entries::execToArguments(entry) : Result<std::vector<std::string>>(fail(Errc::NotFound, "not listed"));
        if (!exec || exec->empty() || !programExists(exec->front()) || (!entry.tryExec.empty() && !programExists(entry.tryExec)))
            continue;
        App app{entry.id, line(entry.name), line(entry.comment), line(entry.icon), std::move(*exec), {}};
        if (entry.terminal)
            app.exec.insert(app.exec.begin(), {"foot", "--"});
        for (const auto& keyword : entry.keywords)
            if (app.keywords.size() < kMaxAppKeywords)
                app.keywords.push_back(line(keyword));
        out.push_back(std::move(app));
        if (out.size() == kMaxApps)
            break;
    }
    std::sort(out.begin(), out.end(), [](const App& a, const App& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); });
    return out;
}

} // namespace annex::broker
