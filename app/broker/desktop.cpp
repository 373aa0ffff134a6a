// SPDX-License-Identifier: Apache-2.0
#include "app/broker/desktop.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace annex::broker {

using api::Json;

void Desktop::registerClient(api::ClientId client, std::string theme, std::optional<bool> tray, std::string display)
{
    m_client = client; // the newest one is the one that the person sees
    m_theme = theme == "dark" || theme == "high-contrast" ? theme : "light";
    m_tray = tray;
    m_display = std::move(display);
}

bool Desktop::forget(api::ClientId client)
{
    if (m_client != client)
        return false;
    m_client.reset();
    m_tray.reset();
    m_display.clear();
    return true;
}

void Desktop::tell(std::string_view type, const Json& parameters)
{
    if (m_client)
        m_server.tell(*m_client, type, parameters);
}

asio::awaitable<api::Outcome<Json>> Desktop::ask(std::string method, Json parameters)
{
    if (!m_client)
        co_return api::refuse("desktop.none");
    co_return co_await m_server.ask(*m_client, std::move(method), std::move(parameters));
}

asio::awaitable<std::optional<HostText>> Desktop::clipboardText(std::string workspace, std::int64_t viewerPid, std::uint64_t maximum_bytes)
{
    Json parameters{{"workspace", workspace}, {"viewer_pid", viewerPid}, {"maximum_bytes", maximum_bytes}};
    const auto answer = co_await ask("desktop.clipboard_text", std::move(parameters));
    if (!answer || !answer->is_object())
        co_return std::nullopt;
    HostText out;
    if (const auto focused = answer->find("focused"); focused != answer->end() && focused->is_boolean())
        out.focused = focused->get<bool>();
    if (const auto text = answer->find("text"); text != answer->end() && text->is_string())
        out.text = text->get<std::string>();
    if (const auto large = answer->find("too_large"); large != answer->end() && large->is_number_unsigned())
        out.tooLarge_bytes = large->get<std::uint64_t>();
    if (!isValidUtf8(out.text))
        co_return std::nullopt;
    if (out.text.size() > maximum_bytes)
        out.tooLarge_bytes = out.text.size(), out.text.clear();
    co_return out;
}

asio::awaitable<bool> Desktop::setClipboard(std::string text, std::string workspace, std::optional<std::chrono::seconds> expire)
{
    Json parameters{{"text", std::move(text)}, {"workspace", workspace}, {"expire_s", expire ? Json(expire->count()) : Json(nullptr)}};
    const auto answer = co_await ask("desktop.set_clipboard", std::move(parameters));
    co_return answer.has_value();
}

asio::awaitable<void> Desktop::show(std::string page, std::string workspace)
{
    Json parameters{{"page", page}, {"workspace", workspace}};
    const auto answer = co_await ask("desktop.show", std::move(parameters));
    (void)answer.has_value(); // it may have gone meanwhile
}

asio::awaitable<void> Desktop::openFileDialog(std::string workspace)
{
    Json parameters{{"workspace", workspace}};
    const auto answer = co_await ask("desktop.open_file_dialog", std::move(parameters));
    (void)answer.has_value();
}

} // namespace annex::broker
