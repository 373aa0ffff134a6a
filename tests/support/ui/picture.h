// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QImage>
#include <QString>

class QWidget;

namespace annex::test {

/// Font, style and icon theme that reference pictures are made with.
void preparePictures();

/// The widget as drawn now, after its layout has settled.
QImage grab(QWidget& widget);

/// Compares with tests/data/screens/NAME.png: at most 1 % of the pixels may differ by more than a shade that nobody sees. A missing reference is a
/// failure. With ANNEX_UPDATE_SCREENS set, the reference is written instead; look at it before it is committed.
/// @return an empty text, or what is wrong; the drawn picture is then left in the build folder
QString compare(const QImage& drawn, const QString& name);

} // namespace annex::test
