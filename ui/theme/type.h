// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFont>

namespace annex::ui {

/// Type roles as multiples of the system's own font: ui.md section 4. Two weights, no fixed family.
enum class TypeRole { Caption, Body, Strong, DialogTitle, PageTitle, Figure };

/// @param base  the system's font, usually QGuiApplication::font()
QFont typeFont(TypeRole role, const QFont& base);

/// Height of one line in the role, in the font's own unit of pixels (1.43 of its size, captions 1.33).
double lineHeight(TypeRole role, const QFont& font);

} // namespace annex::ui
