// SPDX-License-Identifier: Apache-2.0
// The Qt program of these tests: a line to type into and a menu to open.
#include <QApplication>
#include <QLineEdit>
#include <QMainWindow>
#include <QMenuBar>

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("annex-test-qt-program"));
    QMainWindow window;
    window.setWindowTitle(QStringLiteral("Qt program"));
    QMenu* menu = window.menuBar()->addMenu(QStringLiteral("&File"));
    menu->addAction(QStringLiteral("One"));
    menu->addAction(QStringLiteral("Two"));
    window.setCentralWidget(new QLineEdit);
    window.resize(400, 300);
    window.show();
    return QApplication::exec();
}
