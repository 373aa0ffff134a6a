// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/desktop_requests.h"

#include "app/desktop/host_clipboard.h"

namespace annex::desktop {

namespace {
using namespace Qt::StringLiterals;
} // namespace

DesktopRequests::DesktopRequests(HostClipboard& clipboard, ActiveProcess activeProcess, QObject* parent)
    : QObject(parent), m_clipboard(clipboard), m_activeProcess(std::move(activeProcess))
{
}

std::optional<QJsonObject> DesktopRequests::handle(const QString& method, const QJsonObject& parameters)
{
    const QString workspace = parameters["workspace"_L1].toString();
    if (method == "desktop.clipboard_text"_L1)
        return clipboardText(parameters);
    if (method == "desktop.set_clipboard"_L1) {
        m_clipboard.set(parameters["text"_L1].toString(), workspace, parameters["expire_s"_L1].toInteger());
        return QJsonObject{};
    }
    if (method == "desktop.show"_L1) {
        Q_EMIT showWanted(parameters["page"_L1].toString(), workspace);
        return QJsonObject{};
    }
    if (method == "desktop.open_file_dialog"_L1) {
        Q_EMIT fileDialogWanted(workspace);
        return QJsonObject{};
    }
    return std::nullopt;
}

QJsonObject DesktopRequests::clipboardText(const QJsonObject& parameters)
{
    // The clipboard is read only after the check: a viewer without focus learns nothing, not even a size.
    const qint64 viewer = parameters["viewer_pid"_L1].toInteger();
    const std::optional<pid_t> active = m_activeProcess();
    if (viewer <= 0 || !active || *active != viewer)
        return {{u"focused"_s, false}};
    const ClipboardText found = m_clipboard.text(parameters["maximum_bytes"_L1].toInteger());
    QJsonObject answer{{u"focused"_s, true}};
    if (found.tooLarge_bytes > 0)
        answer[u"too_large"_s] = found.tooLarge_bytes;
    else
        answer[u"text"_s] = found.text;
    return answer;
}

} // namespace annex::desktop
