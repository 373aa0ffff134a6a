// SPDX-License-Identifier: Apache-2.0
#include "tests/support/session/screen.h"

#include <QElapsedTimer>
#include <QMap>
#include <QProcess>
#include <QTest>

#include "tests/support/session/session.h"

namespace annex::test::screen {

namespace {

QByteArray run(const QString& program, const QStringList& arguments, const QByteArray& input = {})
{
    QProcess process;
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(30'000)) {
        process.kill();
        process.waitForFinished();
    }
    return process.readAllStandardOutput();
}

QByteArray xdotool(const QStringList& arguments)
{
    return run(QStringLiteral("xdotool"), arguments);
}

} // namespace

Window geometry(const QString& id)
{
    const QByteArray text = xdotool({QStringLiteral("getwindowgeometry"), QStringLiteral("--shell"), id});
    QMap<QByteArray, int> values;
    for (const QByteArray& line : text.split('\n')) {
        const int at = static_cast<int>(line.indexOf('='));
        if (at > 0)
            values[line.left(at)] = line.mid(at + 1).toInt();
    }
    if (!values.contains("WIDTH"))
        return {};
    return {id, QRect(values["X"], values["Y"], values["WIDTH"], values["HEIGHT"])};
}

namespace {

QList<Window> search(const QString& option, const QString& value)
{
    QList<Window> found;
    for (const QByteArray& id : xdotool({QStringLiteral("search"), QStringLiteral("--onlyvisible"), option, value}).split('\n')) {
        if (!id.isEmpty()) {
            if (Window window = geometry(QString::fromLatin1(id)))
                found.append(window);
        }
    }
    return found;
}

} // namespace

QList<Window> windows(const QString& namePattern)
{
    return search(QStringLiteral("--name"), namePattern);
}

QList<Window> windowsOf(qint64 pid)
{
    return search(QStringLiteral("--pid"), QString::number(pid));
}

QStringList idsOf(qint64 pid)
{
    return QString::fromLatin1(xdotool({QStringLiteral("search"), QStringLiteral("--onlyvisible"), QStringLiteral("--pid"), QString::number(pid)}))
        .split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

QString name(const QString& id)
{
    QByteArray text = xdotool({QStringLiteral("getwindowname"), id});
    if (text.endsWith('\n'))
        text.chop(1);
    return QString::fromUtf8(text);
}

QString focusWindow()
{
    return QString::fromLatin1(xdotool({QStringLiteral("getwindowfocus")})).trimmed();
}

Window waitForWindow(const QString& namePattern, int deadline_ms)
{
    QList<Window> found;
    eventually([&] { found = windows(namePattern); return !found.isEmpty(); }, deadline_ms);
    return found.isEmpty() ? Window() : found.last();
}

bool waitUntilGone(const QString& namePattern, int deadline_ms)
{
    return eventually([&] { return windows(namePattern).isEmpty(); }, deadline_ms);
}

QString property(const QString& id, const QString& name)
{
    const QString line = QString::fromUtf8(run(QStringLiteral("xprop"), {QStringLiteral("-id"), id, name})).trimmed();
    const qsizetype at = line.indexOf(QLatin1Char('='));
    return at < 0 ? QString() : line.mid(at + 1).trimmed();
}

void activate(const Window& window)
{
    xdotool({QStringLiteral("windowactivate"), window.id});
    eventually([&] { return activeWindow() == window.id; }, 20'000);
}

void moveTo(QPoint at)
{
    xdotool({QStringLiteral("mousemove"), QString::number(at.x()), QString::number(at.y())});
}

void click(QPoint at, int button)
{
    moveTo(at);
    xdotool({QStringLiteral("click"), QString::number(button)});
}

void press(int button)
{
    xdotool({QStringLiteral("mousedown"), QString::number(button)});
}

void release(int button)
{
    xdotool({QStringLiteral("mouseup"), QString::number(button)});
}

void key(const QString& chord)
{
    xdotool({QStringLiteral("key"), QStringLiteral("--clearmodifiers"), chord});
}

void keyDown(const QString& name)
{
    xdotool({QStringLiteral("keydown"), name});
}

void keyUp(const QString& name)
{
    xdotool({QStringLiteral("keyup"), name});
}

void type(const QString& ascii)
{
    xdotool({QStringLiteral("type"), QStringLiteral("--delay"), QStringLiteral("20"), QStringLiteral("--"), ascii});
}

void resize(const Window& window, QSize size)
{
    xdotool({QStringLiteral("windowsize"), window.id, QString::number(size.width()), QString::number(size.height())});
}

void move(const Window& window, QPoint at)
{
    xdotool({QStringLiteral("windowmove"), window.id, QString::number(at.x()), QString::number(at.y())});
}

QString activeWindow()
{
    return QString::fromLatin1(xdotool({QStringLiteral("getactivewindow")})).trimmed();
}

QImage settled(const QRect& part, int deadline_ms)
{
    QImage last = shot(part);
    eventually([&] {
        QTest::qWait(500);
        QImage next = shot(part);
        const bool same = next == last;
        last = next;
        return same;
    }, deadline_ms);
    return last;
}

bool waitForChange(const QRect& part, const QImage& before, int deadline_ms)
{
    return eventually([&] { return shot(part) != before; }, deadline_ms);
}

double difference(const QImage& a, const QImage& b, int tolerance)
{
    if (a.size() != b.size() || a.isNull())
        return 1;
    qint64 differing = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
            differing += qAbs(qRed(p) - qRed(q)) > tolerance || qAbs(qGreen(p) - qGreen(q)) > tolerance || qAbs(qBlue(p) - qBlue(q)) > tolerance;
        }
    }
    return static_cast<double>(differing) / (static_cast<double>(a.width()) * a.height());
}

QString clipboard()
{
    return QString::fromUtf8(run(QStringLiteral("xclip"), {QStringLiteral("-selection"), QStringLiteral("clipboard"), QStringLiteral("-o")}));
}

void setClipboard(const QString& text)
{
    // xclip stays behind as the owner and would keep our pipe open: it writes to nowhere.
    QProcess process;
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QProcess::nullDevice());
    process.start(QStringLiteral("xclip"), {QStringLiteral("-selection"), QStringLiteral("clipboard"), QStringLiteral("-i")});
    process.write(text.toUtf8());
    process.closeWriteChannel();
    process.waitForFinished(10'000);
}

} // namespace annex::test::screen
