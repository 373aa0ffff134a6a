// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/json_bridge.h"

#include <cmath>

#include <QJsonArray>
#include <nlohmann/json.hpp>

namespace annex::desktop {

namespace {
constexpr double kExact = 9007199254740992.0; // whole numbers up to here survive a double
} // namespace

QJsonValue toQt(const nlohmann::json& json)
{
    switch (json.type()) {
    case nlohmann::json::value_t::boolean: return json.get<bool>();
    case nlohmann::json::value_t::number_integer: return qint64(json.get<std::int64_t>());
    case nlohmann::json::value_t::number_unsigned: return qint64(json.get<std::uint64_t>());
    case nlohmann::json::value_t::number_float: return json.get<double>();
    case nlohmann::json::value_t::string: return QString::fromStdString(json.get_ref<const std::string&>());
    case nlohmann::json::value_t::array: {
        QJsonArray array;
        for (const auto& element : json)
            array.append(toQt(element));
        return array;
    }
    case nlohmann::json::value_t::object: {
        QJsonObject object;
        for (const auto& [key, element] : json.items())
            object.insert(QString::fromStdString(key), toQt(element));
        return object;
    }
    default: return QJsonValue::Null;
    }
}

nlohmann::json fromQt(const QJsonValue& value)
{
    switch (value.type()) {
    case QJsonValue::Bool: return value.toBool();
    case QJsonValue::Double: {
        const double number = value.toDouble();
        // The API's numbers are whole; 5.0 would be refused.
        if (std::trunc(number) == number && std::abs(number) <= kExact)
            return std::int64_t(number);
        return number;
    }
    case QJsonValue::String: return value.toString().toStdString();
    case QJsonValue::Array: {
        nlohmann::json array = nlohmann::json::array();
        for (const QJsonValue element : value.toArray())
            array.push_back(fromQt(element));
        return array;
    }
    case QJsonValue::Object: {
        nlohmann::json object = nlohmann::json::object();
        const QJsonObject from = value.toObject();
        for (auto entry = from.begin(); entry != from.end(); ++entry)
            object[entry.key().toStdString()] = fromQt(entry.value());
        return object;
    }
    default: return nullptr;
    }
}

} // namespace annex::desktop
