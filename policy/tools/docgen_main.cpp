// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>

#include "policy/settings/document.h"

/// annex-docgen: writes docs/settings.md to standard output.
int main()
{
    const std::string text = annex::policy::settingsDocument();
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    return written ? 0 : 1;
}
