// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/scenes.h"

namespace annex::test {

namespace {

using namespace Qt::StringLiterals;

// A day on which nothing else happens; the local zone, since people read local times.
QDateTime at(int day, int hour, int minute)
{
    return QDateTime(QDate(2026, 11, day), QTime(hour, minute));
}

ui::Workspace workspace(const QString& id, const QString& name, ui::Colour colour, ui::WorkspaceState state, ui::Level level)
{
    ui::Workspace w;
    w.id = id;
    w.name = name;
    w.profile = u"quarantine"_s;
    w.colour = colour;
    w.pattern = ui::patternOf(colour);
    w.state = state;
    w.level = level;
    w.engine = u"fake"_s;
    return w;
}

ui::Setting setting(const QString& group, const QString& key, const QString& type, const QString& title, const QString& sentence, const QString& icon)
{
    ui::Setting s;
    s.group = group;
    s.key = key;
    s.type = type;
    s.title = title;
    s.sentence = sentence;
    s.icon = icon;
    return s;
}

ui::AuditRecord record(qint64 seq, const QDateTime& time, const QString& action, const QString& sentence, const QString& subject, ui::AuditOutcome outcome)
{
    ui::AuditRecord r;
    r.seq = seq;
    r.time = time;
    r.workspace = u"w1"_s;
    r.action = action;
    r.sentence = sentence;
    r.subject = subject;
    r.outcome = outcome;
    return r;
}

QVector<ui::AppEntry> apps()
{
    // Names of icons that Debian's Adwaita has, so that the pictures do not depend on which programs are installed.
    const std::pair<const char*, const char*> entries[] = {
        {"Terminal", "applications-system"}, {"Web Browser", "applications-internet"},   {"Files", "folder"},
        {"Text Editor", "accessories-text-editor"},            {"Document Viewer", "x-office-document"},  {"Image Viewer", "image-x-generic"},
        {"Writer", "x-office-document-template"},     {"Calc", "x-office-spreadsheet"},          {"Impress", "x-office-presentation"},
        {"Media Player", "video-x-generic"},          {"Archives", "package-x-generic"},         {"Calculator", "no-such-icon"},
    };
    QVector<ui::AppEntry> list;
    for (const auto& [name, icon] : entries) {
        ui::AppEntry entry;
        entry.name = QString::fromLatin1(name);
        entry.id = entry.name.toLower().replace(u' ', u'-') + u".desktop"_s;
        entry.icon = QString::fromLatin1(icon);
        entry.exec = {u"/usr/bin/"_s + entry.name.toLower().replace(u' ', u'-')};
        list.push_back(entry);
    }
    return list;
}

void fillActivity(FakeWorld& world)
{
    using ui::AuditOutcome;
    const QString you = u"You"_s;
    world.records = {
        record(4182, at(24, 10, 42), u"clipboard.copy"_s, u"Text was not copied out"_s, u"A program in the workspace"_s, AuditOutcome::Refused),
        record(4181, at(24, 10, 41), u"clipboard.paste"_s, u"Text pasted in, 214 characters"_s, you, AuditOutcome::Allowed),
        record(4180, at(24, 10, 38), u"files.send"_s, u"setup.iso was not sent in"_s, you, AuditOutcome::Refused),
        record(4179, at(24, 10, 31), u"files.send"_s, u"invoice-march.pdf opened"_s, you, AuditOutcome::Allowed),
        record(4178, at(24, 10, 30), u"workspace.start"_s, u"Workspace started in 0.4 s"_s, u"Annex"_s, AuditOutcome::Noted),
        record(4101, at(23, 17, 58), u"workspace.reset"_s, u"Workspace reset, 96 MB discarded"_s, you, AuditOutcome::Noted),
    };
    world.records[0].key = u"clipboard.from_workspace"_s;
    world.records[0].rule = u"Copy out: off, set by Acme Ltd"_s;
    world.trail.upTo = 4182;
    world.trail.anchored = u"journal"_s;
    world.trail.anchorSeq = 3800;
    ui::Explanation why;
    why.decision = u"refused"_s;
    why.text = u"Acme Ltd does not let copies leave this workspace."_s;
    why.rule = {u"managed"_s, u"10-acme.json"_s, u"Acme Ltd"_s, u"Client data stays inside."_s, u"off"_s};
    why.next = ui::Rule{u"default"_s, {}, {}, {}, u"text"_s};
    world.explanations[u"clipboard.from_workspace"_s] = why;
    world.explanations[u"isolation.minimum"_s] = why;
}

} // namespace

ui::Workspace untrusted()
{
    ui::Workspace w = workspace(u"w1"_s, u"Untrusted"_s, ui::Colour::Amber, ui::WorkspaceState::Running, ui::Level::Process);
    w.windows = 2;
    w.startedAt = at(24, 10, 30);
    w.canPause = true;
    w.memory_bytes = 620 * 1024 * 1024;
    w.openWindows = {{u"1"_s, u"invoice-march.pdf"_s, u"document-viewer"_s, false, true}, {u"2"_s, u"Start page"_s, u"web-browser"_s, true, false}};
    return w;
}

QVector<ui::Setting> sampleSettings()
{
    const QString border = u"Across the border"_s;
    const QString machine = u"Machine"_s;
    const QString life = u"Life"_s;
    ui::Setting in = setting(border, u"clipboard.to_workspace"_s, u"choice"_s, u"Copy in"_s, u"Only when you paste, one item at a time, up to 1 MB."_s, u"copy-in"_s);
    in.values = {u"off"_s, u"text"_s};
    in.value = in.defaultValue = u"text"_s;
    ui::Setting out = setting(border, u"clipboard.from_workspace"_s, u"choice"_s, u"Copy out"_s, u"Off: nothing copied here reaches your clipboard."_s, u"copy-out"_s);
    out.values = {u"off"_s, u"text"_s};
    out.value = u"off"_s;
    out.defaultValue = u"text"_s;
    out.source = ui::SettingSource::Managed;
    out.locked = true;
    out.organisation = u"Acme Ltd"_s;
    out.reason = u"Client data stays inside."_s;
    ui::Setting size = setting(border, u"clipboard.maximum_bytes"_s, u"bytes"_s, u"Largest copy"_s, u"Up to 1 MB crosses at a time."_s, u"clipboard"_s);
    size.value = size.defaultValue = 1024 * 1024;
    size.minimum = 1024;
    size.maximum = 64.0 * 1024 * 1024;
    ui::Setting files = setting(border, u"files.to_workspace"_s, u"choice"_s, u"Files in"_s, u"As a read-only copy; the original stays untouched."_s, u"file-in"_s);
    files.values = {u"off"_s, u"allow"_s};
    files.value = files.defaultValue = u"allow"_s;
    ui::Setting fresh = setting(border, u"open.fresh"_s, u"switch"_s, u"Fresh workspace for files"_s, u"Each file opens in a workspace of its own."_s, u"file"_s);
    fresh.value = fresh.defaultValue = true;
    ui::Setting level = setting(machine, u"isolation.minimum"_s, u"choice"_s, u"Lowest level"_s, u"Starts at level Process or better."_s, u"process"_s);
    level.values = {u"process"_s, u"emulated"_s, u"hypervisor"_s};
    level.value = level.defaultValue = u"process"_s;
    level.locked = true;
    ui::Setting memory = setting(machine, u"memory.maximum"_s, u"bytes"_s, u"Memory"_s, u"At most 4 GB."_s, u"memory"_s);
    memory.value = memory.defaultValue = 4.0 * 1024 * 1024 * 1024;
    memory.minimum = 128.0 * 1024 * 1024;
    memory.maximum = 16.0 * 1024 * 1024 * 1024;
    memory.held = false;
    memory.restart = true;
    ui::Setting processor = setting(machine, u"processor.maximum"_s, u"percent"_s, u"Processor"_s, u"All of this computer's processors."_s, u"processor"_s);
    processor.value = processor.defaultValue = 100;
    processor.minimum = 5;
    processor.maximum = 100;
    ui::Setting idle = setting(life, u"workspace.idle_stop"_s, u"duration"_s, u"Idle stop"_s, u"Stops 15 minutes after its last window closed."_s, u"clock"_s);
    idle.none = u"off"_s;
    idle.value = idle.defaultValue = 900;
    idle.minimum = 60;
    idle.maximum = 86400;
    ui::Setting persistence = setting(life, u"workspace.persistence"_s, u"choice"_s, u"When it stops"_s, u"Disposable: everything is thrown away."_s, u"disposable"_s);
    persistence.values = {u"disposable"_s};
    persistence.value = persistence.defaultValue = u"disposable"_s;
    ui::Setting colour = setting(u"Look"_s, u"workspace.colour"_s, u"colour"_s, u"Colour"_s, u"Frame and swatch are amber."_s, u"annex"_s);
    for (int at = 0; at < ui::kColourCount; ++at)
        colour.values << ui::idOf(ui::Colour(at));
    colour.value = colour.defaultValue = u"amber"_s;
    ui::Setting label = setting(u"Look"_s, u"workspace.label"_s, u"text"_s, u"Label"_s, u"No label stands in the frame."_s, u"info"_s);
    label.value = label.defaultValue = QString();
    return {in, out, size, files, fresh, level, memory, processor, idle, persistence, colour, label};
}

void fillWorld(FakeWorld& world)
{
    world.workspaces = {untrusted(),
                        workspace(u"w2"_s, u"Research"_s, ui::Colour::Teal, ui::WorkspaceState::Running, ui::Level::Hypervisor),
                        workspace(u"w3"_s, u"Banking"_s, ui::Colour::Violet, ui::WorkspaceState::Paused, ui::Level::Hypervisor),
                        workspace(u"w4"_s, u"Build test"_s, ui::Colour::Graphite, ui::WorkspaceState::Stopped, ui::Level::Process)};
    world.workspaces[1].windows = 1;
    world.workspaces[1].memory_bytes = 300 * 1024 * 1024;
    world.apps = apps();
    world.settings = sampleSettings();
    world.policy.managed = true;
    world.policy.organisation = u"Acme Ltd"_s;
    world.version.product = u"0.1.0"_s;
    world.version.engines = {{u"namespaces"_s, ui::Level::Process, true, {}}, {u"qemu"_s, ui::Level::Hypervisor, false, u"Not in this version."_s}};
    world.checkUp.verdict = ui::CheckState::Look;
    world.checkUp.checks = {
        {u"userns"_s, u"User namespaces"_s, u"Programs can be kept apart without root's rights."_s, {}, ui::CheckState::Fine},
        {u"limits"_s, u"Limits"_s, u"This system hands Annex no control group, so workspaces run without a memory limit."_s,
         u"Log in through systemd, or see docs/limits."_s, ui::CheckState::Look},
        {u"policy"_s, u"Policy"_s, u"Acme Ltd, 2 settings locked."_s, {}, ui::CheckState::Fine},
        {u"audit"_s, u"Activity trail"_s, u"4,182 records, whole since record 3,800."_s, {}, ui::CheckState::Fine},
    };
    fillActivity(world);
}

} // namespace annex::test
