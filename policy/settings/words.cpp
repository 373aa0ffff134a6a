// SPDX-License-Identifier: Apache-2.0
#include "policy/settings/words.h"

#include <cctype>

#include <fmt/core.h>

namespace annex::policy {

std::string bytesInWords(std::uint64_t bytes)
{
    static constexpr const char* kUnits[] = {"bytes", "KB", "MB", "GB", "TB"};
    if (bytes == 1)
        return "1 byte";
    int unit = 0;
    std::uint64_t whole = bytes;
    std::uint64_t rest = 0; // in 1/1024 of the unit
    while (whole >= 1024 && unit < 4) {
        rest = whole % 1024;
        whole /= 1024;
        ++unit;
    }
    const std::uint64_t tenths = rest * 10 / 1024;
    if (whole >= 100 || tenths == 0)
        return fmt::format("{} {}", whole, kUnits[unit]);
    return fmt::format("{}.{} {}", whole, tenths, kUnits[unit]);
}

std::string durationInWords(std::int64_t seconds)
{
    struct Unit {
        std::int64_t seconds;
        const char* one;
        const char* many;
    };
    static constexpr Unit kUnits[] = {{86400, "day", "days"}, {3600, "hour", "hours"}, {60, "minute", "minutes"}, {1, "second", "seconds"}};
    for (const Unit& unit : kUnits) {
        if (seconds != 0 && seconds % unit.seconds == 0) {
            const std::int64_t count = seconds / unit.seconds;
            return fmt::format("{} {}", count, count == 1 ? unit.one : unit.many);
        }
    }
    return "0 seconds";
}

namespace words {
namespace {

std::int64_t number(const Value& value)
{
    const auto* held = std::get_if<std::int64_t>(&value);
    return held != nullptr ? *held : 0;
}

const std::string& text(const Value& value)
{
    static const std::string kEmpty;
    const auto* held = std::get_if<std::string>(&value);
    return held != nullptr ? *held : kEmpty;
}

std::string bytes(const Value& value) { return bytesInWords(static_cast<std::uint64_t>(number(value))); }

std::string capitalised(std::string word)
{
    for (char& letter : word) {
        if (letter == '-')
            letter = ' ';
    }
    if (!word.empty())
        word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
    return word;
}

} // namespace

std::string isolationMinimum(const Value& value, const Lookup&)
{
    if (text(value) == "hypervisor")
        return "Starts only at level Hypervisor.";
    if (text(value) == "emulated")
        return "Starts at level Emulated or Hypervisor.";
    return "Starts at the strongest level of this computer, whichever it is.";
}

std::string isolationEngine(const Value& value, const Lookup&)
{
    if (text(value) == "auto")
        return "The strongest engine of this computer.";
    return fmt::format("Always the engine “{}”.", text(value));
}

std::string persistence(const Value&, const Lookup&) { return "Disposable: everything is thrown away."; }

std::string workspaceMaximum(const Value& value, const Lookup&)
{
    return number(value) == 1 ? "One workspace runs at a time." : fmt::format("Up to {} workspaces run at once.", number(value));
}

std::string colour(const Value& value, const Lookup&) { return fmt::format("{}. Only this computer can draw it.", capitalised(text(value))); }

std::string pattern(const Value& value, const Lookup&)
{
    return fmt::format("{}. Tells workspaces apart without colour.", capitalised(text(value)));
}

std::string label(const Value& value, const Lookup&) { return fmt::format("Its windows say “{}”.", text(value)); }

std::string idleStop(const Value& value, const Lookup&)
{
    if (std::holds_alternative<None>(value))
        return "Runs until you stop it.";
    return fmt::format("Stops after {} without a window.", durationInWords(number(value)));
}

std::string clipboardIn(const Value& value, const Lookup& others)
{
    if (text(value) == "off")
        return "Your clipboard cannot be pasted here.";
    return fmt::format("Only when you paste, one item at a time, up to {}.", bytes(others("clipboard.maximum_bytes")));
}

std::string clipboardOut(const Value& value, const Lookup& others)
{
    if (text(value) == "off")
        return "Nothing copied here reaches your clipboard.";
    const Value expire = others("clipboard.expire");
    const std::string kept =
        std::holds_alternative<None>(expire) ? "until you copy something else" : durationInWords(number(expire));
    return fmt::format("What you copy here, up to {}. Kept {}.", bytes(others("clipboard.maximum_bytes")), kept);
}

std::string clipboardMaximum(const Value& value, const Lookup&) { return fmt::format("Up to {} at a time, in and out.", bytes(value)); }

std::string clipboardExpire(const Value& value, const Lookup&)
{
    if (std::holds_alternative<None>(value))
        return "What you copied here stays on your clipboard until you copy something else.";
    return fmt::format("What you copied here leaves your clipboard after {}.", durationInWords(number(value)));
}

std::string filesIn(const Value& value, const Lookup& others)
{
    if (text(value) == "off")
        return "No file of yours can be sent in.";
    return fmt::format("Only files you send in, as a read-only copy, up to {} each.", bytes(others("files.maximum_bytes")));
}

std::string filesMaximum(const Value& value, const Lookup&) { return fmt::format("Up to {} for each file.", bytes(value)); }

std::string openFresh(const Value& value, const Lookup&)
{
    const auto* fresh = std::get_if<bool>(&value);
    if (fresh != nullptr && *fresh)
        return "Each file from outside opens in a fresh workspace of its own.";
    return "Files from outside open together in one workspace.";
}

std::string memoryMaximum(const Value& value, const Lookup&) { return fmt::format("Up to {}.", bytes(value)); }

std::string processorMaximum(const Value& value, const Lookup&)
{
    return number(value) == 100 ? "All of this computer's processors." : fmt::format("Up to {} % of this computer's processors.", number(value));
}

std::string processorWeight(const Value& value, const Lookup&)
{
    return fmt::format("Weight {} when workspaces want the processors at the same time.", number(value));
}

std::string storageQuota(const Value& value, const Lookup&) { return fmt::format("Up to {}. Beyond that, programs here see a full disk.", bytes(value)); }

std::string auditLevel(const Value& value, const Lookup&)
{
    return text(value) == "all" ? "Decisions, and each start, stop and connection." : "Each decision.";
}

std::string auditKeep(const Value& value, const Lookup&) { return fmt::format("Kept for {} days.", number(value)); }

std::string auditExport(const Value& value, const Lookup&)
{
    if (text(value) == "journal")
        return "Each record also goes to this computer's log.";
    if (text(value) == "file")
        return "Each record is also added to a file.";
    return "Records stay in Annex.";
}

} // namespace words
} // namespace annex::policy
