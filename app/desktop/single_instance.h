// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <QObject>
#include <QSocketNotifier>

#include "base/posix/unique_fd.h"
#include "base/result.h"

namespace annex::desktop {

/// One `annex` per account: the first one listens on a socket in the runtime folder, every further one asks it to show a page and ends.
class SingleInstance : public QObject {
    Q_OBJECT
public:
    enum class Role { First, Further };

    explicit SingleInstance(QObject* parent = nullptr);

    /// @param path  of the socket
    /// @param page  what the first one is asked to show; empty: nothing (a second `--background`)
    Result<Role> claim(const std::string& path, const QString& page);

Q_SIGNALS:
    void showWanted(const QString& page);

private:
    void accept();

    UniqueFd m_listener;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace annex::desktop
