// SPDX-License-Identifier: Apache-2.0
#include <QCommandLineParser>
#include <QFont>
#include <QGuiApplication>
#include <QIcon>
#include <QPainter>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string_view>

#include <fcntl.h>

#include "app/viewer/accessible.h"
#include "app/viewer/display_stream.h"
#include "app/viewer/line_socket.h"
#include "app/viewer/linux/box.h"
#include "app/viewer/presenter.h"
#include "base/log.h"
#include "ui/frame/frame_painter.h"
#include "ui/frame/menu_painter.h"
#include "ui/theme/swatch.h"
#include "vgpu/display/host/posix/pool.h"

// annex-viewer: inherits 3 = display stream, 4 = pixel pool (unless --inline), 5 = frame link (unless --no-link).
// Exit codes: 0 stream or link ended, 1 could not start, 3 the guest broke the protocol.

namespace {

using namespace annex;
using namespace annex::viewer;

constexpr int kDisplayStream = 3, kPool = 4, kFrameLink = 5;
constexpr int kCouldNotStart = 1;

struct Arguments {
    std::uint64_t pool_bytes = 0;
    bool inlineFrames = false, noLink = false, noBox = false, uncapped = false, replacement = false;
};

/// What Qt and its helpers would reach for and must not: buses, session managers, input method servers, GL, foreign themes.
void prepareEnvironment()
{
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    qputenv("QT_IM_MODULE", "none");
    qputenv("QT_XCB_GL_INTEGRATION", "none");
    qputenv("QT_QPA_PLATFORMTHEME", "none");
    qputenv("QT_NO_GLIB", "1"); // one poll() instead of glib's loop: fewer steps between a frame and the screen
    for (const char* name : {"SESSION_MANAGER", "QT_PLUGIN_PATH", "QT_STYLE_OVERRIDE", "XMODIFIERS", "QT_ACCESSIBILITY", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON"})
        qunsetenv(name);
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "xcb");
}

Arguments parse(const QGuiApplication& application)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Shows the windows of one workspace. Started by annex."));
    parser.addHelpOption();
    const QCommandLineOption pool(QStringLiteral("pool-bytes"), QStringLiteral("Size of the pixel pool."), QStringLiteral("N"));
    const QCommandLineOption inlineFrames(QStringLiteral("inline"), QStringLiteral("There is no pool: frames carry their pixels."));
    const QCommandLineOption noLink(QStringLiteral("no-link"), QStringLiteral("There is no frame link (benchmarks, tests)."));
    const QCommandLineOption noBox(QStringLiteral("no-box"), QStringLiteral("Stay outside the box (benchmarks, positive controls of tests)."));
    const QCommandLineOption uncapped(QStringLiteral("uncapped"), QStringLiteral("Do not hold frames to the screen's refresh (benchmarks)."));
    const QCommandLineOption replacement(QStringLiteral("replacement"), QStringLiteral("Takes over from a viewer that died: no window takes the focus."));
    parser.addOptions({pool, inlineFrames, noLink, noBox, uncapped, replacement});
    parser.process(application);
    Arguments arguments;
    arguments.pool_bytes = parser.value(pool).toULongLong();
    arguments.inlineFrames = parser.isSet(inlineFrames);
    arguments.noLink = parser.isSet(noLink);
    arguments.noBox = parser.isSet(noBox);
    arguments.uncapped = parser.isSet(uncapped);
    arguments.replacement = parser.isSet(replacement);
    return arguments;
}

/// Everything that opens files for the first time: fonts in both weights, icons, pointers.
void loadBeforeTheBox()
{
    QImage canvas(600, 400, QImage::Format_RGB32);
    QPainter painter(&canvas);
    ui::FrameState state;
    state.identity.name = QStringLiteral("Untrusted");
    state.title = QStringLiteral("Größe – 100 % “quoted” …");
    ui::FramePainter().paint(painter, ui::frameLayout(canvas.size(), state, 1.0), state);
    const auto items = ui::frameMenu({}, {});
    ui::paintMenu(painter, ui::menuLayout(state.identity, items, 1.0), state.identity, items, 0, ui::Theme::Light);
    QIcon(QPixmap::fromImage(ui::badgedIcon({}, state.identity, 32))).pixmap(32);
}

int run(QGuiApplication& application, const Arguments& arguments)
{
    const auto fatal = [](const Error& error) {
        log("viewer").critical("{}", error.describe());
        return kCouldNotStart;
    };
    Presenter::Options options;
    options.uncapped = arguments.uncapped;
    options.replacement = arguments.replacement;
    display::PoolMapping pool;
    if (!arguments.inlineFrames) {
        auto mapped = display::PoolMapping::map(kPool, arguments.pool_bytes);
        if (!mapped)
            return fatal(mapped.error());
        pool = std::move(*mapped);
        options.session.pool = pool.bytes();
        ::close(kPool);
    } else if (arguments.pool_bytes != 0) {
        options.session.inline_bytes = arguments.pool_bytes;
    }
    auto x11 = X11Side::open();
    if (!x11)
        return fatal(x11.error());
    if (auto keymap = (*x11)->keymap(); !keymap) // once now: its library opens what it needs
        return fatal(keymap.error());
    loadBeforeTheBox();
    if (!arguments.noBox) {
        const auto box = enterBox(arguments.pool_bytes);
        if (!box)
            return fatal(box.error());
        options.box = {box->landlockAbi > 0, box->seccomp};
    }
    auto stream = std::make_unique<DisplayStream>(UniqueFd(kDisplayStream));
    auto link = arguments.noLink ? nullptr : std::make_unique<LineSocket>(UniqueFd(kFrameLink));
    Presenter presenter(options, std::move(*x11), std::move(stream), std::move(link));
    QObject::connect(&presenter, &Presenter::finished, &application, [](int code) { QCoreApplication::exit(code); });
    QMetaObject::invokeMethod(&presenter, [&presenter] { presenter.start(); }, Qt::QueuedConnection);
    return QGuiApplication::exec();
}

} // namespace

int main(int argc, char** argv)
{
    closeDescriptorsFrom(kFrameLink + 1);
    for (int fd : {kDisplayStream, kPool, kFrameLink})
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    std::signal(SIGPIPE, SIG_IGN);
    prepareEnvironment();
    const bool boxed = std::none_of(argv, argv + argc, [](std::string_view word) { return word == "--no-box"; });
    if (const auto outer = boxed ? enterOuterBox() : Result<void>(); !outer) // before Qt makes its first thread
        return std::fprintf(stderr, "annex-viewer: %s\n", outer.error().describe().c_str()), kCouldNotStart;
    QGuiApplication::setQuitOnLastWindowClosed(false);
    QGuiApplication application(argc, argv);
    installAccessibility();
    return run(application, parse(application));
}
