// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "app/init/transfers.h"

using annex::init::freeName;

class TestFreeName : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void numberGoesBeforeTheExtension()
    {
        QCOMPARE(freeName("a.pdf", 1), std::string("a.pdf"));
        QCOMPARE(freeName("a.pdf", 2), std::string("a (2).pdf"));
        QCOMPARE(freeName("a.b.pdf", 12), std::string("a.b (12).pdf"));
    }
    void namesWithoutExtension()
    {
        QCOMPARE(freeName("Makefile", 2), std::string("Makefile (2)"));
        QCOMPARE(freeName(".bashrc", 2), std::string(".bashrc (2)"));
        QCOMPARE(freeName("a.this is a sentence", 2), std::string("a.this is a sentence (2)"));
    }
    void longNamesAreCutBetweenCharacters()
    {
        std::string name;
        while (name.size() < 250)
            name += "\xe2\x82\xac";
        std::string shortened = freeName(name + ".p", 2);
        QVERIFY(shortened.size() <= 255);
        QVERIFY(shortened.ends_with(" (2).p"));
        QCOMPARE((shortened.size() - 6) % 3, std::size_t{0});
    }
};

QTEST_GUILESS_MAIN(TestFreeName)
#include "tst_free_name.moc"
