// SPDX-License-Identifier: Apache-2.0
// `annex`: tray and windows of the person's own session.
#include <cstdio>
#include <filesystem>

#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <unistd.h>

#include "app/api/client_connection.h"
#include "app/desktop/desktop_app.h"
#include "app/desktop/single_instance.h"
#include "base/files.h"
#include "base/log.h"
#include "base/paths.h"
#include "ui/theme/icons.h"
#include "ui/widgets/annex_style.h"
#include "ui/widgets/desktop_look.h"

namespace {

using namespace annex;
using namespace Qt::StringLiterals;

constexpr int kCouldNotStart = 1;
constexpr int kRoot = 3;

int complain(const std::string& sentence)
{
    std::fprintf(stderr, "annex: %s\n", sentence.c_str());
    return kCouldNotStart;
}

struct Arguments {
    bool background = false, uncapped = false;
    QString page;
};

Arguments parse(const QApplication& application)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(u"Annex: open what you do not trust beside what you do."_s);
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption background(u"background"_s, u"Stay in the tray; show no window."_s);
    const QCommandLineOption page(u"page"_s, u"Show a page: main, settings, activity, check-up."_s, u"PAGE"_s);
    QCommandLineOption uncapped(u"uncapped"_s, u"Passed on to annex-viewer: frames are not held to the screen's refresh (benchmarks)."_s);
    uncapped.setFlags(QCommandLineOption::HiddenFromHelp); // for ./dev bench only
    parser.addOptions({background, page, uncapped});
    parser.process(application);
    return {parser.isSet(background), parser.isSet(uncapped), parser.isSet(page) ? parser.value(page) : u"main"_s};
}

/// An icon theme with real icons: what the desktop says, else one that Debian's desktop programs bring along.
void chooseIconTheme()
{
    QIcon::setFallbackThemeName(u"hicolor"_s);
    if (QIcon::themeName().isEmpty() || QIcon::themeName() == "hicolor"_L1)
        QIcon::setThemeName(u"Adwaita"_s);
}

int run(const Arguments& arguments)
{
    const auto paths = accountPaths();
    const auto folder = programFolder();
    if (!paths || !folder)
        return complain((!paths ? paths.error() : folder.error()).describe());
    for (const auto& path : {paths->runtime, paths->state})
        if (const auto made = ensurePrivateFolder(path); !made)
            return complain(made.error().describe());
    if (const auto logging = setUpLogging(paths->logFolder(), "info"); !logging)
        return complain(logging.error().describe());

    desktop::SingleInstance instance;
    const auto role = instance.claim((paths->runtime / "annex.sock").string(), arguments.background ? QString() : arguments.page);
    if (!role)
        return complain(role.error().describe());
    if (*role == desktop::SingleInstance::Role::Further)
        return 0;

    const auto viewer = api::findSibling(*folder, "annex-viewer");
    if (!viewer)
        return complain("annex-viewer is missing; install Annex again");
    api::OpenOptions broker;
    broker.client = "annex";
    desktop::DesktopApp::Options options;
    options.broker = &broker;
    options.viewerProgram = viewer->string();
    options.stateFile = QString::fromStdString((paths->state / "window.ini").string());
    options.background = arguments.background;
    options.uncapped = arguments.uncapped;
    desktop::DesktopApp app(options);
    QObject::connect(&instance, &desktop::SingleInstance::showWanted, &app, &desktop::DesktopApp::show);
    app.start();
    return QApplication::exec();
}

} // namespace

int main(int argc, char** argv)
{
    if (::geteuid() == 0) {
        complain("it does not run as root. A program for untrusted files has no business with root's rights; run it as an ordinary user.");
        return kRoot;
    }
    QApplication::setApplicationName(u"annex"_s);
    QApplication::setApplicationDisplayName(u"Annex"_s);
    QApplication::setDesktopFileName(u"annex"_s);
    QApplication::setApplicationVersion(QStringLiteral(ANNEX_VERSION));
    ui::keepFromStartingASessionBus();
    QApplication application(argc, argv);
    QApplication::setQuitOnLastWindowClosed(false);
    chooseIconTheme();
    QApplication::setWindowIcon(ui::icon(u"annex"_s, ui::look().ink));
    return run(parse(application));
}
