// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "app/broker/core/workspaces.h"
#include "app/broker/session/guest_session.h"
#include "policy/policy_engine.h"

/// Values of the broker as the JSON of docs/api.md. Pure.
namespace annex::broker::views {

nlohmann::json workspace(const Workspace& workspace, const GuestSession* session, const policy::PolicyEngine& policy);
/// @param unheld  keys of limits that this workspace's guest does not hold
nlohmann::json setting(const policy::SettingView& view, const std::vector<std::string>& unheld);
nlohmann::json explanation(const policy::Explanation& explanation);
nlohmann::json record(const policy::AuditRecord& record);
/// The frame's looks, for the frame link.
nlohmann::json appearance(const Workspace& workspace, const policy::PolicyEngine& policy, const std::string& theme);
nlohmann::json menuState(const Workspace& workspace, const policy::PolicyEngine& policy);

std::string levelName(isolation::Level level);
std::int64_t unixSeconds(std::chrono::system_clock::time_point time);

} // namespace annex::broker::views
