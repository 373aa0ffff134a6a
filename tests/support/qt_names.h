// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTest>

#include "base/result.h"

/// Lets QCOMPARE compare and print error codes. (By itself it would take our toString, which returns another type than Qt wants.)
namespace QTest {

inline bool qCompare(const annex::Errc& actual, const annex::Errc& expected, const char* actualText, const char* expectedText, const char* file,
                     int line)
{
    return qCompare(QString::fromStdString(std::string(annex::toString(actual))), QString::fromStdString(std::string(annex::toString(expected))),
                    actualText, expectedText, file, line);
}

} // namespace QTest
