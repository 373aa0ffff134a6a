// SPDX-License-Identifier: Apache-2.0
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <nlohmann/json.hpp>

#include "app/desktop/decode.h"
#include "app/desktop/json_bridge.h"

using namespace annex;
using namespace annex::desktop;
using namespace Qt::StringLiterals;

namespace {

QJsonObject object(const char* text)
{
    return QJsonDocument::fromJson(text).object();
}

} // namespace

class TestDecode : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAWorkspace()
    {
        const ui::Workspace w = decodeWorkspace(object(R"({"id":"w1","name":"Untrusted 2","number":2,"profile":"quarantine","state":"running","level":"process",
            "engine":"namespaces","persistence":"disposable","colour":"teal","pattern":"checks","label":"IT","fresh":true,"windows":1,"started_at":1790000000,
            "unlimited":["memory.maximum"],"can_pause":true,"viewer":"attached","memory_bytes":1048576,
            "error":{"id":"guest.crashed","title":"T","why":"W","do":["a","b"]},
            "open_windows":[{"id":7,"title":"x.pdf","app":"evince","minimised":false,"active":true}]})"));
        QCOMPARE(w.id, u"w1"_s);
        QCOMPARE(w.state, ui::WorkspaceState::Running);
        QCOMPARE(w.colour, ui::Colour::Teal);
        QCOMPARE(w.pattern, ui::Pattern::Checks);
        QVERIFY(w.fresh && w.canPause && w.viewerAttached && w.disposable);
        QCOMPARE(w.startedAt->toSecsSinceEpoch(), 1790000000);
        QCOMPARE(w.memory_bytes, std::optional<qint64>(1048576));
        QCOMPARE(w.error->todo, QStringList({u"a"_s, u"b"_s}));
        QCOMPARE(w.openWindows.first().id, u"7"_s);
        QVERIFY(w.openWindows.first().active);
    }

    void survivesWhatIsMissingOrOdd()
    {
        const ui::Workspace w = decodeWorkspace(object(R"({"state":"dancing","colour":"ultraviolet","windows":"many","started_at":null,"error":null,"open_windows":{}})"));
        QCOMPARE(w.state, ui::WorkspaceState::Stopped);
        QCOMPARE(w.colour, ui::Colour::Amber);
        QCOMPARE(w.windows, 0);
        QVERIFY(!w.startedAt && !w.error && w.openWindows.isEmpty());
        QCOMPARE(decodeWorkspace({}).number, 1);
    }

    void readsASetting()
    {
        const ui::Setting s = decodeSetting(object(R"({"key":"workspace.idle_stop","type":"duration","value":"off","default":900,"source":"managed","locked":true,
            "organisation":"Acme Ltd","reason":"Because.","held":false,"title":"Idle stop","sentence":"S.","group":"life","icon":"clock","none":"off","restart":true,
            "minimum":60,"maximum":86400,"unit":"s"})"));
        QCOMPARE(s.source, ui::SettingSource::Managed);
        QCOMPARE(s.group, u"Life"_s);
        QCOMPARE(s.none, u"off"_s);
        QVERIFY(s.locked && !s.held && s.restart);
        QCOMPARE(s.minimum, std::optional(60.0));
        QCOMPARE(s.defaultValue.toInt(), 900);
    }

    void readsARecordAndItsExplanation()
    {
        const ui::AuditRecord r = decodeRecord(object(R"({"seq":12,"time":1790000000,"workspace":"w1","subject":"user","action":"clipboard.copy","outcome":"refused",
            "sentence":"text was not copied out","key":"clipboard.from_workspace","rule":"Copy out: off","detail":"d"})"));
        QCOMPARE(r.seq, 12);
        QCOMPARE(r.outcome, ui::AuditOutcome::Refused);
        QCOMPARE(r.key, u"clipboard.from_workspace"_s);
        const ui::Explanation e = decodeExplanation(object(R"({"decision":"refused","value":"off","rule":{"source":"managed","organisation":"Acme Ltd","value":"off"},
            "next":{"source":"default","value":"text"},"text":"T."})"));
        QCOMPARE(e.rule.organisation, u"Acme Ltd"_s);
        QCOMPARE(e.next->value.toString(), u"text"_s);
        QVERIFY(!decodeExplanation(object(R"({"next":null})")).next);
    }

    void readsTrailCheckUpAndVersion()
    {
        const ui::TrailState trail = decodeTrail(object(R"({"whole":false,"up_to":10,"broken_at":8,"anchored":"journal","anchor_seq":5})"));
        QVERIFY(!trail.whole);
        QCOMPARE(trail.brokenAt, std::optional<qint64>(8));
        const ui::CheckUp checkUp = decodeCheckUp(object(R"({"verdict":"look","checks":[{"id":"l","title":"L","finding":"F","cure":"C","state":"broken"}]})"));
        QCOMPARE(checkUp.verdict, ui::CheckState::Look);
        QCOMPARE(checkUp.checks.first().state, ui::CheckState::Broken);
        const ui::VersionInfo version = decodeVersion(object(R"({"product":"0.1.0","engines":[{"name":"namespaces","level":"process","available":true}]})"));
        QCOMPARE(version.engines.first().level, ui::Level::Process);
        QVERIFY(version.engines.first().available);
    }

    void stagesHaveNames()
    {
        QCOMPARE(decodeStage(u"prepare"_s), std::optional(ui::Stage::Prepare));
        QCOMPARE(decodeStage(u"connect"_s), std::optional(ui::Stage::Connect));
        QCOMPARE(decodeStage(u"landing"_s), std::nullopt);
    }

    void jsonCrossesBothWaysUnchanged()
    {
        const nlohmann::json from = nlohmann::json::parse(R"({"a":[1,-2,true,null,"ü"],"big":9007199254740991,"half":0.5,"o":{}})");
        QCOMPARE(fromQt(toQt(from)).dump(), from.dump());
        QVERIFY(fromQt(QJsonValue(5.0)).is_number_integer()); // the API refuses 5.0
    }
};

QTEST_GUILESS_MAIN(TestDecode)
#include "tst_decode.moc"
