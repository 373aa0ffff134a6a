// SPDX-License-Identifier: Apache-2.0
#include "app/init/mime/opener.h"

#include <algorithm>
#include <cerrno>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/entries/application_folders.h"
#include "app/init/mime/associations.h"
#include "app/init/mime/mime_database.h"
#include "app/init/start_process.h"
#include "base/posix/unique_fd.h"

namespace annex::init::mime {

namespace fs = std::filesystem;
using control::OpenProblem;

namespace {

/// The first bytes of a regular file; no link is followed, and nothing else than a file is waited for.
std::optional<ByteVector> readHead(const std::string& path)
{
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
        return {};
    ByteVector head(Magic::kHead_bytes);
    std::size_t held = 0;
    while (held < head.size()) {
        ssize_t count = ::read(file.get(), head.data() + held, head.size() - held);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        held += static_cast<std::size_t>(count);
    }
    head.resize(held);
    return head;
}

bool startsWith(ByteSpan head, std::string_view bytes)
{
    return head.size() >= bytes.size() && std::equal(bytes.begin(), bytes.end(), head.begin(), [](char a, std::uint8_t b) {
        return static_cast<std::uint8_t>(a) == b;
    });
}

bool isProgram(ByteSpan head, const MimeDatabase& database, const std::string& type)
{
    if (startsWith(head, "\x7f" "ELF") || startsWith(head, "#!"))
        return true;
    auto kinds = database.withParents(type);
    constexpr std::string_view kPrograms[] = {"application/x-executable", "application/x-ms-dos-executable", "application/vnd.appimage"};
    // A script's type (text/x-python) is a kind of executable too; without "#!" it is a text to read.
    return std::find(std::begin(kPrograms), std::end(kPrograms), kinds.front()) != std::end(kPrograms);
}

fs::path folderOf(const Environment& environment, std::string_view variable, std::string_view below)
{
    std::string_view value = valueOf(environment, variable);
    return value.empty() ? fs::path(valueOf(environment, "HOME")) / below : fs::path(value);
}

AssociationFolders associationFolders(const Environment& environment)
{
    AssociationFolders folders;
    folders.configuration = {folderOf(environment, "XDG_CONFIG_HOME", ".config")};
    std::string_view directories = valueOf(environment, "XDG_CONFIG_DIRS");
    if (directories.empty())
        directories = "/etc/xdg";
    while (!directories.empty()) {
        auto colon = directories.find(':');
        folders.configuration.emplace_back(directories.substr(0, colon));
        directories = colon == std::string_view::npos ? std::string_view{} : directories.substr(colon + 1);
    }
    folders.applications = entries::applicationFolders(valueOf(environment, "HOME"), valueOf(environment, "XDG_DATA_HOME"),
                                                       valueOf(environment, "XDG_DATA_DIRS"));
    return folders;
}

bool canBeFound(const std::string& program, const Environment& environment)
{
    std::string found = findProgram(program, valueOf(environment, "PATH"));
    return !found.empty() && ::access(found.c_str(), X_OK) == 0;
}

/// The argument list of an entry for this file, or nothing when it cannot be used here.
std::optional<std::vector<std::string>> commandOf(const entries::DesktopEntry& entry, const std::string& path, const Environment& environment)
{
    if (!entry.application || entry.hidden || (!entry.tryExec.empty() && !canBeFound(entry.tryExec, environment)))
        return {};
    auto arguments = entries::execToArguments(entry, {path});
    if (!arguments || !canBeFound(arguments->front(), environment))
        return {};
    if (entry.terminal) {
        if (!canBeFound("foot", environment))
            return {};
        arguments->insert(arguments->begin(), {"foot", "--"});
    }
    return std::move(*arguments);
}

/// Looks through the candidates of one type: programs that people see in menus first, helpers (NoDisplay) only if there is nothing else.
bool chooseFrom(const std::vector<std::string>& ids, const std::map<std::string, fs::path>& known, const std::string& path,
                const Environment& environment, OpenPlan& plan)
{
    for (bool helpers : {false, true}) {
        for (const std::string& id : ids) {
            auto at = known.find(id);
            if (at == known.end())
                continue;
            auto entry = entries::readEntry(id, at->second, valueOf(environment, "LANG"));
            if (!entry || entry->noDisplay != helpers)
                continue;
            if (auto command = commandOf(*entry, path, environment)) {
                plan.arguments = std::move(*command);
                plan.desktopId = id;
                plan.workingFolder = entry->workingFolder;
                return true;
            }
        }
    }
    return false;
}

std::vector<fs::path> dataFolders(const AssociationFolders& folders)
{
    std::vector<fs::path> data;
    for (const fs::path& folder : folders.applications)
        data.push_back(folder.parent_path());
    return data;
}

/// What the broker accepts as a type or an id: printable ASCII of bounded length. A guest's own files may say anything.
std::string plainToken(std::string text, std::size_t limit)
{
    bool plain = text.size() <= limit && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    return plain ? std::move(text) : std::string{};
}

} // namespace

OpenPlan planToOpen(const std::string& path, const Environment& environment)
{
    OpenPlan plan;
    auto head = readHead(path);
    if (!head) {
        plan.problem = OpenProblem::NoSuchFile;
        return plan;
    }
    AssociationFolders folders = associationFolders(environment);
    MimeDatabase database = MimeDatabase::read(dataFolders(folders));
    std::string type = database.typeOf(path.substr(path.rfind('/') + 1), *head);
    plan.mimeType = plainToken(type, control::kMaxMimeType_bytes);
    if (isProgram(*head, database, type)) {
        plan.problem = OpenProblem::IsExecutable;
        return plan;
    }
    Associations associations = Associations::read(folders);
    auto known = entries::findEntries(folders.applications);
    for (const std::string& kind : database.withParents(type)) {
        if (chooseFrom(associations.programsFor(kind), known, path, environment, plan)) {
            plan.desktopId = plainToken(plan.desktopId, control::kMaxFileName_bytes);
            return plan;
        }
    }
    plan.problem = OpenProblem::NoProgramForType;
    return plan;
}

} // namespace annex::init::mime
