// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace annex::init::mime {

/// File name patterns → MIME types.
/// @source Shared MIME-info Database 0.21, "The globs2 files"
class Globs {
public:
    /// Adds the lines of one globs2 file ("weight:type:pattern[:flags]"). Lines of another shape are skipped.
    void add(std::string_view globs2);
    /// The types of the best patterns (highest weight, then longest), each once. Several: the names alone do not decide.
    std::vector<std::string> typesOf(std::string_view fileName) const;

    static constexpr std::size_t kMaxPatterns = 20'000; // shared-mime-info 2.2 has 1,140
    static constexpr std::size_t kMaxPattern_bytes = 128;

private:
    struct Glob {
        int weight = 50;
        bool caseSensitive = false;
        std::string pattern; ///< lower case unless case-sensitive
        std::string type;
    };
    std::vector<Glob> m_globs;
};

} // namespace annex::init::mime
