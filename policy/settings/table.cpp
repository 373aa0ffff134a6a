// SPDX-License-Identifier: Apache-2.0
#include "policy/settings/setting.h"

#include <algorithm>

#include "policy/settings/profile.h"
#include "policy/settings/words.h"

namespace annex::policy {
namespace {

using namespace annex::literals;

constexpr std::int64_t signedBytes(Bytes bytes) { return static_cast<std::int64_t>(bytes.count); }

constexpr std::string_view kLevels[] = {"process", "emulated", "hypervisor"};
constexpr std::string_view kEngines[] = {"auto", "namespaces"};
constexpr std::string_view kPersistence[] = {"disposable"};
constexpr std::string_view kClipboard[] = {"off", "text"};
constexpr std::string_view kFiles[] = {"off", "allow"};
constexpr std::string_view kAuditLevels[] = {"decisions", "all"};
constexpr std::string_view kAuditExports[] = {"off", "journal", "file"};

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
/// The smallest memory in which the guest's display and one program start; below it every start would fail without a reason.
constexpr std::int64_t kSmallestMemory = signedBytes(128_MiB);

Value memoryPreset(const HostFacts& host, const WorkspaceFacts&)
{
    const std::int64_t half = signedBytes(host.memory) / 2;
    return std::clamp(half, kSmallestMemory, signedBytes(8_GiB));
}

Value colourPreset(const HostFacts&, const WorkspaceFacts& workspace) { return workspace.colour; }
Value patternPreset(const HostFacts&, const WorkspaceFacts& workspace) { return workspace.pattern; }
Value labelPreset(const HostFacts&, const WorkspaceFacts& workspace) { return workspace.name.empty() ? std::string("Workspace") : workspace.name; }

const Setting kSettings[] = {
    {.key = "clipboard.to_workspace", .managedName = "ClipboardToWorkspace", .title = "Copy in", .icon = "copy-in",
     .about = "What of the host's clipboard may be pasted into the workspace.",
     .group = Group::Border, .type = Type::Choice, .choices = kClipboard, .preset = "text", .strictest = "off",
     .sentence = words::clipboardIn},
    {.key = "clipboard.from_workspace", .managedName = "ClipboardFromWorkspace", .title = "Copy out", .icon = "copy-out",
     .about = "What a person may copy in the workspace and paste on the host.",
     .group = Group::Border, .type = Type::Choice, .choices = kClipboard, .preset = "text", .strictest = "off",
     .sentence = words::clipboardOut},
    {.key = "clipboard.maximum_bytes", .managedName = "ClipboardMaximumBytes", .title = "Clipboard limit", .icon = "clipboard",
     .about = "The largest item that crosses by the clipboard, either way. A larger one is refused with a message.",
     .group = Group::Border, .type = Type::Bytes, .limits = {signedBytes(1_KiB), signedBytes(64_MiB)}, .preset = "1 MiB", .strictest = "1 KiB",
     .sentence = words::clipboardMaximum},
    {.key = "clipboard.expire", .managedName = "ClipboardExpire", .title = "Clipboard expiry", .icon = "clock",
     .about = "How long what was copied out stays on the host's clipboard.",
     .group = Group::Border, .type = Type::Duration, .none = "never", .limits = {10, kHour}, .preset = "5 min", .strictest = "10 s",
     .sentence = words::clipboardExpire},
    {.key = "files.to_workspace", .managedName = "FilesToWorkspace", .title = "Files in", .icon = "file-in",
     .about = "Whether a person may send host files in, as read-only copies.",
     .group = Group::Border, .type = Type::Choice, .choices = kFiles, .preset = "allow", .strictest = "off",
     .sentence = words::filesIn},
    {.key = "files.maximum_bytes", .managedName = "FilesMaximumBytes", .title = "File size limit", .icon = "file",
     .about = "The largest file that crosses.",
     .group = Group::Border, .type = Type::Bytes, .limits = {signedBytes(1_KiB), signedBytes(1024_GiB)}, .preset = "2 GiB", .strictest = "1 KiB",
     .sentence = words::filesMaximum},
    {.key = "open.fresh", .managedName = "OpenFresh", .title = "Fresh workspace", .icon = "disposable",
     .about = "Whether files and programs of the host open in a fresh disposable workspace.",
     .group = Group::Border, .scope = Scope::Global, .type = Type::Switch, .preset = "on", .strictest = "on",
     .sentence = words::openFresh},

    {.key = "isolation.minimum", .managedName = "IsolationMinimum", .title = "Lowest level", .icon = "hypervisor",
     .about = "The lowest isolation level at which the workspace may start. Below it the start is refused with the reason and the cure.",
     .group = Group::Machine, .type = Type::Choice, .choices = kLevels, .preset = "process", .strictest = "hypervisor", .restart = true,
     .sentence = words::isolationMinimum},
    {.key = "isolation.engine", .managedName = "IsolationEngine", .title = "Engine", .icon = "processor",
     .about = "The engine that runs the workspace.",
     .group = Group::Machine, .type = Type::Choice, .choices = kEngines, .preset = "auto", .restart = true,
     .sentence = words::isolationEngine},
    {.key = "memory.maximum", .managedName = "MemoryMaximum", .title = "Memory", .icon = "memory",
     .about = "The most memory that the workspace may use.",
     .group = Group::Machine, .type = Type::Bytes, .limits = {kSmallestMemory, 0}, .maximumIsHostMemory = true, .presetBy = memoryPreset,
     .presetWords = "half of the host's memory, at most 8 GiB", .strictest = "128 MiB", .restart = true, .sentence = words::memoryMaximum},
    {.key = "processor.maximum", .managedName = "ProcessorMaximum", .title = "Processor", .icon = "processor",
     .about = "The share of the host's processors that the workspace may use.",
     .group = Group::Machine, .type = Type::Percent, .limits = {5, 100}, .preset = "100 %", .strictest = "5 %", .restart = true,
     .sentence = words::processorMaximum},
    {.key = "processor.weight", .managedName = "ProcessorWeight", .title = "Processor weight", .icon = "processor",
     .about = "The weight of the workspace against other workspaces when the processors are busy.",
     .group = Group::Machine, .type = Type::Integer, .limits = {1, 10'000}, .preset = "100", .strictest = "1", .restart = true,
     .sentence = words::processorWeight},
    {.key = "storage.quota", .managedName = "StorageQuota", .title = "Disk quota", .icon = "disk",
     .about = "The most that the workspace may write. Beyond it, its programs see a full disk.",
     .group = Group::Machine, .type = Type::Bytes, .limits = {signedBytes(256_MiB), signedBytes(1024_GiB)}, .preset = "10 GiB",
     .strictest = "256 MiB", .restart = true, .sentence = words::storageQuota},

    {.key = "workspace.persistence", .managedName = "WorkspacePersistence", .title = "When it stops", .icon = "disposable",
     .about = "What becomes of the workspace's files when it stops.",
     .group = Group::Life, .type = Type::Choice, .choices = kPersistence, .preset = "disposable", .strictest = "disposable", .restart = true,
     .sentence = words::persistence},
    {.key = "workspace.idle_stop", .managedName = "WorkspaceIdleStop", .title = "Idle stop", .icon = "clock",
     .about = "Stops the workspace when it has had no window and no running task for so long.",
     .group = Group::Life, .type = Type::Duration, .none = "off", .limits = {kMinute, 24 * kHour}, .preset = "15 min", .strictest = "1 min",
     .sentence = words::idleStop},
    {.key = "workspace.maximum", .managedName = "WorkspaceMaximum", .title = "Workspaces at once", .icon = "apps",
     .about = "How many workspaces may run at once.",
     .group = Group::Life, .scope = Scope::Global, .type = Type::Integer, .limits = {1, 64}, .preset = "16", .strictest = "1",
     .sentence = words::workspaceMaximum},

    {.key = "workspace.colour", .managedName = "WorkspaceColour", .title = "Colour", .icon = "apps",
     .about = "The colour of the frame that the host draws around the workspace's windows.",
     .group = Group::Look, .type = Type::Colour, .choices = kColours, .presetBy = colourPreset, .presetWords = "by order", .restart = true,
     .sentence = words::colour},
    {.key = "workspace.pattern", .managedName = "WorkspacePattern", .title = "Pattern", .icon = "apps",
     .about = "The pattern in that frame, for eyes that do not tell the colours apart.",
     .group = Group::Look, .type = Type::Pattern, .choices = kPatterns, .presetBy = patternPreset, .presetWords = "by order", .restart = true,
     .sentence = words::pattern},
    {.key = "workspace.label", .managedName = "WorkspaceLabel", .title = "Label", .icon = "apps",
     .about = "The name that the host writes in the frame.",
     .group = Group::Look, .type = Type::Text, .limits = {1, static_cast<std::int64_t>(kMaxLabel_characters)}, .presetBy = labelPreset,
     .presetWords = "the workspace's name", .restart = true, .sentence = words::label},

    {.key = "audit.level", .managedName = "AuditLevel", .title = "What is recorded", .icon = "chain",
     .about = "Decisions only, or life-cycle and channel events as well.",
     .group = Group::Trail, .scope = Scope::Global, .type = Type::Choice, .choices = kAuditLevels, .preset = "decisions", .strictest = "all",
     .sentence = words::auditLevel},
    {.key = "audit.keep", .managedName = "AuditKeep", .title = "How long", .icon = "clock",
     .about = "Days after which records are pruned, at an anchor; the anchor stays.",
     .group = Group::Trail, .scope = Scope::Global, .type = Type::Integer, .limits = {7, 3650}, .preset = "365", .strictest = "3650",
     .sentence = words::auditKeep},
    {.key = "audit.export", .managedName = "AuditExport", .title = "Where else", .icon = "export",
     .about = "Sends each record on: to the host's log (journald, else syslog) or to a file of JSON lines in Annex's data folder.",
     .group = Group::Trail, .scope = Scope::Global, .type = Type::Choice, .choices = kAuditExports, .preset = "journal", .strictest = "journal",
     .sentence = words::auditExport},
};

constexpr std::pair<std::string_view, std::string_view> kQuarantine[] = {
    {"clipboard.to_workspace", "text"},
    {"clipboard.from_workspace", "text"},
    {"workspace.persistence", "disposable"},
};

constexpr Profile kProfiles[] = {
    {.name = "quarantine", .title = "Quarantine", .about = "for files and programs you do not trust", .colour = "amber", .values = kQuarantine},
};

} // namespace

std::string_view toString(Type type)
{
    switch (type) {
    case Type::Switch: return "switch";
    case Type::Choice: return "choice";
    case Type::Bytes: return "bytes";
    case Type::Percent: return "percent";
    case Type::Integer: return "integer";
    case Type::Duration: return "duration";
    case Type::Text: return "text";
    case Type::Colour: return "colour";
    case Type::Pattern: return "pattern";
    }
    return "unknown";
}

std::string_view titleOf(Group group)
{
    switch (group) {
    case Group::Border: return "Across the border";
    case Group::Machine: return "Machine";
    case Group::Life: return "Life";
    case Group::Look: return "Look";
    case Group::Trail: return "Activity";
    }
    return "";
}

std::string_view toString(Group group)
{
    switch (group) {
    case Group::Border: return "border";
    case Group::Machine: return "machine";
    case Group::Life: return "life";
    case Group::Look: return "look";
    case Group::Trail: return "trail";
    }
    return "";
}

std::span<const Setting> settings() { return kSettings; }

const Setting* findSetting(std::string_view key)
{
    const auto* found = std::ranges::find(kSettings, key, &Setting::key);
    return found != std::end(kSettings) ? found : nullptr;
}

std::span<const Profile> profiles() { return kProfiles; }

const Profile* findProfile(std::string_view name)
{
    const auto* found = std::ranges::find(kProfiles, name, &Profile::name);
    return found != std::end(kProfiles) ? found : nullptr;
}

Limits limitsOf(const Setting& setting, const HostFacts& host)
{
    Limits limits = setting.limits;
    if (setting.maximumIsHostMemory)
        limits.maximum = std::max(limits.minimum, signedBytes(host.memory));
    return limits;
}

HostFacts anyHost() { return {.memory = Bytes{std::uint64_t{1} << 50}, .processors = 1}; }

Value fittedTo(const Setting& setting, Value value, const HostFacts& host)
{
    if (auto* number = std::get_if<std::int64_t>(&value); number != nullptr && setting.maximumIsHostMemory)
        *number = std::min(*number, limitsOf(setting, host).maximum);
    return value;
}

Value defaultOf(const Setting& setting, const HostFacts& host, const WorkspaceFacts& workspace)
{
    if (setting.presetBy != nullptr)
        return setting.presetBy(host, workspace);
    return parseValue(setting, setting.preset, host).value(); // a test parses every preset
}

Value strictestOf(const Setting& setting, const HostFacts& host, const WorkspaceFacts& workspace)
{
    if (setting.strictest.empty())
        return defaultOf(setting, host, workspace);
    return parseValue(setting, setting.strictest, host).value(); // likewise
}

std::string sentenceOf(const Setting& setting, const Value& value, const Lookup& others)
{
    return setting.sentence(value, others);
}

} // namespace annex::policy
