// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>

class QTimer;

namespace annex::desktop {

/// What a paste gesture may take from the host: text, or how large it was if that is too much.
struct ClipboardText {
    QString text;
    qint64 tooLarge_bytes = 0; ///< 0: it fits
};

/// The person's clipboard. What comes out of a workspace is marked as ours, so that it can be withdrawn when it expires, and so that
/// taking it back in is not mistaken for a change by another program.
class HostClipboard : public QObject {
    Q_OBJECT
public:
    explicit HostClipboard(QObject* parent = nullptr);

    ClipboardText text(qint64 maximum_bytes) const;
    /// @param expire_s  0: never
    void set(const QString& text, const QString& workspace, qint64 expire_s);
    bool holdsOurs() const;

private:
    void expire();

    QTimer* m_expiry;
};

} // namespace annex::desktop
