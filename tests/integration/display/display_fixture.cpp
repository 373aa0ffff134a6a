// SPDX-License-Identifier: Apache-2.0
#include "display_fixture.h"

namespace annex::test {

DisplayFixture::DisplayFixture(TestHost::Options options, bool attach)
{
    options.display.runtimeFolder = m_folder.path().toStdString();
    auto host = TestHost::start(std::move(options));
    if (!host) {
        m_problem = host.error().describe();
        qFatal("%s", m_problem.c_str()); // nothing can be tested without it
    }
    m_host = std::move(*host);
    if (attach)
        m_host->attach();
}

std::uint32_t DisplayFixture::showClient(const std::vector<std::string>& arguments)
{
    const std::uint32_t before = m_host->shown();
    m_client = m_host->runClient(arguments);
    if (!m_client || !m_host->waitFor([&] { return m_host->shown() != before && m_host->shown() != 0; }))
        return 0;
    return m_host->shown();
}

bool DisplayFixture::clientSays(const std::string& prefix)
{
    return m_host->waitFor([&] { return m_client->said(prefix); });
}

} // namespace annex::test
