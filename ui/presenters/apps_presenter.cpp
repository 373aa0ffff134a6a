// SPDX-License-Identifier: Apache-2.0
#include "ui/presenters/apps_presenter.h"

#include <algorithm>

#include <QCollator>
#include <QDir>
#include <QFileInfo>
#include <QUrl>

#include "ui/presenters/words.h"

namespace annex::ui {

namespace {

bool matches(const AppEntry& entry, const QString& filter)
{
    if (filter.isEmpty())
        return true;
    if (entry.name.contains(filter, Qt::CaseInsensitive) || entry.comment.contains(filter, Qt::CaseInsensitive))
        return true;
    if (!entry.exec.isEmpty() && QFileInfo(entry.exec.first()).fileName().contains(filter, Qt::CaseInsensitive))
        return true;
    return std::any_of(entry.keywords.begin(), entry.keywords.end(),
                       [&](const QString& word) { return word.startsWith(filter, Qt::CaseInsensitive); });
}

QString baseId(const QString& desktopId)
{
    return desktopId.endsWith(QLatin1String(".desktop")) ? desktopId.chopped(8) : desktopId;
}

/// Names that begin with the filter come before those that only contain it.
int rank(const AppTile& tile, const QString& filter)
{
    if (filter.isEmpty() || tile.name.startsWith(filter, Qt::CaseInsensitive))
        return 0;
    return tile.name.contains(filter, Qt::CaseInsensitive) ? 1 : 2;
}

} // namespace

const AppEntry* AppsPresenter::entryOf(const QString& appId, const QVector<AppEntry>& entries)
{
    if (appId.isEmpty())
        return nullptr;
    const auto same = [&](const QString& text) { return text.compare(appId, Qt::CaseInsensitive) == 0; };
    for (const AppEntry& entry : entries)
        if (same(baseId(entry.id)))
            return &entry;
    for (const AppEntry& entry : entries) {
        const bool command = !entry.exec.isEmpty() && same(QFileInfo(entry.exec.first()).fileName());
        if (command || same(entry.icon) || same(baseId(entry.id).section(QLatin1Char('.'), -1)))
            return &entry;
    }
    return nullptr;
}

QVector<AppTile> AppsPresenter::tiles(const QVector<AppEntry>& entries, const QVector<OpenWindow>& windows, const QString& filter,
                                      AppOrder order, const QHash<QString, int>& uses)
{
    QStringList running;
    for (const OpenWindow& window : windows)
        if (const AppEntry* entry = entryOf(window.app, entries))
            running << entry->id;

    QVector<AppTile> tiles;
    for (const AppEntry& entry : entries) {
        if (!matches(entry, filter))
            continue;
        const bool isRunning = running.contains(entry.id);
        tiles.push_back({entry.id, entry.name, entry.icon, entry.comment, isRunning,
                         isRunning ? tr("%1, running", "app, spoken").arg(entry.name) : entry.name});
    }
    QCollator collator;
    collator.setCaseSensitivity(Qt::CaseInsensitive);
    std::stable_sort(tiles.begin(), tiles.end(), [&](const AppTile& a, const AppTile& b) {
        if (rank(a, filter) != rank(b, filter))
            return rank(a, filter) < rank(b, filter);
        if (order == AppOrder::MostUsed && uses.value(a.id) != uses.value(b.id))
            return uses.value(a.id) > uses.value(b.id);
        return collator.compare(a.name, b.name) < 0;
    });
    return tiles;
}

QVector<OpenCard> AppsPresenter::cards(const QVector<OpenWindow>& windows, const QVector<AppEntry>& entries)
{
    QVector<OpenCard> cards;
    for (const OpenWindow& window : windows) {
        const AppEntry* entry = entryOf(window.app, entries);
        OpenCard card;
        card.window = window.id;
        card.program = entry ? entry->name : window.app;
        card.title = window.title.isEmpty() ? card.program : window.title;
        card.icon = entry ? entry->icon : QString();
        if (window.active)
            card.state = tr("In front");
        else if (window.minimised)
            card.state = tr("Minimised");
        card.accessible = card.state.isEmpty() ? tr("%1, %2", "window, program").arg(card.title, card.program)
                                               : tr("%1, %2, %3", "window, program, state").arg(card.title, card.program, card.state.toLower());
        cards.push_back(card);
    }
    return cards;
}

QString AppsPresenter::asPath(const QString& text, const QString& home)
{
    const QString trimmed = text.trimmed();
    if (trimmed.startsWith(QLatin1String("file://"))) {
        const QUrl url(trimmed, QUrl::StrictMode);
        return url.isLocalFile() ? QDir::cleanPath(url.toLocalFile()) : QString();
    }
    if (trimmed.startsWith(QLatin1String("~/")))
        return QDir::cleanPath(home + trimmed.mid(1));
    if (trimmed.startsWith(QLatin1Char('/')))
        return QDir::cleanPath(trimmed);
    return {};
}

FieldResult AppsPresenter::field(const QString& text, const QString& home, const HostPath& found, const QVector<AppTile>& shown,
                                 const QString& workspaceName)
{
    FieldResult result;
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty())
        return result;
    const QString path = asPath(trimmed, home);
    if (!path.isEmpty()) {
        const QString name = QFileInfo(path).fileName();
        if (found.exists && !found.isFolder) {
            result.action = FieldAction::OpenFile;
            result.path = path;
            result.row = tr("Open %1 in %2", "file, workspace").arg(name, workspaceName);
        } else if (found.isFolder) {
            result.row = tr("%1 is a folder. Only files can be sent in.").arg(name.isEmpty() ? path : name);
        } else {
            result.row = tr("No file at this place: %1").arg(path);
        }
        return result;
    }
    if (!shown.isEmpty()) {
        result.action = FieldAction::OpenApp;
        result.app = shown.first().id;
        return result;
    }
    result.argv = splitCommand(trimmed);
    if (result.argv.isEmpty())
        return result;
    result.action = FieldAction::RunCommand;
    result.row = noMatch(trimmed);
    return result;
}

