// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <QDir>
#include <QString>
#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

#include "base/result.h"

/// Compares std strings so that a failure prints both.
#define COMPARE_TEXT(actual, expected) QCOMPARE(qstringOf(actual), qstringOf(expected))
/// A Result that must hold a value; a failure prints the error.
#define VERIFY_OK(result)                                                                                                          \
    do {                                                                                                                           \
        const auto& verified_ = (result); /* once: the expression may do something */                                              \
        QVERIFY2(verified_.has_value(), errorText(verified_).c_str());                                                             \
    } while (false)

inline QString qstringOf(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

template <class T>
std::string errorText(const annex::Result<T>& result)
{
    return result ? std::string() : result.error().describe();
}

inline void writeText(const std::filesystem::path& path, std::string_view text)
{
    std::ofstream(path, std::ios::binary) << text;
}

/// A folder that nobody else may write to, below the folder the test runs in: /tmp is open to all, and some checks must notice that.
inline std::string privateTemplate() { return std::filesystem::current_path().string() + "/policy-test-XXXXXX"; }

/// In memory where the system has such a folder: hundreds of fsyncs on a busy disk would make these tests slow, and none is about the disk.
inline QString fastTemplate()
{
    return ::access("/dev/shm", W_OK) == 0 ? QStringLiteral("/dev/shm/policy-test-XXXXXX") : QDir::tempPath() + QStringLiteral("/policy-test-XXXXXX");
}
