// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "policy/audit/anchor.h"

namespace annex::policy {

/// journald by its native datagram socket, else syslog by /dev/log. Connects for each message: the daemon may be restarted.
class SystemLog final : public LogDaemon {
public:
    struct Sockets {
        std::string journal = "/run/systemd/journal/socket";
        std::string syslog = "/dev/log";
    };
    SystemLog();
    explicit SystemLog(Sockets sockets);
    std::string_view kind() override;
    Result<void> sendAnchor(const Anchor& anchor) override;
    Result<void> sendRecord(std::string_view sentence, std::string_view jsonLine) override;

private:
    Sockets m_sockets;
};

/// Reads the anchors back with `journalctl --output=json`, entries of this account's uid only (the journal's own field _UID, which a
/// sender cannot choose). Blocks for up to 20 s: call it off the loop.
class JournalAnchors final : public AnchorSource {
public:
    explicit JournalAnchors(std::string journalctl = "/usr/bin/journalctl");
    Result<std::vector<Anchor>> read() override;

private:
    std::string m_journalctl;
};

/// Anchors from the lines of `journalctl --output=json`. Pure. Lines that are no anchor are skipped.
std::vector<Anchor> anchorsFromJournal(std::string_view jsonLines, unsigned uid);

} // namespace annex::policy
