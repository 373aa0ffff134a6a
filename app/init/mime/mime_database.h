// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/init/mime/globs.h"
#include "app/init/mime/magic.h"

namespace annex::init::mime {

inline constexpr const char* kUnknown = "application/octet-stream";
inline constexpr const char* kPlainText = "text/plain";

/// The shared MIME-info database of the guest, read when a file is to be opened and dropped afterwards: nobody watches it for changes.
class MimeDatabase {
public:
    /// @param folders  those with "mime" folders in them, strongest first ($XDG_DATA_HOME, $XDG_DATA_DIRS)
    static MimeDatabase read(const std::vector<std::filesystem::path>& folders);

    void addGlobs(std::string_view text) { m_globs.add(text); }
    void addMagic(std::string_view text) { m_magic.add(text); }
    /// Lines "from to".
    void addAliases(std::string_view text);
    void addSubclasses(std::string_view text);

    /// Never empty: kPlainText or kUnknown where nothing says more.
    std::string typeOf(std::string_view fileName, ByteSpan head) const;
    /// The type and what it is a kind of, nearest first: "text/x-python", "application/x-executable", "text/plain".
    std::vector<std::string> withParents(const std::string& type) const;

    static constexpr std::size_t kMaxFile_bytes = 8u << 20; // the largest of shared-mime-info 2.2 has 35 kB
    static constexpr std::size_t kMaxPairs = 20'000;        // 450
    static constexpr std::size_t kMaxParents = 32;          // 5

private:
    std::string canonical(const std::string& type) const;
    bool isKindOf(const std::string& type, const std::string& ancestor) const;

    Globs m_globs;
    Magic m_magic;
    std::map<std::string, std::string> m_aliases;
    std::multimap<std::string, std::string> m_parents;
};

} // namespace annex::init::mime
