// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonObject>

#include "ui/services.h"

/// JSON of the API into the interface's values. Total: a missing or odd member becomes the value's default, never a failure, because a newer
/// broker may say more and an older one less. Pure.
namespace annex::desktop {

ui::Workspace decodeWorkspace(const QJsonObject&);
ui::Failure decodeFailure(const QJsonObject&); ///< from an error's `data` or a `notice`
ui::AppEntry decodeApp(const QJsonObject&);
ui::Setting decodeSetting(const QJsonObject&);
ui::Explanation decodeExplanation(const QJsonObject&);
ui::PolicyState decodePolicyState(const QJsonObject&);
ui::AuditRecord decodeRecord(const QJsonObject&);
ui::TrailState decodeTrail(const QJsonObject&);
ui::CheckUp decodeCheckUp(const QJsonObject&);
ui::VersionInfo decodeVersion(const QJsonObject&);
std::optional<ui::Stage> decodeStage(const QString& name);

} // namespace annex::desktop
