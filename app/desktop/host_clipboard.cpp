// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/host_clipboard.h"

#include <limits>

#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>
#include <QTimer>

namespace annex::desktop {

namespace {

/// Marks an own change; its value names the workspace it came from.
const QString kMarker = QStringLiteral("application/x-annex-workspace");

} // namespace

HostClipboard::HostClipboard(QObject* parent) : QObject(parent), m_expiry(new QTimer(this))
{
    m_expiry->setSingleShot(true);
    connect(m_expiry, &QTimer::timeout, this, &HostClipboard::expire);
}

ClipboardText HostClipboard::text(qint64 maximum_bytes) const
{
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    if (!data || !data->hasText())
        return {};
    ClipboardText found;
    found.text = data->text();
    const qint64 size = found.text.toUtf8().size();
    if (size > maximum_bytes) {
        found.text.clear();
        found.tooLarge_bytes = size;
    }
    return found;
}

void HostClipboard::set(const QString& text, const QString& workspace, qint64 expire_s)
{
    auto* data = new QMimeData; // the clipboard owns it
    data->setText(text);
    data->setData(kMarker, workspace.toUtf8());
    QGuiApplication::clipboard()->setMimeData(data);
    if (expire_s > 0)
        m_expiry->start(int(std::min<qint64>(expire_s * 1000, std::numeric_limits<int>::max())));
    else
        m_expiry->stop();
}

bool HostClipboard::holdsOurs() const
{
    // A clipboard manager that took our text over took the mark along; it is withdrawn there as well.
    const QMimeData* data = QGuiApplication::clipboard()->mimeData();
    return data && data->hasFormat(kMarker);
}

void HostClipboard::expire()
{
    if (holdsOurs()) // whatever the person copied since stays
        QGuiApplication::clipboard()->clear();
}

} // namespace annex::desktop
