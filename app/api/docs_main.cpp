// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "app/api/methods.h"

/// annex-api-docs: prints docs/api.md.
int main()
{
    const auto text = annex::api::documentation();
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}
