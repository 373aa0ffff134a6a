// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtTest>

#include "base/channel/posix/local_socket.h"
#include "test_broker.h"

/// `annex` and its viewers, played by a test.
namespace annex::test {

// `annex` and one viewer, played by the test.
class Desktop {
public:
    explicit Desktop(TestBroker& broker) : link(broker.client("annex"))
    {
        link->core().onRequest([this](const std::string& id, std::string_view method, const json& parameters) {
            asked.emplace_back(method);
            if (method == "desktop.clipboard_text") {
                maximum = parameters["maximum_bytes"].get<std::uint64_t>();
                if (answers)
                    link->core().answer(id, clipboard);
            } else if (method == "desktop.set_clipboard") {
                set.push_back(parameters["text"].get<std::string>());
                link->core().answer(id, json::object());
            } else {
                link->core().answer(id, json::object());
            }
        });
        link->core().onEvent([this](std::string_view type, const json&) { wanted += type == "viewer.wanted" ? 1 : 0; });
        ask(link, "desktop.register", {{"theme", "dark"}});
    }
    std::size_t count(std::string_view method) const { return static_cast<std::size_t>(std::count(asked.begin(), asked.end(), method)); }

    Link link;
    std::vector<std::string> asked;
    std::vector<std::string> set;
    json clipboard{{"focused", true}, {"text", "from the host"}};
    std::uint64_t maximum = 0;
    bool answers = true;
    int wanted = 0;
};

class Viewer {
public:
    Viewer(Link& link, const std::string& workspace = "Untrusted")
    {
        std::vector<UniqueFd> descriptors;
        auto answer = link->call("viewer.attach", {{"workspace", workspace}}, {}, &descriptors);
        QVERIFY2(answer.has_value(), answer ? "" : answer.error().why.c_str());
        attached = *answer;
        count = descriptors.size();
        m_link = std::move(descriptors.back());
        descriptors.pop_back();
        display = std::move(descriptors.front());
    }
    void say(const json& message) { sayRaw(message.dump() + "\n"); }
    void sayRaw(std::string_view text)
    {
        while (!text.empty()) {
            auto sent = sendWith(m_link.get(), asBytes(text));
            if (!sent && sent.error().code != Errc::Busy)
                return;
            text.remove_prefix(sent.value_or(0));
        }
    }
    void gesture(const char* kind, unsigned serial) { say({{"m", "gesture"}, {"kind", kind}, {"window", 1}, {"serial", serial}}); }
    /// Reads what is there.
    void read()
    {
        std::array<std::uint8_t, 4096> buffer;
        while (m_link) {
            auto got = receive(m_link.get(), buffer, 1);
            if (!got)
                break;
            if (got->closed) {
                m_link.reset();
                break;
            }
            m_text.append(reinterpret_cast<const char*>(buffer.data()), got->bytes);
        }
        for (auto end = m_text.find('\n'); end != std::string::npos; end = m_text.find('\n')) {
            messages.push_back(json::parse(m_text.substr(0, end)));
            m_text.erase(0, end + 1);
        }
    }
    bool ended()
    {
        read();
        return !m_link;
    }
    /// The newest message of this kind, or null.
    json last(const std::string& kind)
    {
        read();
        for (auto it = messages.rbegin(); it != messages.rend(); ++it)
            if ((*it)["m"] == kind)
                return *it;
        return nullptr;
    }
    std::string strip() { return last("strip").is_null() ? "" : last("strip")["id"].get<std::string>(); }
    bool ready(unsigned serial) { return !last("offer_ready").is_null() && last("offer_ready")["serial"] == serial; }

    json attached;
    std::size_t count = 0;
    UniqueFd display;
    std::vector<json> messages;

private:
    UniqueFd m_link;
    std::string m_text;
};

inline std::size_t records(Link& link, const std::string& action, const char* outcome)
{
    std::size_t out = 0;
    const json page = ask(link, "audit.list", {{"outcome", outcome}, {"limit", 200}});
    for (const auto& record : page["records"])
        out += record["action"] == action ? record.value("count", std::size_t{1}) : 0;
    return out;
}

inline std::string offered(TestBroker& broker)
{
    std::string out;
    broker.onLoop([&, init = broker.init()] { out = init->offered; });
    return out;
}

} // namespace annex::test
