// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "policy/settings/document.h"
#include "policy/settings/keys.h"
#include "policy/settings/profile.h"
#include "policy/settings/setting.h"
#include "qstring_of.h"

using namespace annex;
using namespace annex::policy;
using namespace annex::literals;

namespace {

const HostFacts kHost{.memory = 16_GiB, .processors = 4};
const WorkspaceFacts kUntrusted{.id = "1", .name = "Untrusted", .profile = "quarantine", .colour = "amber", .pattern = "dots"};

const Setting& setting(std::string_view key)
{
    const Setting* found = findSetting(key);
    if (found == nullptr)
        qFatal("no setting %s", std::string(key).c_str());
    return *found;
}

Value defaults(std::string_view key) { return defaultOf(setting(key), kHost, kUntrusted); }

std::string sentence(std::string_view key, const Value& value) { return sentenceOf(setting(key), value, defaults); }

template <class T>
bool holds(const Value& value);
template <>
bool holds<std::string>(const Value& value) { return std::holds_alternative<std::string>(value); }
template <>
bool holds<bool>(const Value& value) { return std::holds_alternative<bool>(value); }
template <>
bool holds<std::int64_t>(const Value& value) { return std::holds_alternative<std::int64_t>(value); }
template <>
bool holds<Bytes>(const Value& value) { return std::holds_alternative<std::int64_t>(value); }
template <>
bool holds<keys::MaybeSeconds>(const Value& value) { return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<None>(value); }

template <class T>
bool fits(Key<T> key)
{
    const Setting* found = findSetting(key.name);
    return found != nullptr && holds<T>(defaultOf(*found, kHost, kUntrusted));
}

} // namespace

class tst_settings : public QObject {
    Q_OBJECT
private slots:
    void everyRowIsComplete()
    {
        std::set<std::string_view> keysSeen;
        std::set<std::string_view> managedSeen;
        for (const Setting& row : settings()) {
            QVERIFY2(keysSeen.insert(row.key).second, std::string(row.key).c_str());
            QVERIFY2(managedSeen.insert(row.managedName).second, std::string(row.key).c_str());
            QVERIFY(!row.title.empty() && !row.icon.empty() && !row.about.empty() && row.sentence != nullptr);
            QVERIFY(row.about.ends_with('.'));
            QVERIFY2(!row.preset.empty() != (row.presetBy != nullptr), std::string(row.key).c_str());
        }
        QCOMPARE(keysSeen.size(), std::size_t{22});
    }

    void everyDefaultAndStrictestValueIsAValueOfItsSetting()
    {
        for (const Setting& row : settings()) {
            for (const Value& value : {defaultOf(row, kHost, kUntrusted), strictestOf(row, kHost, kUntrusted)}) {
                const auto again = parseValue(row, formatValue(row, value), kHost);
                VERIFY_OK(again);
                QVERIFY2(*again == value, std::string(row.key).c_str());
                QVERIFY(sentenceOf(row, value, defaults).ends_with('.'));
            }
        }
    }

    void everyProfileValueIsAValueOfItsSetting()
    {
        QCOMPARE(profiles().size(), std::size_t{1});
        for (const auto& [key, text] : profiles().front().values)
            VERIFY_OK(parseValue(setting(key), text, kHost));
    }

    void typedKeysFitTheTable()
    {
        using namespace keys;
        QVERIFY(fits(kIsolationMinimum) && fits(kIsolationEngine) && fits(kWorkspacePersistence) && fits(kWorkspaceMaximum));
        QVERIFY(fits(kWorkspaceColour) && fits(kWorkspacePattern) && fits(kWorkspaceLabel) && fits(kWorkspaceIdleStop));
        QVERIFY(fits(kClipboardToWorkspace) && fits(kClipboardFromWorkspace) && fits(kClipboardMaximumBytes) && fits(kClipboardExpire));
        QVERIFY(fits(kFilesToWorkspace) && fits(kFilesMaximumBytes) && fits(kOpenFresh) && fits(kMemoryMaximum));
        QVERIFY(fits(kProcessorMaximum) && fits(kProcessorWeight) && fits(kStorageQuota));
        QVERIFY(fits(kAuditLevel) && fits(kAuditKeep) && fits(kAuditExport));
    }

