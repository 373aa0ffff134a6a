// SPDX-License-Identifier: Apache-2.0
// Commits and acknowledgements in, messages out; the real host's session reads along and must find no breach.
#include <QTest>

#include "vgpu/display/guest/core/exporter.h"

using namespace annex;
using namespace annex::display;
using namespace annex::display::guest;
using namespace std::chrono_literals;

namespace {

struct Message {
    MessageType type;
    std::uint32_t object;
    ByteVector payload;
};

struct FakeContent : WindowContent {
    void paint(const PaintTarget& target, const Region& region) override
    {
        for (const Rect& r : region.rects(1000)) {
            for (int y = r.y; y < r.y + r.height; ++y)
                std::fill_n(target.pixels + std::size_t{target.stride_bytes} * static_cast<std::size_t>(y) + static_cast<std::size_t>(r.x) * 4,
                            static_cast<std::size_t>(r.width) * 4, colour);
        }
        painted += region.area();
    }
    bool isOpaque() const override { return true; }
    void sendFrameCallbacks() override { ++callbacks; }
    void configure(const SizeWish& wish) override { wishes.push_back(wish); }
    void hostChanged() override { wishes.clear(); } // nobody waits for their answers any more
    std::uint8_t colour = 1;
    std::uint64_t painted = 0;
    int callbacks = 0;
    std::vector<SizeWish> wishes;
};

struct Scene {
    explicit Scene(std::size_t pool_bytes = 4u << 20, bool inlineFrames = false)
        : memory(pool_bytes), pool(memory.data(), memory.size()),
          exporter(inlineFrames ? nullptr : &pool, {[this] { ++wakes; }, [this] { return now; }})
    {
        exporter.setRefresh(100'000); // 10 ms
        exporter.hostArrived(inlineFrames ? kFeatureInline : kFeaturePool, pool_bytes);
    }
    std::vector<Message> flush()
    {
        exporter.flush();
        std::vector<Message> out;
        wire::FrameReader reader(kMaxGuestPayload_bytes);
        reader.feed(exporter.output().pending());
        exporter.output().consume(exporter.output().pending().size());
        while (true) {
            auto event = reader.next();
            if (!event || !*event)
                break;
            const auto& frame = *(*event)->frame;
            out.push_back({static_cast<MessageType>(frame.header.type), frame.header.object, {frame.payload.begin(), frame.payload.end()}});
        }
        return out;
    }
    static Region whole(int width, int height) { return Region(Rect{0, 0, width, height}); }

    std::vector<std::uint8_t> memory;
    PoolStore pool;
    Time now{1'000'000'000};
    int wakes = 0;
    Exporter exporter;
    FakeContent content;
};

std::vector<MessageType> types(const std::vector<Message>& messages)
{
    std::vector<MessageType> out;
    for (const Message& message : messages)
        out.push_back(message.type);
    return out;
}

template <class T> T decoded(const Message& message)
{
    auto value = decodeTrusted<T>(message.payload);
    return value ? *value : T{};
}

template <class T> std::vector<T> all(const std::vector<Message>& messages)
{
    std::vector<T> out;
    for (const Message& message : messages) {
        if (message.type == T::kType)
            out.push_back(decoded<T>(message));
    }
    return out;
}

} // namespace

class TestExporter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void announcesAtTheFirstContent();
    void sendsOnlyNewDamage();
    void coalescesCommits();
    void waitsForAcknowledgement();
    void doesNotPaintHiddenWindows();
    void pacesCallbacks();
    void answersEachConfigureOnce();
    void numbersWindowsInTheOrderOfAnnouncement();
    void keepsPopupsBackUntilTheirParentIsKnown();
    void cutsChainsOfParents();
    void announcesAgainToANewHost();
    void tellsTheContentOfANewHost();
    void stopsMakingMessagesWhenNobodyReads();
    void refusesWhatIsTooLarge();
    void comesBackWhenThePoolHasRoom();
    void boundsTheNumberOfWindows();
    void cutsTitlesBetweenCharacters();
    void sendsBandsInline();
    void keepsTheNewestOfOppositeRequests();
};

void TestExporter::announcesAtTheFirstContent()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->setTitle("a");
    QVERIFY(s.flush().empty());
    window->commit(100, 50, Scene::whole(100, 50), false);
    const auto messages = s.flush();
    QCOMPARE(types(messages), (std::vector{MessageType::CreateWindow, MessageType::Geometry, MessageType::Title, MessageType::AppId,
                                           MessageType::SizeHints, MessageType::DefineSlot, MessageType::Frame}));
    const auto frame = decoded<Frame>(messages.back());
    QCOMPARE(frame.serial, 1u);
    QCOMPARE(frame.damage, std::vector<Rect>({{0, 0, 100, 50}}));
    QCOMPARE(frame.configureSerial, 0u);
    QVERIFY(frame.opaque);
    QCOMPARE(s.memory[0], std::uint8_t{1});
}

