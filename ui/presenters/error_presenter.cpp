// SPDX-License-Identifier: Apache-2.0
#include "ui/presenters/error_presenter.h"

#include <QFileInfo>
#include <QLocale>
#include <QRegularExpression>

namespace annex::ui {

namespace {

using namespace Qt::StringLiterals;
using Rows = QVector<ErrorRow>;

class Row {
    Q_DECLARE_TR_FUNCTIONS(annex::ui::ErrorPresenter)

public:
    static ErrorRow checkUp()
    {
        return {tr("See what is missing"), tr("Check-up names the cause and the cure."), tr("Show check-up"), ErrorAction::ShowCheckUp, {}};
    }
    static ErrorRow startAgain(const ErrorContext& context)
    {
        return {tr("Start %1 again").arg(context.workspaceName), {}, tr("Start again"), ErrorAction::StartAgain, {}};
    }
    static ErrorRow reset(const ErrorContext& context)
    {
        return {tr("Reset %1").arg(context.workspaceName), tr("Everything in it is thrown away, and it starts empty."),
                tr("Reset"), ErrorAction::Reset, {}};
    }
    static ErrorRow activity()
    {
        return {tr("Look at what happened"), tr("Activity keeps the record."), tr("Look at Activity"), ErrorAction::ShowActivity, {}};
    }
    static ErrorRow apps()
    {
        return {tr("Choose another app"), {}, tr("Show apps"), ErrorAction::ShowApps, {}};
    }
    static ErrorRow setting(const QString& title, const QString& key)
    {
        return {title, {}, tr("Show setting"), ErrorAction::ShowSettings, key};
    }
    static ErrorRow ask()
    {
        return {tr("Ask your organisation"), tr("The report says which rule decided."), tr("Copy report"), ErrorAction::CopyReport, {}};
    }
    static ErrorRow runFile(const ErrorContext& context)
    {
        return {tr("Run it in a workspace"), tr("A copy runs there; the original stays untouched."), tr("Run in %1").arg(context.workspaceName),
                ErrorAction::RunFile, {}};
    }
    static ErrorRow tryAgain()
    {
        return {tr("Try again"), {}, tr("Try again"), ErrorAction::TryAgain, {}};
    }
    static ErrorRow sendFile()
    {
        return {tr("Send it as a file"), {}, tr("Open a file…"), ErrorAction::OpenFile, {}};
    }
};

Rows engineRows(const QString& id)
{
    if (id == "engine.limit-not-held"_L1)
        return {Row::checkUp(), Row::setting(ErrorPresenter::tr("Give up the limit"), u"memory.maximum"_s)};
    if (id == "engine.unavailable"_L1 || id == "engine.unknown"_L1)
        return {Row::checkUp(), Row::setting(ErrorPresenter::tr("Let Annex choose the engine"), u"isolation.engine"_s)};
    return {Row::checkUp()};
}

Rows guestRows(const QString& id, const ErrorContext& context)
{
    if (id == "guest.hostile"_L1)
        return {Row::reset(context), Row::activity()};
    if (id == "guest.crashed"_L1 || id == "guest.gone"_L1)
        return {Row::startAgain(context), Row::activity()};
    return {Row::startAgain(context), Row::checkUp()};
}

Rows fileRows(const QString& id, const ErrorContext& context)
{
    if (id == "file.executable"_L1 && !context.filePath.isEmpty())
        return {Row::runFile(context)};
    if (id == "file.too-large"_L1)
        return {Row::setting(ErrorPresenter::tr("Raise the limit"), u"files.maximum_bytes"_s)};
    if (id == "file.refused"_L1)
        return {Row::setting(ErrorPresenter::tr("See the rule"), u"files.to_workspace"_s)};
    if (id == "file.no-program"_L1)
        return {Row::apps()};
    return {};
}

Rows policyRows(const QString& id)
{
    if (id == "policy.level-refused"_L1)
        return {Row::checkUp(), Row::ask()};
    if (id == "policy.locked"_L1)
        return {Row::ask()};
    if (id == "policy.store-corrupt"_L1 || id == "policy.store"_L1)
        return {Row::checkUp()};
    return {};
}

/// What this window can do about an id; empty where the API's own words are all there is.
Rows knownRows(const QString& id, const ErrorContext& context)
{
    if (id.startsWith("engine."_L1))
        return engineRows(id);
    if (id.startsWith("guest."_L1))
        return guestRows(id, context);
    if (id.startsWith("file."_L1))
        return fileRows(id, context);
    if (id.startsWith("policy."_L1))
        return policyRows(id);
    if (id.startsWith("app."_L1))
        return {Row::apps()};
    if (id == "storage.full"_L1)
        return {Row::reset(context), Row::setting(ErrorPresenter::tr("Raise the limit"), u"storage.quota"_s)};
    if (id == "workspace.limit"_L1)
        return {Row::setting(ErrorPresenter::tr("Stop another workspace, or raise the limit"), u"workspace.maximum"_s)};
    if (id == "system.changed"_L1)
        return {Row::startAgain(context)};
    if (id == "clipboard.large"_L1)
        return {Row::sendFile()};
    if (id == "broker.away"_L1)
        return {Row::tryAgain()};
    return {};
}

} // namespace

QString ErrorPresenter::withoutCommand(const QString& todo)
{
    static const QRegularExpression command(u"(:|,)?\\s*\\b(annexctl\\b|~/).*$"_s);
    QString text = todo;
    text.remove(command);
    text = text.trimmed();
    if (!text.isEmpty() && !text.endsWith(u'.'))
        text += u'.';
    return text;
}

bool ErrorPresenter::isCancelled(const Failure& failure)
{
    return failure.id == "request.cancelled"_L1;
}

ErrorView ErrorPresenter::view(const Failure& failure, const ErrorContext& context)
{
    ErrorView view;
    view.title = failure.title.isEmpty() ? tr("It did not work") : failure.title;
    view.why = failure.why;
    view.rows = knownRows(failure.id, context);
    if (view.rows.isEmpty()) {
        for (const QString& todo : failure.todo) {
            const QString words = withoutCommand(todo);
            if (!words.isEmpty())
                view.rows.push_back({words, {}, {}, ErrorAction::None, {}});
        }
    }
    if (view.rows.isEmpty() && failure.id != "viewer.died"_L1)
        view.rows.push_back(Row::checkUp());
    if (view.rows.size() > kMaxErrorRows)
        view.rows.resize(kMaxErrorRows);
    view.id = failure.id;
    view.details = failure.detail.isEmpty() ? failure.id : failure.id + u'\n' + failure.detail;
    view.report = u"Annex: %1 (%2)\n%3\n%4"_s.arg(view.title, failure.id, failure.why, failure.detail).trimmed();
    return view;
}

Failure ErrorPresenter::brokerAway()
{
    return {u"broker.away"_s, tr("Annex's service does not answer"), tr("It was started again without success. Running windows stay."), {}, {}};
}

QString ErrorPresenter::storeSetAsideBar()
{
    return tr("Your settings could not be read. Strict defaults hold until you choose.");
}

ErrorView ErrorPresenter::storeSetAside(const PolicyState& state)
{
    const Failure failure{u"policy.store-corrupt"_s, tr("Your settings could not be read"),
                          tr("The file is damaged. It was set aside; strict defaults hold until you choose."), {}, state.setAsidePath};
    ErrorView shown = view(failure, {});
    shown.rows.clear();
    if (!state.backups.isEmpty()) {
        const StoreBackup& newest = state.backups.first();
        const QString when = QLocale().toString(newest.time.toLocalTime(), QLocale::ShortFormat);
        shown.rows.push_back({tr("Take the backup of %1").arg(when), tr("Changes made after it are lost."), tr("Restore"), ErrorAction::RestoreStore, newest.path});
    }
    shown.rows.push_back({tr("Start with defaults"), tr("Your own settings are forgotten; the damaged file stays."), tr("Start with defaults"),
                          ErrorAction::RestoreStore, {}});
    if (!state.setAsidePath.isEmpty())
        shown.rows.push_back({tr("Look at the file"), {}, tr("Show file"), ErrorAction::ShowFolder, QFileInfo(state.setAsidePath).path()});
    return shown;
}

Failure ErrorPresenter::viewerDied(const QString& workspaceName)
{
    return {u"viewer.died"_s, tr("Windows of %1 were redrawn").arg(workspaceName),
            tr("The part that draws them failed and was replaced. Programs kept running."), {}, {}};
}

} // namespace annex::ui
