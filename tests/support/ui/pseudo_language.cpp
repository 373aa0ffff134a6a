// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/pseudo_language.h"

namespace annex::test {

QString PseudoLanguage::translate(const char*, const char* source, const char*, int) const
{
    using namespace Qt::StringLiterals;
    QString text = QString::fromUtf8(source);
    const qsizetype length = text.size();
    text.replace(u'a', QChar(0xE4)).replace(u'o', QChar(0xF6)).replace(u'e', QChar(0xE9));
    return text + u" "_s + QString(std::max<qsizetype>(1, length * 2 / 5), u'~');
}

} // namespace annex::test
