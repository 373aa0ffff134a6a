// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "app/control/codec.h"
#include "app/control/host_control.h"

using namespace annex;
using namespace annex::control;

namespace {

/// Writes down what it hears, one line for each event.
class Recorder : public HostListener {
public:
    QStringList lines;
    std::size_t output_bytes = 0;
    int writable = 0;
    void note(const QString& line) { lines.append(line); }
    void onReady(const std::vector<std::uint32_t>& running) override { note(QStringLiteral("ready %1").arg(running.size())); }
    void onSpawned(std::uint32_t program, std::uint32_t error) override { note(QStringLiteral("spawned %1 %2").arg(program).arg(error)); }
    void onOutput(std::uint32_t program, Stream, ByteSpan bytes) override
    {
        output_bytes += bytes.size();
        note(QStringLiteral("output %1 %2").arg(program).arg(bytes.size()));
    }
    void onOutputEnd(std::uint32_t program, Stream stream) override { note(QStringLiteral("end %1 %2").arg(program).arg(int(stream))); }
    void onInputRoom(std::uint32_t program) override { note(QStringLiteral("room %1").arg(program)); }
    void onExited(std::uint32_t program, std::uint8_t status, bool signalled) override
    {
        note(QStringLiteral("exited %1 %2 %3").arg(program).arg(status).arg(signalled));
    }
    void onFileDone(std::uint32_t transfer, std::uint32_t error, const std::string& path) override
    {
        note(QStringLiteral("file %1 %2 %3").arg(transfer).arg(error).arg(QString::fromStdString(path)));
    }
    void onOpened(std::uint32_t program, OpenProblem problem, const std::string& mime, const std::string& id) override
    {
        note(QStringLiteral("opened %1 %2 %3 %4").arg(program).arg(int(problem)).arg(QString::fromStdString(mime), QString::fromStdString(id)));
    }
    void onFromDisplay(const relay::FromGuest& message) override { note(QStringLiteral("display %1").arg(message.index())); }
    void onDisplayState(DisplayCondition condition) override { note(QStringLiteral("state %1").arg(int(condition))); }
    void onPong(std::uint32_t serial) override { note(QStringLiteral("pong %1").arg(serial)); }
    void onWritable() override { ++writable; }
    void onOutgoing() override {}
    void onProtocolError(const Error&) override { note(QStringLiteral("protocol error")); }
};

/// A host end and the guest's mouth, in memory.
struct Conversation {
    Recorder recorder;
    HostControl control{recorder};
    HostControl::TimePoint now{};

    explicit Conversation(bool ready = true)
    {
        control.takeOver();
        if (ready) {
            echo();
            QVERIFY(say(0, Ready{}).has_value());
            recorder.lines.clear();
        }
    }
    ByteVector takeOutgoing()
    {
        ByteSpan bytes = control.outgoing();
        ByteVector copy(bytes.begin(), bytes.end());
        control.sent(copy.size());
        return copy;
    }
    void echo()
    {
        auto ok = control.receive(takeOutgoing(), now); // all that is queued then is the Preamble
        QVERIFY(ok.has_value());
    }
    template <class Message> Result<void> say(std::uint32_t object, const Message& message)
    {
        ByteVector bytes;
        append(bytes, object, message);
        return control.receive(bytes, now);
    }
    template <class Message> bool isBreach(std::uint32_t object, const Message& message)
    {
        bool refused = !say(object, message).has_value();
        return refused && control.isFailed() && recorder.lines.count(QStringLiteral("protocol error")) == 1;
    }
    void startCat(Stdio stdio = Stdio::Pipes)
    {
        Spawn what;
        what.arguments = {"cat"};
        what.stdio = stdio;
        QVERIFY(control.spawn(1, what).has_value());
        takeOutgoing();
        QVERIFY(say(1, Spawned{}).has_value());
        recorder.lines.clear();
    }
};

/// The frames in what the host wrote.
std::vector<std::pair<wire::Header, ByteVector>> framesIn(const ByteVector& bytes)
{
    std::vector<std::pair<wire::Header, ByteVector>> frames;
    wire::FrameReader reader(kMaxPayload_bytes);
    reader.feed(bytes);
    for (auto event = reader.next(); event && *event; event = reader.next())
        frames.emplace_back((*event)->frame->header, ByteVector((*event)->frame->payload.begin(), (*event)->frame->payload.end()));
    return frames;
}

} // namespace

