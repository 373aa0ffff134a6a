// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>
#include <QHash>
#include <QVector>

#include "ui/services.h"

/// The Apps page in words: what the search field does, tiles, cards, the sentences of the empty page.
namespace annex::ui {

enum class AppOrder { MostUsed, ByName };

struct AppTile {
    QString id;
    QString name;
    QString icon;
    QString comment;
    bool running = false;
    QString accessible; ///< "Document Viewer, running"
    bool operator==(const AppTile&) const = default;
};

struct OpenCard {
    QString window;
    QString title;
    QString program;
    QString icon;
    QString state; ///< "In front", "Minimised" or empty
    QString accessible;
    bool operator==(const OpenCard&) const = default;
};

/// What Enter does with the text in the field.
enum class FieldAction { None, OpenApp, OpenFile, RunCommand };

struct FieldResult {
    FieldAction action = FieldAction::None;
    QString row;      ///< the sentence above the grid; empty where the grid itself answers
    QString path;     ///< of OpenFile: absolute host path
    QStringList argv; ///< of RunCommand
    QString app;      ///< of OpenApp
    bool operator==(const FieldResult&) const = default;
};

/// Asks the file system for the presenter, so that it stays pure: kind of a host path.
struct HostPath {
    bool exists = false;
    bool isFolder = false;
};

class AppsPresenter {
    Q_DECLARE_TR_FUNCTIONS(annex::ui::AppsPresenter)

public:
    /// Filtered and ordered. `uses` counts openings per app id.
    static QVector<AppTile> tiles(const QVector<AppEntry>&, const QVector<OpenWindow>&, const QString& filter, AppOrder,
                                  const QHash<QString, int>& uses);
    static QVector<OpenCard> cards(const QVector<OpenWindow>&, const QVector<AppEntry>&);
    /// The entry whose id, icon or command is the window's app id; null where none is.
    static const AppEntry* entryOf(const QString& appId, const QVector<AppEntry>&);

    /// Absolute path of a typed or pasted path ("~/x", "/x", "file:///x"); empty when the text is none.
    static QString asPath(const QString& text, const QString& home);
    static FieldResult field(const QString& text, const QString& home, const HostPath&, const QVector<AppTile>& shown,
                             const QString& workspaceName);
    /// Splits a command as people type it: spaces, "double" and 'single' quotes, backslash. No shell is ever involved.
    static QStringList splitCommand(const QString& text);

    static QString placeholder();
    static QString dropLine(const QString& workspaceName);
    static QString emptyLine();
    static QString noMatch(const QString& text);
    static QString listFailed();
    static QString orderName(AppOrder);
    static QString gridName(int count); ///< accessible: "Apps, 12 items"
    static QString firstRunTitle();
    static QString firstRunText(Colour colour, Pattern pattern);
    static QString processLevelBar();
};

} // namespace annex::ui
