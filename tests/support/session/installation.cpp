// SPDX-License-Identifier: Apache-2.0
#include "tests/support/session/installation.h"

#include <QDir>
#include <QFile>

#include <unistd.h>

#include "tests/support/session/session.h"

namespace annex::test {

namespace {

QString quoted(QString word)
{
    return QLatin1Char('\'') + word.replace(QLatin1Char('\''), QLatin1String("'\\''")) + QLatin1Char('\'');
}

} // namespace

Installation::Installation() : m_folder(QStringLiteral("/tmp/annex-i-XXXXXX"))
{
    QDir().mkdir(m_folder.filePath(QStringLiteral("real")));
    for (const char* name : {"annex", "annexd", "annexctl", "annex-viewer", "annex-keeper", "annex-init", "annex-display"})
        put(programPath(QLatin1String(name)), m_folder.filePath(QLatin1String(name)));
}

void Installation::put(const QString& from, const QString& to)
{
    QFile::remove(to);
    if (::link(QFile::encodeName(from).constData(), QFile::encodeName(to).constData()) != 0)
        m_whole = QFile::copy(from, to) && m_whole;
}

void Installation::replace(const QString& name, const QString& byProgram)
{
    put(programPath(byProgram), m_folder.filePath(name));
}

void Installation::wrap(const QString& name, const QStringList& arguments, const QMap<QString, QString>& environment)
{
    const QString real = m_folder.filePath(QStringLiteral("real/") + name);
    put(programPath(name), real);
    const QString path = m_folder.filePath(name);
    QFile::remove(path);
    QString line = QStringLiteral("#!/bin/sh\nexec env");
    for (auto it = environment.begin(); it != environment.end(); ++it)
        line += QLatin1Char(' ') + quoted(it.key() + QLatin1Char('=') + it.value());
    line += QLatin1Char(' ') + quoted(real) + QStringLiteral(" \"$@\"");
    for (const QString& argument : arguments)
        line += QLatin1Char(' ') + quoted(argument);
    QFile script(path);
    m_whole = script.open(QIODevice::WriteOnly) && script.write(line.toUtf8() + '\n') > 0
        && script.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner) && m_whole;
}

} // namespace annex::test