class TestHostControl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothingIsBelievedBeforeTheEcho();
    void readyComesFirst();
    void readyOnlyOnce();
    void otherVersionIsRefused();
    void programOfAnEarlierBrokerIsKnown();
    void lifeOfAProgram();
    void failedStartFreesItsNumber();
    void exitEndsOpenStreams();
    void answersWithoutAQuestionAreBreaches();
    void outputOverItsCreditIsABreach();
    void creditComesBackInPortions();
    void takingMoreThanCameGivesNoExtraCredit();
    void outputOnAStreamThatIsNotThereIsABreach();
    void inputStopsAtItsCredit();
    void creditForInputNeverSentIsABreach();
    void fileDoneBeforeTheEndIsABreach();
    void fileIsRefusedEarly();
    void fileNamesArePlain();
    void fileLongerThanAnnouncedIsRefusedHere();
    void slowGuestMakesFilesWait();
    void preambleBytesNeverTravelInAFile();
    void preambleBytesNeverTravelInInput();
    void relayWithPreambleBytesIsRefused();
    void openedIsChecked();
    void pongOnlyAfterPing();
    void stateFloodIsABreach();
    void relayFloodIsABreach();
    void hostMessageFromTheGuestIsABreach();
    void unknownOptionalMessageIsSkipped();
    void unknownMessageIsABreach();
    void oversizedMessageIsABreach();
    void nothingWorksAfterABreach();
    void commandsAreChecked();
    void bytesMayBeCutAnywhere();
};

void TestHostControl::nothingIsBelievedBeforeTheEcho()
{
    Conversation c(false);
    QVERIFY(c.say(0, Ready{}).has_value());
    QVERIFY(c.say(9, Exited{}).has_value()); // leftovers of an earlier broker
    QVERIFY(c.recorder.lines.isEmpty());
    QVERIFY(!c.control.isReady());
    QVERIFY(c.control.spawn(1, Spawn{{"true"}, {}, {}, Stdio::None, 24, 80}).error().code == Errc::Busy);
}

void TestHostControl::readyComesFirst()
{
    Conversation c(false);
    c.echo();
    QVERIFY(c.isBreach(0, DisplayState{}));
}

void TestHostControl::readyOnlyOnce()
{
    Conversation c;
    QVERIFY(c.isBreach(0, Ready{}));
}

void TestHostControl::otherVersionIsRefused()
{
    Conversation c(false);
    c.echo();
    QVERIFY(c.isBreach(0, Ready{2, {}}));
}

void TestHostControl::programOfAnEarlierBrokerIsKnown()
{
    Conversation c(false);
    c.echo();
    QVERIFY(c.say(0, Ready{kProtocolVersion, {5}}).has_value());
    QVERIFY(c.control.signal(5, 15).has_value());
    QVERIFY(c.control.spawn(5, Spawn{{"true"}, {}, {}, Stdio::None, 24, 80}).error().code == Errc::Busy);
    QVERIFY(c.say(5, Exited{0, false}).has_value());
    QCOMPARE(c.recorder.lines, QStringList({QStringLiteral("ready 1"), QStringLiteral("exited 5 0 0")}));
}

void TestHostControl::lifeOfAProgram()
{
    Conversation c;
    c.startCat();
    QVERIFY(c.say(1, Output{Stream::Out, ByteVector(3, 'x')}).has_value());
    QVERIFY(c.say(1, Output{Stream::Out, {}}).has_value());
    QVERIFY(c.say(1, Output{Stream::Error, {}}).has_value());
    QVERIFY(c.say(1, Exited{137, true}).has_value());
    QCOMPARE(c.recorder.lines, QStringList({QStringLiteral("output 1 3"), QStringLiteral("end 1 1"), QStringLiteral("end 1 2"),
                                            QStringLiteral("exited 1 137 1")}));
    QCOMPARE(c.control.programCount(), std::size_t{0});
}