void TestExporter::sendsOnlyNewDamage()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->commit(100, 50, Scene::whole(100, 50), false);
    s.flush();
    window->acknowledge(0, 1, s.now);
    s.content.painted = 0;
    window->commit(100, 50, Region(Rect{10, 10, 5, 5}), false);
    const auto messages = s.flush();
    QCOMPARE(types(messages), std::vector{MessageType::Frame}); // the slot is known already
    QCOMPARE(decoded<Frame>(messages.front()).damage, std::vector<Rect>({{10, 10, 5, 5}}));
    QCOMPARE(s.content.painted, std::uint64_t{25});
}

void TestExporter::coalescesCommits()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->commit(100, 50, Scene::whole(100, 50), false);
    s.flush();
    window->acknowledge(0, 1, s.now);
    for (int i = 0; i < 10; ++i)
        window->commit(100, 50, Region(Rect{i * 3, 0, 1, 1}), false);
    const auto frames = all<Frame>(s.flush());
    QCOMPARE(frames.size(), std::size_t{1});
    QCOMPARE(frames.front().damage.size(), std::size_t{10});
}

void TestExporter::waitsForAcknowledgement()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    for (int i = 0; i < 5; ++i) {
        window->commit(100, 50, Scene::whole(100, 50), false);
        const auto frames = all<Frame>(s.flush());
        QCOMPARE(frames.size(), std::size_t{i < SlotSet::kSlots ? 1u : 0u});
    }
    s.content.colour = 9;
    window->acknowledge(1, 2, s.now);
    const auto frames = all<Frame>(s.flush());
    QCOMPARE(frames.size(), std::size_t{1});
    QCOMPARE(frames.front().slot, std::uint8_t{1});
    QCOMPARE(frames.front().serial, 3u);
}

void TestExporter::doesNotPaintHiddenWindows()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->commit(100, 50, Scene::whole(100, 50), true);
    s.flush();
    window->acknowledge(0, 1, s.now);
    window->setVisible(false, s.now);
    window->commit(100, 50, Scene::whole(100, 50), true);
    QVERIFY(s.flush().empty());
    s.now += 1s;
    s.exporter.tick();
    QCOMPARE(s.content.callbacks, 0);
    QVERIFY(!s.exporter.due());
    window->setVisible(true, s.now);
    QCOMPARE(all<Frame>(s.flush()).size(), std::size_t{1});
    s.exporter.tick();
    QCOMPARE(s.content.callbacks, 1);
}

void TestExporter::pacesCallbacks()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->commit(100, 50, Scene::whole(100, 50), true);
    s.flush();
    s.exporter.tick();
    QCOMPARE(s.content.callbacks, 1); // the first at once
    window->acknowledge(0, 1, s.now);
    window->commit(100, 50, Scene::whole(100, 50), true);
    s.flush();
    s.exporter.tick();
    QCOMPARE(s.content.callbacks, 1);
    QCOMPARE(s.exporter.due(), std::optional<Time>(s.now + 10ms));
    s.now += 10ms;
    s.exporter.tick();
    QCOMPARE(s.content.callbacks, 2);
    QVERIFY(!s.exporter.due()); // nothing to wake up for
}

void TestExporter::answersEachConfigureOnce()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->commit(100, 50, Scene::whole(100, 50), false);
    s.flush();
    window->acknowledge(0, 1, s.now);
    window->configure({5, 200, 100, 0}, s.now);
    QCOMPARE(s.content.wishes.size(), std::size_t{1});
    window->configureAnswered(5, s.now);
    window->commit(200, 100, Scene::whole(200, 100), false);
    auto frames = all<Frame>(s.flush());
    QCOMPARE(frames.size(), std::size_t{1});
    QCOMPARE(frames.front().configureSerial, 5u);
    QCOMPARE(frames.front().damage, std::vector<Rect>({{0, 0, 200, 100}}));
    window->acknowledge(frames.front().slot, frames.front().serial, s.now);
    window->commit(200, 100, Region(Rect{0, 0, 1, 1}), false);
    frames = all<Frame>(s.flush());
    QCOMPARE(frames.front().configureSerial, 0u);
    window->acknowledge(frames.front().slot, frames.front().serial, s.now);
    // A program that acknowledges without drawing is answered for by a small frame.
    window->configure({6, 200, 100, kStateMaximised}, s.now);
    window->configureAnswered(6, s.now);
    frames = all<Frame>(s.flush());
    QCOMPARE(frames.size(), std::size_t{1});
    QCOMPARE(frames.front().configureSerial, 6u);
}