    void memoryDefaultIsHalfOfTheHostAtMostEightGiB_data()
    {
        QTest::addColumn<quint64>("host");
        QTest::addColumn<qint64>("expected");
        QTest::newRow("small") << quint64{(2_GiB).count} << qint64{1} * 1024 * 1024 * 1024;
        QTest::newRow("usual") << quint64{(12_GiB).count} << qint64{6} * 1024 * 1024 * 1024;
        QTest::newRow("large") << quint64{(64_GiB).count} << qint64{8} * 1024 * 1024 * 1024;
        QTest::newRow("unknown: the smallest that starts") << quint64{0} << qint64{128} * 1024 * 1024;
    }
    void memoryDefaultIsHalfOfTheHostAtMostEightGiB()
    {
        QFETCH(quint64, host);
        QFETCH(qint64, expected);
        const Value value = defaultOf(setting("memory.maximum"), {.memory = {host}, .processors = 1}, kUntrusted);
        QCOMPARE(std::get<std::int64_t>(value), std::int64_t{expected});
    }

    void readsWhatPeopleWrite_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical");
        QTest::newRow("binary unit") << "clipboard.maximum_bytes" << "1 MiB" << "1 MiB";
        QTest::newRow("the unit of the window") << "clipboard.maximum_bytes" << "2MB" << "2 MiB";
        QTest::newRow("one digit after the point") << "storage.quota" << "1.5 GB" << "1536 MiB";
        QTest::newRow("bytes") << "clipboard.maximum_bytes" << "1025 B" << "1025 B";
        QTest::newRow("case and blanks") << "clipboard.maximum_bytes" << "  64 kib " << "64 KiB";
        QTest::newRow("minutes") << "workspace.idle_stop" << "90 minutes" << "90 min";
        QTest::newRow("whole hours") << "workspace.idle_stop" << "120 min" << "2 h";
        QTest::newRow("off") << "workspace.idle_stop" << "OFF" << "off";
        QTest::newRow("never") << "clipboard.expire" << "never" << "never";
        QTest::newRow("percent") << "processor.maximum" << "50%" << "50 %";
        QTest::newRow("percent without its sign") << "processor.maximum" << "50" << "50 %";
        QTest::newRow("switch") << "open.fresh" << "Off" << "off";
        QTest::newRow("choice") << "clipboard.to_workspace" << "Text" << "text";
        QTest::newRow("colour") << "workspace.colour" << "rose" << "rose";
        QTest::newRow("text") << "workspace.label" << "Büro 2" << "Büro 2";
    }
    void readsWhatPeopleWrite()
    {
        QFETCH(QString, key);
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        const Setting& row = setting(key.toStdString());
        const auto value = parseValue(row, text.toStdString(), kHost);
        VERIFY_OK(value);
        COMPARE_TEXT(formatValue(row, *value), canonical.toStdString());
        QVERIFY(parseValue(row, formatValue(row, *value), kHost).value() == *value);
    }

    void refusesWithASentence_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("sentence");
        const auto refuse = [](const char* name, const char* key, const char* text, const char* sentence) {
            QTest::newRow(name) << QString::fromUtf8(key) << QString::fromUtf8(text) << QString::fromUtf8(sentence);
        };
        refuse("too much", "clipboard.maximum_bytes", "65 MiB", "clipboard.maximum_bytes: 65 MiB is more than 64 MiB.");
        refuse("too little", "clipboard.maximum_bytes", "1 B", "clipboard.maximum_bytes: 1 B is less than 1 KiB.");
        refuse("more than the host has", "memory.maximum", "17 GiB", "memory.maximum: 17 GiB is more than 16 GiB.");
        refuse("no unit", "clipboard.maximum_bytes", "1000",
               "clipboard.maximum_bytes: “1000” is not a size; write a number and a unit, as in 1 MiB.");
        refuse("negative", "workspace.maximum", "-1", "workspace.maximum: “-1” is not a whole number.");
        refuse("overflow", "clipboard.maximum_bytes", "9999999999 TiB",
               "clipboard.maximum_bytes: “9999999999 TiB” is not a size; write a number and a unit, as in 1 MiB.");
        refuse("nonsense time", "workspace.idle_stop", "soon",
               "workspace.idle_stop: “soon” is not a time; write a number and a unit, as in 15 min, or off.");
        refuse("no choice", "clipboard.to_workspace", "images", "clipboard.to_workspace: “images” is not one of: off, text.");
        refuse("no switch", "open.fresh", "yes", "open.fresh: “yes” is not one of: on, off.");
        refuse("empty", "workspace.label", "", "workspace.label: the text is empty.");
        refuse("long", "workspace.label", "1234567890123456789012345", "workspace.label: the text is longer than 24 characters.");
        refuse("two lines", "workspace.label", "a\nb", "workspace.label: the text has characters that cannot be shown in one line.");
        refuse("right-to-left override", "workspace.label", "a\xe2\x80\xae" "b",
               "workspace.label: the text has characters that cannot be shown in one line.");
    }
    void refusesWithASentence()
    {
        QFETCH(QString, key);
        QFETCH(QString, text);
        QFETCH(QString, sentence);
        const auto value = parseValue(setting(key.toStdString()), text.toStdString(), kHost);
        QVERIFY(!value);
        COMPARE_TEXT(value.error().context, sentence.toStdString());
    }

    void quotesLittleOfAHostileText()
    {
        const auto value = parseValue(setting("workspace.maximum"), std::string(1 << 20, '\x1b'), kHost);
        QVERIFY(!value);
        QVERIFY(value.error().context.size() < 200);
        QVERIFY(value.error().context.find('\x1b') == std::string::npos);
    }

    void readsJson()
    {
        using nlohmann::json;
        QVERIFY(parseJson(setting("open.fresh"), json(false), kHost).value() == Value(false));
        QVERIFY(parseJson(setting("open.fresh"), json("off"), kHost).value() == Value(false));
        QVERIFY(parseJson(setting("workspace.maximum"), json(3), kHost).value() == Value(std::int64_t{3}));
        QVERIFY(parseJson(setting("workspace.idle_stop"), json(60), kHost).value() == Value(std::int64_t{60}));
        for (const json& wrong : {json(1.5), json(-3), json(nullptr), json::array({1}), json::object(), json(true), json(UINT64_MAX)})
            QVERIFY2(!parseJson(setting("workspace.maximum"), wrong, kHost), wrong.dump().c_str());
        QVERIFY(!parseJson(setting("clipboard.to_workspace"), json(true), kHost));
    }

    void saysThePresentValueInWords()
    {
        const Value text = std::string("text");
        const Value off = std::string("off");
        COMPARE_TEXT(sentence("clipboard.to_workspace", text), "Only when you paste, one item at a time, up to 1 MB.");
        COMPARE_TEXT(sentence("clipboard.to_workspace", off), "Your clipboard cannot be pasted here.");
        COMPARE_TEXT(sentence("clipboard.from_workspace", text), "What you copy here, up to 1 MB. Kept 5 minutes.");
        COMPARE_TEXT(sentence("clipboard.from_workspace", off), "Nothing copied here reaches your clipboard.");
        COMPARE_TEXT(sentence("workspace.persistence", std::string("disposable")), "Disposable: everything is thrown away.");
        COMPARE_TEXT(sentence("workspace.idle_stop", std::int64_t{900}), "Stops after 15 minutes without a window.");
        COMPARE_TEXT(sentence("workspace.idle_stop", None{}), "Runs until you stop it.");
        COMPARE_TEXT(sentence("workspace.colour", std::string("rose")), "Rose. Only this computer can draw it.");
    }

    void saysAmountsInWords()
    {
        COMPARE_TEXT(bytesInWords(1), "1 byte");
        COMPARE_TEXT(bytesInWords(1023), "1023 bytes");
        COMPARE_TEXT(bytesInWords(3 << 20), "3 MB");
        COMPARE_TEXT(bytesInWords(1610612736), "1.5 GB");
        COMPARE_TEXT(bytesInWords(UINT64_MAX), "16777215 TB");
        COMPARE_TEXT(durationInWords(1), "1 second");
        COMPARE_TEXT(durationInWords(5400), "90 minutes");
        COMPARE_TEXT(durationInWords(86400), "1 day");
    }

    void theCommittedDocumentIsCurrent()
    {
        std::ifstream file(std::string(ANNEX_SOURCE_DIR) + "/docs/settings.md", std::ios::binary);
        std::stringstream committed;
        committed << file.rdbuf();
        COMPARE_TEXT(committed.str(), settingsDocument()); // cure: ./dev docs
    }

    void theDocumentNamesEverySetting()
    {
        const std::string text = settingsDocument();
        for (const Setting& row : settings())
            QVERIFY2(text.find("| `" + std::string(row.key) + "` |") != std::string::npos, std::string(row.key).c_str());
    }
};

QTEST_APPLESS_MAIN(tst_settings)
#include "tst_settings.moc"
