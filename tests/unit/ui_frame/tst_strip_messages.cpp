// SPDX-License-Identifier: Apache-2.0
#include <QLocale>
#include <QTest>

#include "ui/frame/strip_messages.h"

using namespace annex::ui;
using namespace std::chrono_literals;

namespace {
StripMessage pasted() { return *stripMessageFor(QStringLiteral("pasted"), {{QStringLiteral("n"), 214}}); }
StripMessage copyLocked() { return *stripMessageFor(QStringLiteral("copy-locked"), {{QStringLiteral("organisation"), QStringLiteral("Acme Ltd")}}); }
} // namespace

class TestStripMessages : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void sentences_data();
    void sentences();
    void unknownIdSaysNothing();
    void everyIdHasASentence();
    void argumentsAreNotBelieved();
    void graverMessageIsShownFirst();
    void messagesGoAfterSixSeconds();
    void standingMessageStaysUntilWithdrawn();
    void heldMessageDoesNotExpire();
    void aFloodDoesNotGrow();
};

void TestStripMessages::sentences_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QVariantMap>("arguments");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("button");
    const QString n = QStringLiteral("n"), organisation = QStringLiteral("organisation"), bytes = QStringLiteral("bytes"), limit = QStringLiteral("limit");
    QTest::newRow("pasted") << "pasted" << QVariantMap{{n, 214}} << "Pasted 214 characters" << "";
    QTest::newRow("pasted one") << "pasted" << QVariantMap{{n, 1}} << "Pasted 1 character" << "";
    QTest::newRow("locked") << "copy-locked" << QVariantMap{{organisation, "Acme Ltd"}} << "Copy out is locked by Acme Ltd" << "Why?";
    QTest::newRow("locked, no name") << "copy-locked" << QVariantMap{} << "Copy out is locked by your organisation" << "Why?";
    QTest::newRow("too large") << "paste-too-large" << QVariantMap{{bytes, 3 << 20}, {limit, 1 << 20}} << "Too large to paste: 3 MB, limit 1 MB" << "";
    QTest::newRow("copy") << "file-copy" << QVariantMap{} << "A copy. The original stays untouched." << "";
}

void TestStripMessages::sentences()
{
    QFETCH(QString, id);
    QFETCH(QVariantMap, arguments);
    const auto message = stripMessageFor(id, arguments);
    QVERIFY(message);
    QTEST(message->text.text, "text");
    QTEST(message->text.button, "button");
}

void TestStripMessages::unknownIdSaysNothing()
{
    QVERIFY(!stripMessageFor(QStringLiteral("<b>hello</b>"), {}));
    QVERIFY(!stripMessageFor(QString(), {}));
}

void TestStripMessages::everyIdHasASentence()
{
    QVERIFY(stripMessageIds().size() >= 15);
    for (const QString& id : stripMessageIds()) {
        const auto message = stripMessageFor(id, {});
        QVERIFY2(message && !message->text.text.isEmpty(), qPrintable(id));
        QVERIFY2(!message->text.text.contains(u'%'), qPrintable(message->text.text));
        QCOMPARE(message->text.button.isEmpty(), message->action == StripAction::None);
        QVERIFY(!message->text.text.contains(u'!'));
    }
}

void TestStripMessages::argumentsAreNotBelieved()
{
    const QString organisation = QStringLiteral("organisation");
    const auto evil = stripMessageFor(QStringLiteral("copy-locked"), {{organisation, QStringLiteral("\u202Eevil\n\u2028\u200B") + QString(5000, u'x')}});
    QVERIFY(evil);
    QVERIFY(evil->text.text.size() < 120);
    for (QChar c : evil->text.text)
        QVERIFY(c.isPrint());
    const auto negative = stripMessageFor(QStringLiteral("pasted"), {{QStringLiteral("n"), -5}});
    QCOMPARE(negative->text.text, QStringLiteral("Pasted 0 characters"));
    QVERIFY(stripMessageFor(QStringLiteral("pasted"), {{QStringLiteral("n"), QStringLiteral("many")}}));
}

void TestStripMessages::graverMessageIsShownFirst()
{
    StripMessages messages;
    messages.post(pasted(), 0ms);
    QCOMPARE(messages.current()->text.text, QStringLiteral("Pasted 214 characters"));
    messages.post(wantsFullScreenMessage(), 100ms);
    QCOMPARE(messages.current()->id, StripMessageId::Crossed);
    messages.post(copyLocked(), 200ms);
    QCOMPARE(messages.current()->id, StripMessageId::Locked);
    messages.withdraw(StripMessageId::Locked);
    QCOMPARE(messages.current()->id, StripMessageId::Crossed);
}

void TestStripMessages::messagesGoAfterSixSeconds()
{
    StripMessages messages;
    QVERIFY(!messages.nextChange());
    messages.post(pasted(), 1000ms);
    QCOMPARE(*messages.nextChange(), StripMessages::Time(7000));
    QVERIFY(!messages.expire(6999ms));
    QVERIFY(messages.current());
    QVERIFY(messages.expire(7000ms));
    QVERIFY(!messages.current());
    QVERIFY(!messages.nextChange()); // nothing to wake up for
}

void TestStripMessages::standingMessageStaysUntilWithdrawn()
{
    StripMessages messages;
    messages.post(notRespondingMessage(), 0ms);
    QVERIFY(!messages.nextChange());
    QVERIFY(!messages.expire(3'600'000ms));
    QCOMPARE(messages.current()->action, StripAction::ForceStop);
    messages.withdraw(StripMessageId::NotResponding);
    QVERIFY(!messages.current());
}

void TestStripMessages::heldMessageDoesNotExpire()
{
    StripMessages messages;
    messages.post(copyLocked(), 0ms);
    messages.hold(true, 5000ms);
    QVERIFY(!messages.nextChange());
    QVERIFY(!messages.expire(60'000ms));
    messages.hold(false, 60'000ms);
    QCOMPARE(*messages.nextChange(), StripMessages::Time(66'000));
    QVERIFY(messages.expire(66'000ms));
}

void TestStripMessages::aFloodDoesNotGrow()
{
    StripMessages messages;
    for (int i = 0; i < 10'000; ++i)
        messages.post(*stripMessageFor(QStringLiteral("pasted"), {{QStringLiteral("n"), i}}), StripMessages::Time(i));
    QCOMPARE(messages.current()->text.text, QStringLiteral("Pasted 9999 characters"));
    messages.withdraw(StripMessageId::Crossed);
    QVERIFY(!messages.current()); // one of a kind
}

QTEST_GUILESS_MAIN(TestStripMessages)
#include "tst_strip_messages.moc"
