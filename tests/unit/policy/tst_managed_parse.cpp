// SPDX-License-Identifier: Apache-2.0
#include "policy/managed/managed_policy.h"
#include "qstring_of.h"

using namespace annex;
using namespace annex::policy;

class tst_managed_parse : public QObject {
    Q_OBJECT
private slots:
    void readsWhatTheDocumentShows()
    {
        const auto file = parseManaged(R"({"format":1,"organisation":"Acme Ltd","settings":{
            "clipboard.from_workspace":{"value":"off","lock":true,"reason":"Client data stays inside."},
            "workspace.maximum":{"value":4},
            "open.fresh":{"value":true,"lock":true}}})");
        VERIFY_OK(file);
        COMPARE_TEXT(file->organisation, "Acme Ltd");
        QCOMPARE(file->values.size(), std::size_t{3});
        const ManagedValue& copyOut = file->values.at("clipboard.from_workspace");
        QVERIFY(copyOut.value == Value(std::string("off")));
        QVERIFY(copyOut.lock);
        COMPARE_TEXT(copyOut.reason, "Client data stays inside.");
        QVERIFY(!file->values.at("workspace.maximum").lock);
        QVERIFY(file->values.at("open.fresh").value == Value(true));
    }

    void acceptsAFileThatSetsNothing() { VERIFY_OK(parseManaged(R"({"format":1})")); }

    void acceptsMoreMemoryThanThisHostHas()
    {
        const auto file = parseManaged(R"({"format":1,"settings":{"memory.maximum":{"value":"900 GiB"}}})");
        VERIFY_OK(file);
    }

    void refusesWithTheProblem_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("problem");
        const auto refuse = [](const char* name, QByteArray text, const char* problem) { QTest::newRow(name) << text << QByteArray(problem); };
        refuse("empty", "", "it is not JSON");
        refuse("no JSON", "clipboard=off", "it is not JSON");
        refuse("cut off", R"({"format":1,"settings":{)", "it is not JSON");
        refuse("something behind it", R"({"format":1} {})", "it is not JSON");
        refuse("comment", "{\"format\":1 /* no */}", "it is not JSON");
        refuse("trailing comma", R"({"format":1,})", "it is not JSON");
        refuse("broken UTF-8", "{\"format\":1,\"organisation\":\"\xff\"}", "it is not JSON");
        refuse("zero byte", QByteArray("{\"format\":1}\0", 13), "it is not JSON");
        refuse("array", "[1]", "it is not a JSON object");
        refuse("number", "1", "it is not a JSON object");
        refuse("no format", "{}", "\"format\" is not 1");
        refuse("newer format", R"({"format":2})", "\"format\" is not 1");
        refuse("format as text", R"({"format":"1"})", "\"format\" is not 1");
        refuse("format as fraction", R"({"format":1.0})", "\"format\" is not 1");
        refuse("unknown member", R"({"format":1,"setings":{}})", "“setings” is not known here");
        refuse("unknown setting", R"({"format":1,"settings":{"clipboard.from":{"value":"off"}}})", "“clipboard.from” is no setting of this version");
        refuse("unknown attribute", R"({"format":1,"settings":{"open.fresh":{"value":true,"locked":true}}})", "open.fresh: “locked” is not known here");
        refuse("settings as array", R"({"format":1,"settings":[]})", "\"settings\" is not an object");
        refuse("bare value", R"({"format":1,"settings":{"open.fresh":true}})", "open.fresh: write an object with \"value\"");
        refuse("no value", R"({"format":1,"settings":{"open.fresh":{"lock":true}}})", "open.fresh: \"value\" is missing");
        refuse("lock as text", R"({"format":1,"settings":{"open.fresh":{"value":true,"lock":"yes"}}})", "open.fresh: \"lock\" is neither true nor false");
        refuse("lock as number", R"({"format":1,"settings":{"open.fresh":{"value":true,"lock":1}}})", "open.fresh: \"lock\" is neither true nor false");
        refuse("wrong value", R"({"format":1,"settings":{"workspace.maximum":{"value":65}}})", "workspace.maximum: 65 is more than 64.");
        refuse("wrong type", R"({"format":1,"settings":{"workspace.maximum":{"value":true}}})",
               "workspace.maximum: a JSON boolean is no value of this setting.");
        refuse("key twice", R"({"format":1,"settings":{"open.fresh":{"value":true},"open.fresh":{"value":false}}})", "“open.fresh” is written twice");
        refuse("attribute twice", R"({"format":1,"settings":{"open.fresh":{"lock":true,"value":true,"lock":false}}})", "“lock” is written twice");
        refuse("reason in two lines", R"({"format":1,"settings":{"open.fresh":{"value":true,"reason":"a\nb"}}})",
               "open.fresh: \"reason\" is longer than 300 characters or cannot be shown in one line");
        refuse("organisation as number", R"({"format":1,"organisation":3})", "\"organisation\" is not a text");
        refuse("deep", R"({"format":1,"settings":{"open.fresh":{"value":[[[[[[[[1]]]]]]]]}}})", "it is nested deeper than 8 levels");
        refuse("very deep", QByteArray("[").repeated(500'000), "it is nested deeper than 8 levels");
        refuse("large", QByteArray(1'100'000, ' '), "it is larger than 1 MB");
    }
    void refusesWithTheProblem()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, problem);
        const auto file = parseManaged({text.constData(), static_cast<std::size_t>(text.size())});
        QVERIFY(!file);
        QCOMPARE(int(file.error().code), int(Errc::Malformed));
        COMPARE_TEXT(file.error().context, problem.toStdString());
    }

    void namesSeveralProblemsAtOnce()
    {
        const auto file = parseManaged(R"({"format":1,"x":1,"settings":{"y":{},"open.fresh":{"value":3}}})");
        QVERIFY(!file);
        const std::string& text = file.error().context;
        QVERIFY(text.find("“x”") != std::string::npos && text.find("“y”") != std::string::npos && text.find("open.fresh:") != std::string::npos);
    }

    void tellsABoundedNumberOfProblems()
    {
        std::string text = R"({"format":1,"settings":{)";
        for (int i = 0; i < 10'000; ++i)
            text += "\"k" + std::to_string(i) + "\":{},";
        text += R"("z":{}}})";
        const auto file = parseManaged(text);
        QVERIFY(!file);
        QVERIFY(file.error().context.size() < 4096);
    }
};

QTEST_APPLESS_MAIN(tst_managed_parse)
#include "tst_managed_parse.moc"
