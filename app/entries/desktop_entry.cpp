// SPDX-License-Identifier: Apache-2.0
#include "app/entries/desktop_entry.h"

#include <algorithm>

#include "app/entries/key_file.h"
#include "base/text.h"

namespace annex::entries {

namespace {

/// How well "de_DE@euro" in brackets matches the wished locale: 0 not at all, 1 no locale in brackets, more is better.
/// @source Desktop Entry Specification, "Localized values for keys"
class LocaleMatcher {
public:
    explicit LocaleMatcher(std::string_view locale)
    {
        std::string_view modifier;
        if (auto at = locale.find('@'); at != std::string_view::npos) {
            modifier = locale.substr(at);
            locale = locale.substr(0, at);
        }
        locale = locale.substr(0, locale.find('.'));
        std::string_view language = locale.substr(0, locale.find('_'));
        if (language.empty() || language == "C" || language == "POSIX")
            return;
        m_byRank = {std::string(language), std::string(language).append(modifier), std::string(locale), std::string(locale).append(modifier)};
    }
    int rank(std::string_view inBrackets) const
    {
        if (inBrackets.empty())
            return 1;
        auto at = std::find(m_byRank.rbegin(), m_byRank.rend(), inBrackets);
        return at == m_byRank.rend() ? 0 : 2 + static_cast<int>(m_byRank.rend() - at);
    }

private:
    std::vector<std::string> m_byRank; ///< worst first
};

/// A localised value so far, with how well it fits.
struct Best {
    std::string_view value;
    int rank = 0;
    void offer(std::string_view candidate, int candidateRank)
    {
        if (candidateRank > rank) {
            value = candidate;
            rank = candidateRank;
        }
    }
};

struct Localised {
    Best name, comment, keywords;
};

void takePlain(DesktopEntry& entry, const KeyFileLine& line)
{
    auto isTrue = [&] { return line.value == "true" || line.value == "1"; };
    if (line.key == "Type")
        entry.application = line.value == "Application";
    else if (line.key == "Icon")
        entry.icon = unescaped(line.value);
    else if (line.key == "Exec")
        entry.exec = unescaped(line.value);
    else if (line.key == "TryExec")
        entry.tryExec = unescaped(line.value);
    else if (line.key == "Path")
        entry.workingFolder = unescaped(line.value);
    else if (line.key == "StartupWMClass")
        entry.startupClass = unescaped(line.value);
    else if (line.key == "Terminal")
        entry.terminal = isTrue();
    else if (line.key == "NoDisplay")
        entry.noDisplay = isTrue();
    else if (line.key == "Hidden")
        entry.hidden = isTrue();
    else if (line.key == "Categories")
        entry.categories = listOf(line.value, kMaxListItems);
    else if (line.key == "MimeType")
        entry.mimeTypes = listOf(line.value, kMaxListItems);
    else if (line.key == "OnlyShowIn")
        entry.onlyShowIn = listOf(line.value, kMaxListItems);
    else if (line.key == "NotShowIn")
        entry.notShowIn = listOf(line.value, kMaxListItems);
}

void takeLocalised(Localised& localised, const KeyFileLine& line, int rank)
{
    if (line.key == "Name")
        localised.name.offer(line.value, rank);
    else if (line.key == "Comment")
        localised.comment.offer(line.value, rank);
    else if (line.key == "Keywords")
        localised.keywords.offer(line.value, rank);
}

/// One argument of Exec before its field codes are replaced.
struct RawArgument {
    std::string text;
    std::vector<bool> quoted; ///< for each character of `text`
};

/// Cuts Exec into arguments: blanks separate, double and single quotes hold together, a backslash takes the next character as it is.
class ExecSplitter {
public:
    explicit ExecSplitter(std::string_view exec) : m_rest(exec) {}

    Result<std::vector<RawArgument>> split()
    {
        while (!m_rest.empty()) {
            char c = take();
            if (c == ' ' || c == '\t' || c == '\n')
                finishArgument();
            else if (c == '"' || c == '\'') {
                if (!takeQuoted(c))
                    return fail(Errc::Malformed, "Exec has an open quote");
            } else if (c == '\\' && !m_rest.empty())
                add(take(), false);
            else
                add(c, false);
            if (m_arguments.size() > kMaxExecArguments)
                return fail(Errc::TooLarge, "Exec has too many arguments");
        }
        finishArgument();
        return std::move(m_arguments);
    }

private:
    char take()
    {
        char c = m_rest.front();
        m_rest.remove_prefix(1);
        return c;
    }
    void add(char c, bool quoted)
    {
        m_open = true;
        m_current.text.push_back(c);
        m_current.quoted.push_back(quoted);
    }
    bool takeQuoted(char quote)
    {
        m_open = true;
        while (!m_rest.empty()) {
            char c = take();
            if (c == quote)
                return true;
            // Within double quotes a backslash protects only these four.
            if (quote == '"' && c == '\\' && !m_rest.empty() && std::string_view("\"`$\\").find(m_rest.front()) != std::string_view::npos)
                c = take();
            add(c, true);
        }
        return false;
    }
    void finishArgument()
    {
        if (std::exchange(m_open, false))
            m_arguments.push_back(std::exchange(m_current, {}));
    }

