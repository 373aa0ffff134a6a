// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMap>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace annex::test {

/// Annex's programs in a folder of their own, as a package would lay them down, in which a test puts a hostile program in the place of one of ours.
/// Programs of ours find each other beside themselves, so no option of the product is needed for that, and none exists.
class Installation {
public:
    /// Hard links to the build's programs, or copies where the folder is on another disk.
    Installation();

    /// Another program of the build under this name: `replace("annex-display", "annex-fake-guest")`.
    void replace(const QString& name, const QString& byProgram);
    /// The program itself, started with more arguments and more environment. It keeps its process number.
    void wrap(const QString& name, const QStringList& arguments, const QMap<QString, QString>& environment = {});

    QString folder() const { return m_folder.path(); }
    bool isWhole() const { return m_whole; }

private:
    void put(const QString& from, const QString& to);

    QTemporaryDir m_folder;
    bool m_whole = true;
};

} // namespace annex::test
