// SPDX-License-Identifier: Apache-2.0
#include "app/init/guest.h"

namespace annex::init {

void Guest::open(std::uint32_t number, const std::string&)
{
    m_link.send(number, control::Opened{control::OpenProblem::NoProgramForType, {}, {}});
}

} // namespace annex::init
