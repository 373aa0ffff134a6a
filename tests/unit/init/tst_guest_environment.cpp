// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "app/init/environment.h"

using namespace annex::init;

class TestGuestEnvironment : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void defaultsFillWhatIsMissing()
    {
        Environment environment = guestEnvironment({}, 1234);
        QCOMPARE(std::string(valueOf(environment, "HOME")), std::string("/home/user"));
        QCOMPARE(std::string(valueOf(environment, "XDG_RUNTIME_DIR")), std::string("/run/user/1234"));
        QCOMPARE(std::string(valueOf(environment, "LOGNAME")), std::string("user"));
        QCOMPARE(std::string(valueOf(environment, "PATH")), std::string("/usr/local/bin:/usr/bin:/bin:/usr/games:/home/user/.annex/programs"));
    }
    void whatTheEngineGivesWins()
    {
        Environment environment = guestEnvironment({"LANG=de_DE.UTF-8", "GTK_THEME=Adwaita:dark", "USER=ada", "GSK_RENDERER=gl"}, 1);
        QCOMPARE(std::string(valueOf(environment, "LANG")), std::string("de_DE.UTF-8"));
        QCOMPARE(std::string(valueOf(environment, "GTK_THEME")), std::string("Adwaita:dark"));
        QCOMPARE(std::string(valueOf(environment, "LOGNAME")), std::string("ada"));
        QCOMPARE(std::string(valueOf(environment, "GSK_RENDERER")), std::string("gl"));
    }
    void hostsAddressesNeverPass()
    {
        Environment environment = guestEnvironment({"DISPLAY=:0", "WAYLAND_DISPLAY=wayland-0", "XAUTHORITY=/x", "WAYLAND_SOCKET=9",
                                                    "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus", "PATH=/evil"}, 1);
        for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "WAYLAND_SOCKET", "DBUS_SESSION_BUS_ADDRESS"})
            QVERIFY2(valueOf(environment, name).empty(), name);
        QVERIFY(valueOf(environment, "PATH").find("evil") == std::string_view::npos);
    }
    void eachNameIsThereOnce()
    {
        Environment environment = guestEnvironment({"LANG=a", "LANG=b", "HOME=/h", "broken", "=x"}, 1);
        QCOMPARE(std::count_if(environment.begin(), environment.end(), [](const std::string& l) { return l.starts_with("LANG="); }), 1);
        QVERIFY(std::find(environment.begin(), environment.end(), "broken") == environment.end());
    }
    void mergeReplaces()
    {
        QCOMPARE(merged({"A=1", "B=2"}, {"B=3", "C=", "nothing"}), Environment({"A=1", "B=3", "C="}));
    }
    void nameIsComparedWhole()
    {
        QVERIFY(valueOf({"ABC=1"}, "AB").empty());
        QVERIFY(valueOf({"A"}, "A").empty());
    }
};

QTEST_GUILESS_MAIN(TestGuestEnvironment)
#include "tst_guest_environment.moc"