void TestHostControl::failedStartFreesItsNumber()
{
    Conversation c;
    Spawn what;
    what.arguments = {"nothing"};
    QVERIFY(c.control.spawn(1, what).has_value());
    QVERIFY(c.say(1, Spawned{2}).has_value());
    QCOMPARE(c.recorder.lines, QStringList(QStringLiteral("spawned 1 2")));
    QVERIFY(c.control.spawn(1, what).has_value());
}

void TestHostControl::exitEndsOpenStreams()
{
    Conversation c;
    c.startCat(Stdio::Terminal);
    QVERIFY(c.say(1, Exited{0, false}).has_value());
    QCOMPARE(c.recorder.lines, QStringList({QStringLiteral("end 1 1"), QStringLiteral("exited 1 0 0")}));
}

void TestHostControl::answersWithoutAQuestionAreBreaches()
{
    QVERIFY(Conversation().isBreach(1, Spawned{}));
    QVERIFY(Conversation().isBreach(1, Exited{}));
    QVERIFY(Conversation().isBreach(1, Output{Stream::Out, {}}));
    QVERIFY(Conversation().isBreach(1, FileDone{0, "/x"}));
    QVERIFY(Conversation().isBreach(1, Opened{}));
    QVERIFY(Conversation().isBreach(1, InputCredit{1}));
    Conversation again;
    again.startCat();
    QVERIFY(again.isBreach(1, Spawned{}));
}

void TestHostControl::outputOverItsCreditIsABreach()
{
    Conversation c;
    c.startCat();
    for (std::size_t sent = 0; sent < kInitialCredit_bytes; sent += kMaxChunk_bytes)
        QVERIFY(c.say(1, Output{Stream::Out, ByteVector(kMaxChunk_bytes)}).has_value());
    QVERIFY(c.say(1, Output{Stream::Error, ByteVector(1)}).has_value()); // each stream has its own
    QVERIFY(c.isBreach(1, Output{Stream::Out, ByteVector(1)}));
}

void TestHostControl::creditComesBackInPortions()
{
    Conversation c;
    c.startCat();
    QVERIFY(c.say(1, Output{Stream::Out, ByteVector(kMaxChunk_bytes)}).has_value());
    c.control.outputTaken(1, Stream::Out, kMaxChunk_bytes - 1);
    QVERIFY(c.control.outgoing().empty());
    c.control.outputTaken(1, Stream::Out, 1);
    auto frames = framesIn(c.takeOutgoing());
    QCOMPARE(frames.size(), std::size_t{1});
    auto credit = decodeTrusted<OutputCredit>(frames[0].second);
    QCOMPARE(credit.value().bytes, std::uint32_t{kMaxChunk_bytes});
    for (std::size_t sent = 0; sent < kInitialCredit_bytes; sent += kMaxChunk_bytes)
        QVERIFY(c.say(1, Output{Stream::Out, ByteVector(kMaxChunk_bytes)}).has_value());
}

void TestHostControl::takingMoreThanCameGivesNoExtraCredit()
{
    Conversation c;
    c.startCat();
    QVERIFY(c.say(1, Output{Stream::Out, ByteVector(10)}).has_value());
    c.control.outputTaken(1, Stream::Out, 10'000'000);
    QVERIFY(c.control.outgoing().empty());
}

void TestHostControl::outputOnAStreamThatIsNotThereIsABreach()
{
    Conversation terminal;
    terminal.startCat(Stdio::Terminal);
    QVERIFY(terminal.isBreach(1, Output{Stream::Error, ByteVector(1)}));
    Conversation none;
    none.startCat(Stdio::None);
    QVERIFY(none.isBreach(1, Output{Stream::Out, ByteVector(1)}));
    Conversation ended;
    ended.startCat();
    QVERIFY(ended.say(1, Output{Stream::Out, {}}).has_value());
    QVERIFY(ended.isBreach(1, Output{Stream::Out, ByteVector(1)}));
}

