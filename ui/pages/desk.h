// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QPointer>
#include <QSet>

#include "ui/pages/ui_state.h"
#include "ui/presenters/error_presenter.h"
#include "ui/services.h"

class QWidget;

namespace annex::ui {

class ErrorDialog;
class StartWindow;

/// What a person can do, whichever window or menu they do it from: one place for the calls, the questions before them, the progress of a
/// start and the errors after. Lives as long as the program; windows come and go.
class Desk : public QObject {
    Q_OBJECT
public:
    Desk(const Services& services, UiState& state, QObject* parent = nullptr);
    ~Desk() override;

    const Services& services() const { return m_services; }
    UiState& state() { return m_state; }
    std::optional<Workspace> find(const QString& id) const;

    void openApp(const QString& workspace, const QString& app, bool fresh);
    void openFile(const QString& workspace, const QString& path, bool fresh);
    void run(const QString& workspace, const QStringList& argv, bool fresh);
    /// "Send file in…": the system's own file dialog, then openFile().
    void chooseFile(const QString& workspace, QWidget* parent);

    void start(const QString& workspace);
    void cancelStart(const QString& workspace);
    void stop(const QString& workspace);
    void pause(const QString& workspace);
    void resume(const QString& workspace);
    void stopAll();
    void askReset(const QString& workspace, QWidget* parent);
    void askRemove(const QString& workspace, QWidget* parent);
    void flip(const QString& workspace, const Setting& setting, bool on);

    /// Opens the error dialog; one at a time for one id and workspace.
    void showFailure(const Failure& failure, const ErrorContext& context);
    /// The policy store is damaged: the person chooses how to go on.
    void chooseStore(const PolicyState& state);
    ErrorContext contextOf(const QString& workspace, const QString& filePath = {}) const;

Q_SIGNALS:
    /// "apps", "settings", "activity", "check-up"; argument: a setting's key
    void pageWanted(const QString& page, const QString& workspace, const QString& argument);
    void usesChanged();
    /// A short sentence for the page's info bar: something that failed without a dialog.
    void remark(const QString& text);

private:
    void onChanged(const Workspace& workspace);
    void onStage(const QString& id, Stage stage, int elapsed_ms);
    void beginStart(const QString& id);
    void runs(const Workspace& workspace); ///< a start is over for the broker; for the person when the first window stands
    void endStart(const QString& id, bool ready);
    void showStart(const QString& id);
    void showError(const QString& key, const ErrorView& view, const ErrorContext& context);
    void act(ErrorAction action, const QString& argument, const ErrorContext& context);
    template <class T>
    Reply<T> report(const QString& workspace, const QString& filePath = {});

    /// A start under way. The window exists only once it took long enough to be worth one.
    struct Start {
        QElapsedTimer since;
        QString purpose;
        int number = 0;            ///< tells two starts of one workspace apart
        bool expectsWindow = true; ///< false: only the workspace was asked for
        int ready_ms = -1;         ///< when the workspace ran, while its first window is waited for
        QVector<std::pair<Stage, int>> stages_ms;
        QPointer<StartWindow> window;
    };

    Services m_services;
    UiState& m_state;
    QHash<QString, Start> m_starts;
    int m_startNumber = 0;
    QSet<QString> m_bareStarts; ///< asked for without a program, not begun yet
    QHash<QString, QString> m_purposes; ///< what was asked to be opened before the workspace began to start
    QHash<QString, QPointer<ErrorDialog>> m_errors;
};

} // namespace annex::ui
