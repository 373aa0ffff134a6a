// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <CLI/App.hpp>

/// Made from the verbs themselves, so that help, completion and manual cannot disagree. Pure.
namespace annex::ctl {

/// @param shell  bash, zsh or fish
std::string completionFor(const CLI::App& app, const std::string& shell);
/// annexctl(1) in man(7) format.
std::string manualPage(const CLI::App& app);

} // namespace annex::ctl