void TestHostControl::inputStopsAtItsCredit()
{
    Conversation c;
    c.startCat();
    ByteVector much(kInitialCredit_bytes + 1000);
    QCOMPARE(c.control.input(1, much).value(), std::size_t{kInitialCredit_bytes});
    QCOMPARE(c.control.input(1, much).value(), std::size_t{0});
    QVERIFY(c.say(1, InputCredit{600}).has_value());
    QCOMPARE(c.recorder.lines, QStringList(QStringLiteral("room 1")));
    QCOMPARE(c.control.input(1, much).value(), std::size_t{600});
    QVERIFY(c.control.inputEnd(1).has_value());
    QVERIFY(c.control.input(1, much).error().code == Errc::Busy);
}

void TestHostControl::creditForInputNeverSentIsABreach()
{
    Conversation c;
    c.startCat();
    QVERIFY(c.control.input(1, ByteVector(100)).has_value());
    QVERIFY(c.isBreach(1, InputCredit{101}));
}

void TestHostControl::fileDoneBeforeTheEndIsABreach()
{
    Conversation c;
    QVERIFY(c.control.beginFile(4, "a.pdf", 10, FilePlace::Inbox).has_value());
    QVERIFY(c.control.fileData(4, ByteVector(10)).has_value());
    QVERIFY(c.isBreach(4, FileDone{0, "/home/user/Inbox/a.pdf"}));
}

void TestHostControl::fileIsRefusedEarly()
{
    Conversation c;
    QVERIFY(c.control.beginFile(4, "a.pdf", 10, FilePlace::Inbox).has_value());
    QVERIFY(c.say(4, FileDone{28, {}}).has_value());
    QCOMPARE(c.recorder.lines, QStringList(QStringLiteral("file 4 28 ")));
    QVERIFY(c.control.fileData(4, ByteVector(10)).error().code == Errc::Cancelled);
    QVERIFY(c.control.endFile(4, true).error().code == Errc::Cancelled);
}

void TestHostControl::fileNamesArePlain()
{
    Conversation c;
    for (std::string_view name : std::initializer_list<std::string_view>{"", ".", "..", "a/b", "/a", std::string_view("a\0b", 3)})
        QVERIFY(c.control.beginFile(1, name, 1, FilePlace::Inbox).error().code == Errc::Malformed);
    QVERIFY(c.control.beginFile(1, std::string(256, 'x'), 1, FilePlace::Inbox).error().code == Errc::Malformed);
    QVERIFY(c.control.beginFile(1, "-rf %f.desktop", 1, FilePlace::Inbox).has_value());
    QVERIFY(c.control.beginFile(1, "b", 1, FilePlace::Inbox).error().code == Errc::Busy);
    QVERIFY(c.control.beginFile(0, "b", 1, FilePlace::Inbox).error().code == Errc::Busy);
}

void TestHostControl::fileLongerThanAnnouncedIsRefusedHere()
{
    Conversation c;
    QVERIFY(c.control.beginFile(1, "a", 10, FilePlace::Inbox).has_value());
    QVERIFY(c.control.endFile(1, true).error().code == Errc::Malformed);
    QVERIFY(c.control.fileData(1, ByteVector(11)).error().code == Errc::TooLarge);
    QVERIFY(c.control.fileData(1, ByteVector(10)).has_value());
    QVERIFY(c.control.endFile(1, true).has_value());
    QVERIFY(c.say(1, FileDone{0, "/home/user/Inbox/a"}).has_value());
    QCOMPARE(c.recorder.lines, QStringList(QStringLiteral("file 1 0 /home/user/Inbox/a")));
}

void TestHostControl::slowGuestMakesFilesWait()
{
    Conversation c;
    QVERIFY(c.control.beginFile(1, "a", 10'000'000, FilePlace::Inbox).has_value());
    Result<void> outcome;
    while (outcome)
        outcome = c.control.fileData(1, ByteVector(kMaxChunk_bytes));
    QVERIFY(outcome.error().code == Errc::Busy);
    QVERIFY(c.control.outgoing().size() < HostControl::kMaxQueued_bytes + 2 * kMaxChunk_bytes);
    QVERIFY(c.control.ping(1).has_value()); // small messages still go
    c.takeOutgoing();
    QCOMPARE(c.recorder.writable, 1);
    QVERIFY(c.control.fileData(1, ByteVector(kMaxChunk_bytes)).has_value());
}