void TestExporter::numbersWindowsInTheOrderOfAnnouncement()
{
    Scene s;
    FakeContent other;
    ExportedWindow* older = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    ExportedWindow* younger = s.exporter.open(WindowKind::Toplevel, 0, false, other);
    younger->commit(10, 10, Scene::whole(10, 10), false);
    s.flush();
    older->commit(10, 10, Scene::whole(10, 10), false);
    s.flush();
    QVERIFY(younger->wireId() < older->wireId());
    QCOMPARE(s.exporter.findWire(older->wireId()), older);
}

void TestExporter::keepsPopupsBackUntilTheirParentIsKnown()
{
    Scene s;
    FakeContent popupContent;
    ExportedWindow* parent = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    ExportedWindow* popup = s.exporter.open(WindowKind::Popup, parent->id(), false, popupContent);
    popup->commit(10, 10, Scene::whole(10, 10), false);
    QVERIFY(s.flush().empty());
    parent->commit(20, 20, Scene::whole(20, 20), false);
    const auto created = all<CreateWindow>(s.flush());
    QCOMPARE(created.size(), std::size_t{2});
    QCOMPARE(created[1].parent, parent->wireId());
}

void TestExporter::cutsChainsOfParents()
{
    Scene s;
    std::uint32_t parent = 0;
    std::vector<std::unique_ptr<FakeContent>> contents;
    for (int i = 0; i < 40; ++i) {
        auto& content = *contents.emplace_back(std::make_unique<FakeContent>());
        ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, parent, false, content);
        window->commit(4, 4, Scene::whole(4, 4), false);
        parent = window->id();
    }
    int depth = 0, deepest = 0;
    for (const CreateWindow& created : all<CreateWindow>(s.flush())) {
        depth = created.parent ? depth + 1 : 1;
        deepest = std::max(deepest, depth);
    }
    QVERIFY(deepest <= static_cast<int>(kMaxPopupDepth));
}

void TestExporter::announcesAgainToANewHost()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->setTitle("kept");
    window->commit(100, 50, Scene::whole(100, 50), false);
    s.exporter.setCursor(Cursor{1, 1, 0, 0, ByteVector(4)});
    s.flush();
    window->request(RequestKind::Attention);
    s.exporter.hostLeft();
    window->commit(100, 50, Region(Rect{0, 0, 1, 1}), false);
    QVERIFY(s.flush().empty());
    s.exporter.hostArrived(kFeaturePool, s.memory.size());
    const auto messages = s.flush();
    QCOMPARE(all<Title>(messages).at(0).text, std::string("kept"));
    QCOMPARE(all<Frame>(messages).at(0).serial, 1u);
    QCOMPARE(all<Frame>(messages).at(0).damage, std::vector<Rect>({{0, 0, 100, 50}}));
    QVERIFY(messages.back().type == MessageType::Cursor);
    QVERIFY(all<Request>(messages).empty()); // a wish of the past
}

// A configure of the killed viewer that is answered late must not name a serial to the new one.
void TestExporter::tellsTheContentOfANewHost()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->commit(100, 50, Scene::whole(100, 50), false);
    s.flush();
    window->configure({9, 200, 100, 0}, s.now);
    QCOMPARE(s.content.wishes.size(), std::size_t{1});
    s.exporter.hostLeft();
    QVERIFY(s.content.wishes.empty());
}

void TestExporter::stopsMakingMessagesWhenNobodyReads()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->commit(10, 10, Scene::whole(10, 10), false);
    for (int i = 0; i < 100'000; ++i) {
        window->setTitle(std::to_string(i) + std::string(1000, 'x'));
        s.exporter.flush();
    }
    QVERIFY(s.exporter.output().pending().size() < OutputQueue::kHighWater_bytes + 4096);
    s.exporter.output().consume(s.exporter.output().pending().size());
    const auto titles = all<Title>(s.flush());
    QCOMPARE(titles.size(), std::size_t{1}); // the newest
    QVERIFY(titles.front().text.starts_with("99999"));
}

