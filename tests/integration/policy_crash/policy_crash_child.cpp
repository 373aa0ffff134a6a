// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "failing_calls.h"
#include "policy/managed/linux/folder_reader.h"
#include "policy/policy_engine.h"

using namespace annex;
using namespace annex::policy;

/// Works on a policy database and tells each finished step on descriptor 3: policy_crash_child WORK MODE AT FOLDER
///   WORK  settings | restore          MODE  never | kill | full | limit        AT  number of the call (limit: bytes of the largest file)
/// Ends with 0 when all was done, 10 + Errc where a step failed.
namespace {

const Subject kPerson{Subject::Kind::Person, "child"};
constexpr int kSteps = 3;

void tell(char step)
{
    // Past our own write(): telling is no part of the work.
    (void)::syscall(SYS_write, 3, &step, 1);
}

template <class T>
int codeOf(const Result<T>& result)
{
    return result ? 0 : 10 + static_cast<int>(result.error().code);
}

Result<std::unique_ptr<PolicyEngine>> open(const std::string& folder)
{
    PolicyOptions options;
    options.dataFolder = folder;
    options.host = {.memory = Bytes{std::uint64_t{8} << 30}, .processors = 2};
    options.exportFile = folder + "/audit.jsonl";
    return PolicyEngine::open(std::move(options));
}

int changeSettings(const std::string& folder, int steps)
{
    auto engine = open(folder);
    if (!engine)
        return codeOf(engine);
    for (int i = 1; i <= steps; ++i) {
        const std::string value = std::to_string(1 + (i * 7) % 64);
        if (auto set = (*engine)->setText(kPerson, "workspace.maximum", value); !set)
            return codeOf(set);
        tell('s');
        if (auto decided = (*engine)->decideAndRecord(kPerson, action::ProgramRun{"foot", {}}, ""); !decided)
            return codeOf(decided);
        tell('d');
    }
    return codeOf((*engine)->finish());
}

int restore(const std::string& folder)
{
    auto engine = open(folder);
    if (!engine)
        return codeOf(engine);
    const StoreReport report = (*engine)->store();
    if (!report.setAside)
        return 2;
    if (report.backups.empty())
        return 3;
    const int code = codeOf((*engine)->restoreBackup(report.backups.front().path));
    if (code == 0)
        tell('r');
    return code;
}

int fillToTheLimit(const std::string& folder, long limit_bytes)
{
    // As a full disk or a quota would: the write comes back with an error.
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = static_cast<rlim_t>(limit_bytes);
    ::setrlimit(RLIMIT_FSIZE, &limit);
    return changeSettings(folder, 100'000);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 5)
        return 1;
    const std::string work = argv[1];
    const std::string mode = argv[2];
    const long at = std::atol(argv[3]);
    const std::string folder = argv[4];
    if (mode == "limit")
        return fillToTheLimit(folder, at);
    if (mode != "never")
        failing_calls::arm(mode == "kill" ? failing_calls::Mode::Kill : failing_calls::Mode::Full, at);
    const int code = work == "restore" ? restore(folder) : changeSettings(folder, kSteps);
    failing_calls::disarm();
    return code;
}
