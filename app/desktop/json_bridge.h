// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonObject>
#include <QJsonValue>
#include <nlohmann/json_fwd.hpp>

/// JSON of the API's client library to Qt's and back, so that only these two files here know both.
namespace annex::desktop {

QJsonValue toQt(const nlohmann::json& json);
nlohmann::json fromQt(const QJsonValue& value);

} // namespace annex::desktop