void TestExporter::refusesWhatIsTooLarge()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->commit(kMaxWindowEdge_px + 1, 10, Scene::whole(10, 10), false);
    auto messages = s.flush();
    QCOMPARE(types(messages), std::vector{MessageType::Refused});
    QCOMPARE(decoded<Refused>(messages.front()).reason, RefusedReason::WindowTooLarge);
    window->commit(100, 10, Scene::whole(100, 10), false);
    QCOMPARE(all<Frame>(s.flush()).size(), std::size_t{1});
    window->commit(kMaxWindowEdge_px + 1, 10, Scene::whole(10, 10), false);
    messages = s.flush();
    QCOMPARE(types(messages), (std::vector{MessageType::Unmap, MessageType::Refused}));
    QVERIFY(all<Geometry>(messages).empty()); // a size that the host would take for a breach
}

void TestExporter::comesBackWhenThePoolHasRoom()
{
    Scene s(256 * 256 * 4);
    FakeContent other;
    ExportedWindow* first = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    first->commit(256, 256, Scene::whole(256, 256), false);
    s.flush();
    ExportedWindow* second = s.exporter.open(WindowKind::Toplevel, 0, false, other);
    second->commit(64, 64, Scene::whole(64, 64), false);
    const auto refusals = all<Refused>(s.flush());
    QCOMPARE(refusals.size(), std::size_t{1});
    QCOMPARE(refusals.front().reason, RefusedReason::PoolFull);
    s.exporter.close(first->id());
    QCOMPARE(all<Frame>(s.flush()).size(), std::size_t{1});
}

void TestExporter::boundsTheNumberOfWindows()
{
    Scene s;
    for (std::uint32_t i = 0; i < kMaxWindows; ++i)
        QVERIFY(s.exporter.open(WindowKind::Toplevel, 0, false, s.content));
    for (int i = 0; i < 1000; ++i)
        QVERIFY(!s.exporter.open(WindowKind::Toplevel, 0, false, s.content));
    const auto refusals = all<Refused>(s.flush());
    QCOMPARE(refusals.size(), std::size_t{1}); // one sentence for a person
    QCOMPARE(refusals.front().reason, RefusedReason::TooManyWindows);
}

void TestExporter::cutsTitlesBetweenCharacters()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    std::string title(kMaxTitle_bytes - 1, 'x');
    window->setTitle(title + "ü"); // its second byte would be the first one too many
    window->commit(10, 10, Scene::whole(10, 10), false);
    QCOMPARE(all<Title>(s.flush()).at(0).text, title);
}

void TestExporter::sendsBandsInline()
{
    Scene s(32u << 20, true);
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->commit(1500, 1600, Scene::whole(1500, 1600), false);
    const auto messages = s.flush();
    const auto bands = all<InlineFrame>(messages);
    QCOMPARE(bands.size(), std::size_t{2});
    QVERIFY(!bands[0].last && bands[1].last);
    QCOMPARE(bands[0].band.height + bands[1].band.height, 1600);
    QVERIFY(all<DefineSlot>(messages).empty());
    // One frame at a time: the second waits for FrameDone of slot 0.
    window->commit(1500, 1600, Region(Rect{0, 0, 2, 2}), false);
    QVERIFY(s.flush().empty());
    window->acknowledge(0, bands[0].serial, s.now);
    QCOMPARE(all<InlineFrame>(s.flush()).size(), std::size_t{1});
}

void TestExporter::keepsTheNewestOfOppositeRequests()
{
    Scene s;
    ExportedWindow* window = s.exporter.open(WindowKind::Toplevel, 0, false, s.content);
    window->commit(10, 10, Scene::whole(10, 10), false);
    s.flush();
    window->request(RequestKind::Maximise);
    window->request(RequestKind::Unmaximise);
    window->request(RequestKind::Resize, kEdgeTop | kEdgeBottom); // means nothing
    const auto requests = all<Request>(s.flush());
    QCOMPARE(requests.size(), std::size_t{2});
    QCOMPARE(requests[0].kind, RequestKind::Resize);
    QCOMPARE(requests[0].edges, 0u);
    QCOMPARE(requests[1].kind, RequestKind::Unmaximise);
}

QTEST_APPLESS_MAIN(TestExporter)
#include "tst_exporter.moc"