static ByteVector hostileContent()
{
    ByteVector content(1000, 'a');
    for (int i = 0; i < 3; ++i)
        content.insert(content.end(), wire::Preamble::kMagic.begin(), wire::Preamble::kMagic.end());
    content.insert(content.end(), 40, 'b');
    return content;
}

/// What a guest that watches for Preambles makes of the host's bytes: the content, or nothing if it resynchronised.
template <class Message> static ByteVector contentReceived(const ByteVector& bytes)
{
    wire::FrameReader reader(kMaxPayload_bytes);
    reader.watchForPreamble();
    reader.feed(bytes);
    ByteVector content;
    for (auto event = reader.next(); event && *event; event = reader.next()) {
        if ((*event)->preamble)
            return {};
        if ((*event)->frame->header.type != static_cast<std::uint16_t>(Message::kType))
            continue;
        auto message = decodeTrusted<Message>((*event)->frame->payload);
        content.insert(content.end(), message.value().bytes.begin(), message.value().bytes.end());
    }
    return content;
}

void TestHostControl::preambleBytesNeverTravelInAFile()
{
    Conversation c;
    ByteVector content = hostileContent();
    QVERIFY(c.control.beginFile(1, "a", content.size(), FilePlace::Inbox).has_value());
    QVERIFY(c.control.fileData(1, content).has_value());
    QVERIFY(contentReceived<FileData>(c.takeOutgoing()) == content);
    // The positive control: whole, they do make the guest resynchronise.
    ByteVector naive;
    append(naive, 1, FileData{content});
    QVERIFY(contentReceived<FileData>(naive).empty());
}

void TestHostControl::preambleBytesNeverTravelInInput()
{
    Conversation c;
    c.startCat();
    ByteVector content = hostileContent();
    QCOMPARE(c.control.input(1, content).value(), content.size());
    QVERIFY(contentReceived<Input>(c.takeOutgoing()) == content);
}

void TestHostControl::relayWithPreambleBytesIsRefused()
{
    Conversation c;
    QVERIFY(c.control.toDisplay(relay::offerPiece(1, "plain text")).has_value());
    std::string hostile(reinterpret_cast<const char*>(wire::Preamble::kMagic.data()), wire::Preamble::kMagic_bytes);
    QVERIFY(c.control.toDisplay(relay::offerPiece(1, hostile)).error().code == Errc::Malformed);
}

void TestHostControl::openedIsChecked()
{
    Conversation c;
    QVERIFY(c.control.open(1, "/home/user/Inbox/a.pdf").has_value());
    QVERIFY(c.say(1, Opened{OpenProblem::None, "application/pdf", "org.gnome.Evince.desktop"}).has_value());
    QVERIFY(c.say(1, Exited{}).has_value());
    QCOMPARE(c.recorder.lines.first(), QStringLiteral("opened 1 0 application/pdf org.gnome.Evince.desktop"));
    QVERIFY(c.control.open(1, "/home/user/Inbox/a.pdf").has_value());
    QVERIFY(c.isBreach(1, Opened{OpenProblem::None, "text/plain\n<b>", "x"}));
    Conversation relative;
    QVERIFY(relative.control.open(1, "a.pdf").error().code == Errc::Malformed);
}

void TestHostControl::pongOnlyAfterPing()
{
    Conversation c;
    QVERIFY(c.control.ping(7).has_value());
    QVERIFY(c.say(0, Pong{7}).has_value());
    QVERIFY(c.isBreach(0, Pong{7}));
}

void TestHostControl::stateFloodIsABreach()
{
    Conversation c;
    c.now += std::chrono::hours(1);
    for (unsigned i = 0; i < HostControl::kMaxDisplayStates; ++i)
        QVERIFY(c.say(0, DisplayState{}).has_value());
    c.now += std::chrono::minutes(2);
    QVERIFY(c.say(0, DisplayState{}).has_value()); // a new minute
    for (unsigned i = 1; i < HostControl::kMaxDisplayStates; ++i)
        QVERIFY(c.say(0, DisplayState{}).has_value());
    QVERIFY(c.isBreach(0, DisplayState{}));
}

