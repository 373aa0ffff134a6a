// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <map>
#include <memory>
#include <mutex>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "base/files.h"
#include "base/paths.h"

namespace annex {
namespace {

/// The message, with line breaks and control characters made visible: the second net below GuestText, for text that came
/// through an error or a library.
class OneLine final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override
    {
        static constexpr char kDigits[] = "0123456789abcdef";
        for (char c : message.payload) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte >= 0x20 && byte != 0x7f) {
                out.push_back(c);
                continue;
            }
            const char escaped[] = {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
            out.append(escaped, escaped + sizeof escaped);
        }
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<OneLine>(); }
};

std::unique_ptr<spdlog::formatter> lineFormatter()
{
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<OneLine>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %n %*");
    return formatter;
}

/// All loggers write to one set of sinks, so that a file added later is everybody's.
class Loggers {
public:
    Loggers() : m_sinks(std::make_shared<spdlog::sinks::dist_sink_mt>())
    {
        auto standardError = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        standardError->set_formatter(lineFormatter());
        m_sinks->add_sink(std::move(standardError));
    }

    spdlog::logger& get(std::string_view module)
    {
        std::lock_guard lock(m_mutex);
        auto found = m_byModule.find(module);
        if (found == m_byModule.end()) {
            auto made = std::make_unique<spdlog::logger>(std::string(module), m_sinks);
            made->set_level(m_level);
            made->flush_on(spdlog::level::trace); // each line at once: no timer that would wake an idle process
            found = m_byModule.emplace(std::string(module), std::move(made)).first;
        }
        return *found->second;
    }

    void set(spdlog::level::level_enum level, spdlog::sink_ptr file)
    {
        std::lock_guard lock(m_mutex);
        m_level = level;
        for (auto& [name, logger] : m_byModule)
            logger->set_level(level);
        if (m_file)
            m_sinks->remove_sink(m_file);
        m_file = file;
        m_sinks->add_sink(std::move(file));
    }

private:
    std::mutex m_mutex;
    std::shared_ptr<spdlog::sinks::dist_sink_mt> m_sinks;
    std::map<std::string, std::unique_ptr<spdlog::logger>, std::less<>> m_byModule;
    spdlog::sink_ptr m_file;
    spdlog::level::level_enum m_level = spdlog::level::info;
};

Loggers& loggers()
{
    // Never destroyed: destructors of other statics may still log.
    static auto* instance = new Loggers;
    return *instance;
}

Result<spdlog::level::level_enum> levelNamed(std::string_view name)
{
    using namespace spdlog::level;
    static constexpr std::pair<std::string_view, level_enum> kLevels[] = {
        {"trace", trace}, {"debug", debug}, {"info", info}, {"warn", warn}, {"error", err}, {"off", off}};
    for (const auto& [known, level] : kLevels) {
        if (known == name)
            return level;
    }
    return fail(Errc::Malformed, "set up logging: no such level: " + escapeForLog(name));
}

void restrictFile(const spdlog::filename_t& name, std::FILE*)
{
    std::error_code ignored; // its folder is private already
    std::filesystem::permissions(name, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
}

} // namespace

spdlog::logger& log(std::string_view module)
{
    return loggers().get(module);
}

Result<void> setUpLogging(const std::filesystem::path& folder, std::string_view level, std::string_view program)
{
    auto chosen = levelNamed(level);
    if (!chosen)
        return tl::unexpected<Error>(std::move(chosen.error()));
    if (auto made = ensurePrivateFolder(folder); !made)
        return while_("set up logging", std::move(made));
    std::string name(program);
    if (name.empty()) {
        auto file = programFile();
        name = file ? file->filename().string() : "annex";
    }
    try { // spdlog reports by exception; it ends here
        spdlog::file_event_handlers handlers;
        handlers.after_open = restrictFile;
        auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>((folder / (name + ".log")).string(), kMaxLogFile_bytes,
                                                                           kKeptLogFiles, false, handlers);
        sink->set_formatter(lineFormatter());
        loggers().set(*chosen, std::move(sink));
    } catch (const spdlog::spdlog_ex& error) {
        return fail(Errc::SystemFailed, std::string("set up logging: ") + error.what());
    }
    return {};
}

} // namespace annex
