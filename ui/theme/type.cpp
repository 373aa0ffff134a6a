// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/type.h"

#include <QFontInfo>

namespace annex::ui {

namespace {

double factor(TypeRole role)
{
    switch (role) {
    case TypeRole::Caption: return 0.86;
    case TypeRole::DialogTitle: return 1.43;
    case TypeRole::PageTitle:
    case TypeRole::Figure: return 1.57;
    default: return 1.0;
    }
}

} // namespace

QFont typeFont(TypeRole role, const QFont& base)
{
    QFont font = base;
    if (base.pixelSize() > 0)
        font.setPixelSize(qRound(base.pixelSize() * factor(role)));
    else
        font.setPointSizeF(base.pointSizeF() * factor(role));
    if (role != TypeRole::Caption && role != TypeRole::Body)
        font.setWeight(QFont::DemiBold);
    return font;
}

double lineHeight(TypeRole role, const QFont& font)
{
    return QFontInfo(font).pixelSize() * (role == TypeRole::Caption ? 1.33 : 1.43);
}

} // namespace annex::ui
