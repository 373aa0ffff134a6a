// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include <QFile>

#include <set>

#include "app/api/errors.h"
#include "app/api/message.h"
#include "app/api/methods.h"

using namespace annex::api;

class TestApiMethods : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void namesAreUniqueAndFindable();
    void everyNamedErrorIsInTheTable();
    void limitsMakeSense();
    void refusesWrongParameters_data();
    void refusesWrongParameters();
    void takesRightParameters();
    void countsDescriptors();
    void theCommittedPageIsCurrent();
};

void TestApiMethods::namesAreUniqueAndFindable()
{
    std::set<std::string_view> names;
    for (const auto& method : methodTable()) {
        QVERIFY2(names.insert(method.name).second, method.name.data());
        QCOMPARE(findMethod(method.name), &method);
        QVERIFY(!method.sentence.empty());
        QVERIFY(!method.result.empty());
        QVERIFY(method.deadline_s > 0);
    }
    QCOMPARE(findMethod("no.such"), nullptr);
    QVERIFY(findEvent("workspace.changed"));
}

void TestApiMethods::everyNamedErrorIsInTheTable()
{
    for (const auto& method : methodTable())
        for (const auto id : method.errors)
            QVERIFY2(findError(id), id.data());
}

void TestApiMethods::limitsMakeSense()
{
    for (const auto& method : methodTable()) {
        QVERIFY(method.minimumDescriptors <= method.maximumDescriptors);
        for (const auto& p : method.parameters)
            if (p.kind != Kind::Flag)
                QVERIFY2(p.minimum < p.maximum, p.name.data());
    }
}

void TestApiMethods::refusesWrongParameters_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("parameters");
    QTest::newRow("missing") << QByteArray("workspace.get") << QByteArray("{}");
    QTest::newRow("unknown") << QByteArray("workspace.list") << QByteArray(R"({"x":1})");
    QTest::newRow("number for text") << QByteArray("workspace.get") << QByteArray(R"({"workspace":1})");
    QTest::newRow("empty text") << QByteArray("workspace.get") << QByteArray(R"({"workspace":""})");
    QTest::newRow("zero character") << QByteArray("workspace.get") << QByteArray(R"({"workspace":"a\u0000b"})");
    QTest::newRow("long text") << QByteArray("workspace.get") << QByteArray(R"({"workspace":")" + QByteArray(161, 'a') + R"("})");
    QTest::newRow("text for flag") << QByteArray("workspace.stop") << QByteArray(R"({"workspace":"a","force":"yes"})");
    QTest::newRow("fraction") << QByteArray("audit.list") << QByteArray(R"({"limit":1.5})");
    QTest::newRow("too small") << QByteArray("audit.list") << QByteArray(R"({"limit":0})");
    QTest::newRow("too large") << QByteArray("audit.list") << QByteArray(R"({"limit":201})");
    QTest::newRow("beyond 63 bits") << QByteArray("audit.list") << QByteArray(R"({"before":18446744073709551615})");
    QTest::newRow("empty list") << QByteArray("program.run") << QByteArray(R"({"argv":[]})");
    QTest::newRow("list of numbers") << QByteArray("program.run") << QByteArray(R"({"argv":[1]})");
    QTest::newRow("object as value") << QByteArray("policy.set") << QByteArray(R"({"key":"a","value":{}})");
    QTest::newRow("null as value") << QByteArray("policy.set") << QByteArray(R"({"key":"a","value":null})");
    QTest::newRow("negative deadline") << QByteArray("workspace.list") << QByteArray(R"({"deadline_ms":-1})");
}

void TestApiMethods::refusesWrongParameters()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, parameters);
    const auto outcome = check(*findMethod(method.toStdString()), Json::parse(parameters.toStdString()), 0);
    QVERIFY(!outcome.has_value());
    QCOMPARE(outcome.error().code, code::kInvalidParams);
}

void TestApiMethods::takesRightParameters()
{
    QVERIFY(check(*findMethod("workspace.stop"), {{"workspace", "a"}, {"force", true}, {"deadline_ms", 5}}, 0).has_value());
    QVERIFY(check(*findMethod("policy.set"), {{"key", "a"}, {"value", {"x", "y"}}}, 0).has_value());
    QVERIFY(check(*findMethod("viewer.gone"), {{"workspace", "a"}, {"status", -9}}, 0).has_value());
}

void TestApiMethods::countsDescriptors()
{
    const Json parameters{{"argv", {"true"}}};
    QCOMPARE(check(*findMethod("program.exec"), parameters, 2).error().id, std::string("request.descriptors"));
    QVERIFY(check(*findMethod("program.exec"), parameters, 3).has_value());
    QCOMPARE(check(*findMethod("workspace.list"), Json::object(), 1).error().id, std::string("request.descriptors"));
}

void TestApiMethods::theCommittedPageIsCurrent()
{
    QFile page(QStringLiteral(ANNEX_SOURCE_DIR "/docs/api.md"));
    QVERIFY(page.open(QIODevice::ReadOnly));
    QVERIFY2(page.readAll() == QByteArray::fromStdString(documentation()), "docs/api.md is old: run ./dev docs");
}

QTEST_GUILESS_MAIN(TestApiMethods)
#include "tst_api_methods.moc"
