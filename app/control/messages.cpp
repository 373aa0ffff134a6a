// SPDX-License-Identifier: Apache-2.0
#include "app/control/messages.h"

#include "app/control/codec.h"

namespace annex::control {

std::string_view toString(MessageType type)
{
    switch (type) {
#define ANNEX_NAME(id, name, sender) case MessageType::name: return #name;
        ANNEX_CONTROL_MESSAGES(ANNEX_NAME)
#undef ANNEX_NAME
    }
    return "unknown";
}

std::optional<Sender> senderOf(std::uint16_t type)
{
    switch (static_cast<MessageType>(type)) {
#define ANNEX_SENDER(id, name, sender) case MessageType::name: return Sender::sender;
        ANNEX_CONTROL_MESSAGES(ANNEX_SENDER)
#undef ANNEX_SENDER
    }
    return {};
}

} // namespace annex::control
