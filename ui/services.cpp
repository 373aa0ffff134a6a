// SPDX-License-Identifier: Apache-2.0
#include "ui/services.h"

namespace annex::ui {

Identity identityOf(const Workspace& workspace)
{
    Identity identity;
    identity.name = workspace.name;
    identity.colour = workspace.colour;
    identity.pattern = workspace.pattern;
    identity.level = workspace.level;
    identity.label = workspace.label;
    identity.disposable = workspace.disposable;
    identity.number = workspace.fresh ? workspace.number : 1;
    return identity;
}

} // namespace annex::ui
