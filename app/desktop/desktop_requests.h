// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include <QJsonObject>
#include <QObject>
#include <sys/types.h>

namespace annex::desktop {

class HostClipboard;

/// Answers what the broker asks of the person's desktop. Pure but for what it is handed, so that each request is a unit test.
class DesktopRequests : public QObject {
    Q_OBJECT
public:
    using ActiveProcess = std::function<std::optional<pid_t>()>;
    DesktopRequests(HostClipboard& clipboard, ActiveProcess activeProcess, QObject* parent = nullptr);

    /// @return the answer; nothing for a method we do not know
    std::optional<QJsonObject> handle(const QString& method, const QJsonObject& parameters);

Q_SIGNALS:
    void showWanted(const QString& page, const QString& workspace);
    void fileDialogWanted(const QString& workspace);

private:
    QJsonObject clipboardText(const QJsonObject& parameters);

    HostClipboard& m_clipboard;
    ActiveProcess m_activeProcess;
};

} // namespace annex::desktop
