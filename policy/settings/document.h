// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace annex::policy {

/// docs/settings.md, made from the table. Pure and the same on every host: computed defaults are told in words.
std::string settingsDocument();

} // namespace annex::policy
