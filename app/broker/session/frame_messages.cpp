// SPDX-License-Identifier: Apache-2.0
#include "app/broker/session/frame_messages.h"

#include <algorithm>
#include <optional>

#include "app/api/message.h"
#include "app/viewer/frame_link.h"
#include "base/text.h"

namespace annex::broker::frame {

namespace {

using api::Json;

// Reads members; the first one that is missing or of another kind makes the whole message bad.
class Fields {
public:
    explicit Fields(const Json& object) : m_object(object) {}
    std::uint32_t number(const char* name)
    {
        const Json* value = get(name);
        const bool good = value && value->is_number_unsigned() && value->get<std::uint64_t>() <= UINT32_MAX;
        m_bad |= !good;
        return good ? value->get<std::uint32_t>() : 0;
    }
    std::string text(const char* name)
    {
        const Json* value = get(name);
        m_bad |= !value || !value->is_string();
        return m_bad ? std::string() : value->get<std::string>();
    }
    bool flag(const char* name)
    {
        const Json* value = get(name);
        m_bad |= !value || !value->is_boolean();
        return !m_bad && value->get<bool>();
    }
    const Json* object(const char* name)
    {
        const Json* value = get(name);
        m_bad |= !value || !value->is_object();
        return m_bad ? nullptr : value;
    }
    const Json* list(const char* name)
    {
        const Json* value = get(name);
        m_bad |= !value || !value->is_array();
        return m_bad ? nullptr : value;
    }
    bool has(const char* name) const { return m_object.contains(name); }
    /// Every member was asked for, and every one was as asked.
    bool whole() const { return !m_bad && m_used == m_object.size(); }
    void fail() { m_bad = true; }

private:
    const Json* get(const char* name)
    {
        const auto found = m_object.find(name);
        m_used += found != m_object.end() ? 1 : 0;
        return found == m_object.end() ? nullptr : &*found;
    }
    const Json& m_object;
    std::size_t m_used = 0;
    bool m_bad = false;
};

Window readWindow(const Json& value, bool& bad)
{
    Window out;
    if (!value.is_object()) {
        bad = true;
        return out;
    }
    Fields fields(value);
    out.id = fields.number("id");
    out.title = sanitiseLine(fields.text("title"), kMaxTitle_characters);
    out.app = sanitiseLine(fields.text("app"), kMaxTitle_characters);
    out.minimised = fields.flag("minimised");
    out.active = fields.flag("active");
    bad |= !fields.whole();
    return out;
}

FromViewer readWindows(Fields& fields)
{
    Windows out;
    const Json* list = fields.list("list");
    if (fields.has("more"))
        out.more = fields.flag("more");
    bool bad = list && list->size() > kMaxWindows;
    if (list && !bad)
        for (const auto& value : *list)
            out.list.push_back(readWindow(value, bad));
    if (bad)
        fields.fail();
    return out;
}

FromViewer readMenu(Fields& fields)
{
    Menu out{fields.text("item"), fields.number("window")};
    if (std::find(std::begin(viewer::frame_link::kMenuItems), std::end(viewer::frame_link::kMenuItems), out.item) == std::end(viewer::frame_link::kMenuItems))
        fields.fail();
    return out;
}

FromViewer readGesture(Fields& fields)
{
    const auto kind = fields.text("kind");
    if (kind != "paste" && kind != "copy")
        fields.fail();
    return Gesture{kind == "copy" ? Gesture::Kind::Copy : Gesture::Kind::Paste, fields.number("window"), fields.number("serial")};
}

FromViewer readHello(Fields& fields)
{
    Hello out;
    if (fields.number("version") != 1)
        fields.fail();
    const Json* object = fields.object("box");
    if (!object)
        return out;
    Fields box(*object);
    out.landlock = box.flag("landlock");
    out.seccomp = box.flag("seccomp");
    if (!box.whole())
        fields.fail();
    return out;
}

std::optional<FromViewer> readMessage(const std::string& name, Fields& fields)
{
    if (name == "hello")
        return readHello(fields);
    if (name == "gesture")
        return readGesture(fields);
    if (name == "menu")
        return readMenu(fields);
    if (name == "windows")
        return readWindows(fields);
    if (name == "protocol_error")
        return ProtocolError{sanitiseLine(fields.text("reason"), kMaxReason_characters)};
    if (name == "first_frame")
        return FirstFrame{fields.number("window")};
    if (name == "host_first")
        return HostFirst{};
    return std::nullopt;
}

} // namespace

Result<FromViewer> parse(std::string_view line)
{
    const auto value = api::parseStrict(line);
    if (!value || !value->is_object())
        return fail(Errc::Malformed, "a line of the frame link is no JSON object");
    Fields fields(*value);
    const auto name = fields.text("m");
    auto message = readMessage(name, fields);
    if (!message || !fields.whole())
        return fail(Errc::Malformed, "a line of the frame link is not on its list");
    return std::move(*message);
}

} // namespace annex::broker::frame
