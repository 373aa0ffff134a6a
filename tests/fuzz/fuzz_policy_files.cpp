// SPDX-License-Identifier: Apache-2.0
// Any bytes as a managed policy file: either it is refused with words for its maintainer, or every value is one of the table's.
#include "base/text.h"
#include "policy/managed/managed_policy.h"
#include "tests/fuzz/fuzz.h"

using namespace annex;
using namespace annex::policy;
using fuzz::must;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    auto file = parseManaged(text);
    if (!file) {
        must(file.error().code == Errc::Malformed || file.error().code == Errc::TooLarge, "a bad file is malformed");
        must(!file.error().context.empty(), "a refusal says why");
        return 0;
    }
    must(isValidUtf8(file->organisation), "an organisation is text");
    for (const auto& [key, value] : file->values) {
        must(!key.empty() && isValidUtf8(key), "keys are text");
        must(isValidUtf8(value.reason), "reasons are text");
    }
    return 0;
}
