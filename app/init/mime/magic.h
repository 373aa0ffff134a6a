// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace annex::init::mime {

/// First bytes of a file → MIME type.
/// @source Shared MIME-info Database 0.21, "The magic files"
class Magic {
public:
    /// Adds the rules of one "magic" file. Reading stops at the first part that breaks the format: what came before counts.
    void add(std::string_view file);
    /// The type whose rule matches with the highest priority, or empty.
    /// @param head  the first kHead_bytes of the file, or all of it
    std::string typeOf(ByteSpan head) const;

    static constexpr std::size_t kHead_bytes = 64 * 1024;  // the furthest rule of shared-mime-info 2.2 looks at byte 18,800
    static constexpr std::size_t kMaxSections = 20'000;    // it has 473
    static constexpr std::size_t kMaxRules = 100'000;      // … and 1,146
    static constexpr std::size_t kMaxValue_bytes = 1'024;  // … the longest of 65 bytes
    static constexpr std::uint32_t kMaxRange = kHead_bytes; // … 18,722 at most; what reaches further cannot match anyhow
    static constexpr unsigned kMaxIndent = 32;             // … 4 at most

    std::size_t sectionCount() const { return m_sections.size(); }

private:
    struct Rule {
        unsigned indent = 0;
        std::uint32_t offset = 0;
        std::uint32_t range = 1; ///< how many offsets are tried
        ByteVector value, mask;  ///< mask empty: every bit counts
    };
    struct Section {
        int priority = 50;
        std::string type;
        std::vector<Rule> rules; ///< a rule with a deeper indent counts only below the one it follows
    };
    class Parser;

    static bool matches(const Rule& rule, ByteSpan head);
    static bool matchesFrom(const std::vector<Rule>& rules, std::size_t first, ByteSpan head);
    static bool matches(const Section& section, ByteSpan head);

    std::vector<Section> m_sections;
    std::size_t m_ruleCount = 0;
};

/// Whether the first bytes look like text: no control characters but white space and escape. @source the same, "Recommended checking order"
bool looksLikeText(ByteSpan head);

} // namespace annex::init::mime
