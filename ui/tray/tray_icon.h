// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QIcon>
#include <QPixmap>

#include "ui/presenters/tray_presenter.h"

namespace annex::ui {

/// The tray's icon: outlined square with a smaller one at its lower corner, states told apart by shape at 16 px.
/// @param edge  device pixels
QPixmap trayPixmap(TrayState state, int edge, const QColor& colour);

/// All sizes that panels ask for.
QIcon trayIcon(TrayState state, const QColor& colour);

} // namespace annex::ui
