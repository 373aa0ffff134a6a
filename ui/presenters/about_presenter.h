// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <QCoreApplication>

#include "ui/services.h"

namespace annex::ui {

struct AboutFacts {
    std::optional<VersionInfo> version;
    std::optional<PolicyState> policy;
};

/// A window of a workspace as `annex` knows it from the broker, for "What is this window?".
struct WindowFacts {
    Workspace workspace;
    std::optional<OpenWindow> window;
};

/// About, and "What is this window?": facts in lines.
class AboutPresenter {
    Q_DECLARE_TR_FUNCTIONS(annex::ui::AboutPresenter)

public:
    static QString title(const AboutFacts&);
    static QStringList lines(const AboutFacts&);
    static QString windowTitle(const WindowFacts&);
    static QStringList windowLines(const WindowFacts&);
};

} // namespace annex::ui