void TestHostControl::relayFloodIsABreach()
{
    Conversation c;
    FromDisplay message;
    wire::appendFrame(message.bytes, static_cast<std::uint16_t>(relay::Type::SelectionChanged), 0, 1, ByteVector{1});
    ByteVector flood;
    for (unsigned i = 0; i < HostControl::kMaxRelayed; ++i)
        append(flood, 0, message);
    QVERIFY(c.control.receive(flood, c.now).has_value());
    QVERIFY(c.isBreach(0, message));
}

void TestHostControl::hostMessageFromTheGuestIsABreach()
{
    QVERIFY(Conversation().isBreach(1, Shutdown{}));
    QVERIFY(Conversation().isBreach(1, InputEnd{}));
}

void TestHostControl::unknownOptionalMessageIsSkipped()
{
    Conversation c;
    ByteVector bytes;
    wire::appendFrame(bytes, 999, wire::kOptional, 0, ByteVector(10));
    QVERIFY(c.control.receive(bytes, c.now).has_value());
    QVERIFY(c.recorder.lines.isEmpty());
}

void TestHostControl::unknownMessageIsABreach()
{
    Conversation c;
    ByteVector bytes;
    wire::appendFrame(bytes, 999, 0, 0, {});
    QVERIFY(!c.control.receive(bytes, c.now));
    QVERIFY(c.control.isFailed());
}

void TestHostControl::oversizedMessageIsABreach()
{
    Conversation c;
    ByteVector header;
    wire::Writer w(header);
    w.u16(static_cast<std::uint16_t>(MessageType::Output));
    w.u16(0);
    w.u32(1);
    w.u32(0xffffffff);
    auto outcome = c.control.receive(header, c.now);
    QVERIFY(!outcome);
    QVERIFY(outcome.error().code == Errc::TooLarge);
}

void TestHostControl::nothingWorksAfterABreach()
{
    Conversation c;
    QVERIFY(c.isBreach(1, Exited{}));
    QVERIFY(c.say(0, Pong{1}).error().code == Errc::Disconnected);
    QVERIFY(c.control.ping(1).error().code == Errc::Disconnected);
    QCOMPARE(c.recorder.lines.count(QStringLiteral("protocol error")), 1);
    QVERIFY(c.control.outgoing().empty());
}

void TestHostControl::commandsAreChecked()
{
    Conversation c;
    Spawn what;
    QVERIFY(c.control.spawn(1, what).error().code == Errc::Malformed);
    what.arguments = {std::string("a\0b", 3)};
    QVERIFY(c.control.spawn(1, what).error().code == Errc::Malformed);
    what.arguments = {"a", std::string(kMaxArgument_bytes + 1, 'x')};
    QVERIFY(c.control.spawn(1, what).error().code == Errc::TooLarge);
    what.arguments = {"a"};
    for (int i = 0; i < 5; ++i)
        what.arguments.emplace_back(kMaxArgument_bytes, 'x');
    QVERIFY(c.control.spawn(1, what).error().code == Errc::TooLarge);
    what.arguments = {"a"};
    what.rows = 0;
    QVERIFY(c.control.spawn(1, what).error().code == Errc::Malformed);
}

void TestHostControl::bytesMayBeCutAnywhere()
{
    Conversation c;
    c.startCat();
    ByteVector bytes;
    append(bytes, 1, Output{Stream::Out, ByteVector(100, 'x')});
    append(bytes, 1, Exited{3, false});
    for (std::uint8_t byte : bytes)
        QVERIFY(c.control.receive(ByteSpan(&byte, 1), c.now).has_value());
    QCOMPARE(c.recorder.output_bytes, std::size_t{100});
    QCOMPARE(c.recorder.lines.last(), QStringLiteral("exited 1 3 0"));
}

QTEST_GUILESS_MAIN(TestHostControl)
#include "tst_host_control.moc"