    std::string_view m_rest;
    RawArgument m_current;
    bool m_open = false; ///< "" is an argument too
    std::vector<RawArgument> m_arguments;
};

/// Replaces the field codes of one argument; one argument may become none (a lone %f without a file) or several (%F, %i).
class FieldExpander {
public:
    FieldExpander(const DesktopEntry& entry, const std::vector<std::string>& files) : m_entry(entry), m_files(files) {}

    Result<void> expand(const RawArgument& raw, std::vector<std::string>& out)
    {
        if (raw.text.size() == 2 && raw.text[0] == '%' && !raw.quoted[0] && expandAlone(raw.text[1], out))
            return {};
        std::string text;
        for (std::size_t i = 0; i < raw.text.size(); ++i) {
            if (raw.text[i] != '%') {
                text.push_back(raw.text[i]);
                continue;
            }
            if (++i == raw.text.size())
                return fail(Errc::Malformed, "Exec ends in a lone %");
            if (auto ok = expandWithin(raw.text[i], raw.quoted[i], text); !ok)
                return ok;
        }
        out.push_back(std::move(text));
        return {};
    }
    bool usedFiles() const { return m_usedFiles; }

private:
    /// Codes that stand alone as an argument. @return false for the others
    bool expandAlone(char code, std::vector<std::string>& out)
    {
        bool list = code == 'F' || code == 'U';
        if (list || code == 'f' || code == 'u') {
            m_usedFiles = true;
            for (std::size_t i = 0; i < m_files.size() && (list || i == 0); ++i)
                out.push_back(code == 'u' || code == 'U' ? fileUri(m_files[i]) : m_files[i]);
            return true;
        }
        if (code == 'i') {
            if (!m_entry.icon.empty())
                out.insert(out.end(), {"--icon", m_entry.icon});
            return true;
        }
        return std::string_view("dDnNvm").find(code) != std::string_view::npos; // deprecated: dropped
    }
    Result<void> expandWithin(char code, bool quoted, std::string& text)
    {
        switch (code) {
        case '%': text.push_back('%'); return {};
        case 'c': text += m_entry.name; return {};
        case 'k': text += m_entry.file; return {};
        case 'f':
        case 'u':
            if (quoted)
                return fail(Errc::Malformed, "Exec has a file code inside quotes");
            m_usedFiles = true;
            if (!m_files.empty())
                text += code == 'u' ? fileUri(m_files.front()) : m_files.front();
            return {};
        default: return fail(Errc::Malformed, "Exec has an unknown or misplaced field code");
        }
    }

    const DesktopEntry& m_entry;
    const std::vector<std::string>& m_files;
    bool m_usedFiles = false;
};

} // namespace

Result<DesktopEntry> parseDesktopEntry(std::string_view text, std::string_view locale)
{
    if (text.size() > kMaxEntry_bytes)
        return fail(Errc::TooLarge, "a desktop entry over its limit");
    if (!isValidUtf8(text) || text.find('\0') != std::string_view::npos)
        return fail(Errc::Malformed, "a desktop entry that is not text");
    DesktopEntry entry;
    Localised localised;
    LocaleMatcher matcher(locale);
    auto walked = eachLine(text, kMaxLines, kMaxValue_bytes, [&](const KeyFileLine& line) {
        if (line.group != "Desktop Entry")
            return; // actions are not offered
        takeLocalised(localised, line, matcher.rank(line.locale));
        if (line.locale.empty())
            takePlain(entry, line);
    });
    if (!walked)
        return Unexpected(std::move(walked.error()));
    entry.name = unescaped(localised.name.value);
    if (entry.name.empty())
        return fail(Errc::Malformed, "a desktop entry without a name");
    entry.comment = unescaped(localised.comment.value);
    entry.keywords = listOf(localised.keywords.value, kMaxListItems);
    return entry;
}

Result<std::vector<std::string>> execToArguments(const DesktopEntry& entry, const std::vector<std::string>& files)
{
    auto raw = ExecSplitter(entry.exec).split();
    if (!raw)
        return Unexpected(std::move(raw.error()));
    // The program itself never comes from a field code: "Exec=%f" would run the document.
    if (raw->empty() || raw->front().text.empty() || raw->front().text.find('%') != std::string::npos)
        return fail(Errc::Malformed, "Exec names no program");
    std::vector<std::string> arguments;
    FieldExpander expander(entry, files);
    for (const RawArgument& argument : *raw) {
        if (auto ok = expander.expand(argument, arguments); !ok)
            return Unexpected(std::move(ok.error()));
    }
    if (!files.empty() && !expander.usedFiles())
        arguments.push_back(files.front());
    return arguments;
}

bool isListed(const DesktopEntry& entry)
{
    return entry.application && !entry.noDisplay && !entry.hidden && !entry.exec.empty() && entry.onlyShowIn.empty();
}

std::string fileUri(std::string_view path)
{
    constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string uri = "file://";
    for (char c : path) {
        auto byte = static_cast<unsigned char>(c);
        if (kPlain.find(c) != std::string_view::npos) {
            uri.push_back(c);
        } else {
            uri.push_back('%');
            uri.push_back(kDigits[byte >> 4]);
            uri.push_back(kDigits[byte & 15]);
        }
    }
    return uri;
}

} // namespace annex::entries