QStringList AppsPresenter::splitCommand(const QString& text)
{
    QStringList words;
    QString word;
    bool inWord = false;
    QChar quote;
    for (qsizetype at = 0; at < text.size(); ++at) {
        const QChar c = text.at(at);
        const bool more = at + 1 < text.size();
        if (c == QLatin1Char('\\') && quote != QLatin1Char('\'') && more) {
            word += text.at(++at);
            inWord = true;
        } else if (!quote.isNull()) {
            if (c == quote)
                quote = QChar();
            else
                word += c;
        } else if (c == QLatin1Char('"') || c == QLatin1Char('\'')) {
            quote = c;
            inWord = true;
        } else if (c.isSpace()) {
            if (inWord)
                words << std::exchange(word, QString());
            inWord = false;
        } else {
            word += c;
            inWord = true;
        }
    }
    if (!quote.isNull())
        return {}; // an open quote: the command is not finished
    if (inWord)
        words << word;
    return words;
}

QString AppsPresenter::placeholder()
{
    return tr("Search apps, or paste a file path");
}

QString AppsPresenter::dropLine(const QString& workspaceName)
{
    return tr("Drop a file anywhere here. A read-only copy opens in %1; the original stays untouched.").arg(workspaceName);
}

QString AppsPresenter::emptyLine()
{
    return tr("No apps found in this workspace.");
}

QString AppsPresenter::noMatch(const QString& text)
{
    return tr("Nothing called %1. Press Enter to run it as a command.").arg(Words::quoted(text));
}

QString AppsPresenter::listFailed()
{
    return tr("The list of apps could not be read.");
}

QString AppsPresenter::orderName(AppOrder order)
{
    return order == AppOrder::MostUsed ? tr("Most used") : tr("A–Z");
}

QString AppsPresenter::gridName(int count)
{
    return count == 1 ? tr("Apps, 1 item") : tr("Apps, %n items", nullptr, count);
}

QString AppsPresenter::firstRunTitle()
{
    return tr("This is a second desktop.");
}

QString AppsPresenter::firstRunText(Colour colour, Pattern pattern)
{
    if (colour == Colour::Amber && pattern == Pattern::Dots)
        return tr("Open here what you do not trust. Its windows wear a dotted amber frame, and all of it is thrown away when it stops.");
    return tr("Open here what you do not trust. Its windows wear a coloured frame, and all of it is thrown away when it stops.");
}

QString AppsPresenter::processLevelBar()
{
    return tr("This computer offers level Process. Programs are kept apart by the system's own kernel, not by a virtual machine.");
}

} // namespace annex::ui
