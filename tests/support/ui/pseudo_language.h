// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTranslator>

namespace annex::test {

/// Every sentence 40 % longer and accented: shows what would be cut in a longer language, and what was not given to tr().
class PseudoLanguage : public QTranslator {
    Q_OBJECT
public:
    QString translate(const char* context, const char* source, const char* disambiguation, int n) const override;
    bool isEmpty() const override { return false; }
};

} // namespace annex::test
