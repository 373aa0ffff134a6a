// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/desk.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonArray>
#include <QPainter>
#include <QPdfWriter>
#include <QProcess>
#include <QTest>

namespace annex::test::e2e {

namespace {

using namespace Qt::StringLiterals;

const QColor kHostColour(0x20, 0x40, 0x60);

} // namespace

Desk::Desk() = default;

Desk::~Desk()
{
    if (m_hostProgram) {
        m_hostProgram->kill();
        m_hostProgram->waitForFinished();
    }
}

QString Desk::start()
{
    if (!m_annex.startDesktop())
        return u"annex did not register"_s;
    // A name that no other test's window has.
    const QString title = u"host window %1"_s.arg(QCoreApplication::applicationPid());
    m_hostProgram = m_annex.startProgram(u"xterm"_s, {u"-T"_s, title, u"-bg"_s, kHostColour.name(), u"-fg"_s, kHostColour.name(), u"-cr"_s, kHostColour.name(),
                                                     u"-geometry"_s, u"60x20-10+10"_s, u"-e"_s, u"cat"_s});
    m_host = screen::waitForWindow(u"^%1$"_s.arg(title));
    return m_host ? QString() : u"the host's window did not come"_s;
}

bool Desk::hostWindowIsWhole() const
{
    return eventually([this] {
        const screen::Window now = screen::geometry(m_host.id);
        // xdotool counts the window manager's title twice for a window inside of one: the inner part is the host's either way.
        return now && shareOf(screen::shot(now.box.adjusted(40, 40, -40, -40)), kHostColour) > 0.99;
    }, 30'000);
}

void Desk::keepIfFailed()
{
    if (!QTest::currentTestFailed())
        return;
    const QString data = QTest::currentDataTag() ? u'-' + QString::fromLatin1(QTest::currentDataTag()) : QString();
    screen::shot().save(u"%1/annex-e2e-%2%3.png"_s.arg(QDir::tempPath(), QLatin1String(QTest::currentTestFunction()), data));
    keepLogs();
}

void Desk::keepLogs() const
{
    for (const char* name : {"annexd.log", "annex.log"}) {
        const QString kept = u"%1/annex-e2e-%2"_s.arg(QDir::tempPath(), QLatin1String(name));
        QFile::remove(kept);
        QFile::copy(m_annex.folder() + u"/state/annex/log/"_s + QLatin1String(name), kept);
    }
}

QByteArray Desk::processesIn(const QString& workspace)
{
    return m_annex.shell(workspace, u"for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; echo; done 2>/dev/null"_s).out;
}

QList<QJsonObject> Desk::records(const QString& action)
{
    QList<QJsonObject> found;
    for (const auto& value : m_annex.annexctlJson({u"audit"_s, u"show"_s}).value("records"_L1).toArray())
        if (const QJsonObject record = value.toObject(); action.isEmpty() || record["action"_L1].toString() == action)
            found.append(record);
    return found;
}

QString makePdf(const QString& folder, const QString& name, const QString& sentence)
{
    const QString path = QDir(folder).filePath(name);
    QPdfWriter writer(path);
    writer.setPageSize(QPageSize(QPageSize::A5));
    writer.setResolution(96);
    QPainter painter(&writer);
    painter.setFont(QFont(u"DejaVu Sans"_s, 14));
    painter.drawText(40, 80, sentence);
    painter.fillRect(40, 120, 200, 200, kPdfColour);
    return path;
}

} // namespace annex::test::e2e
