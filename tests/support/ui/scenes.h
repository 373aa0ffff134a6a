// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/ui/fake_services.h"

/// The world of the reference pictures: four workspaces, twelve apps, settings of which two are locked, a week of activity.
namespace annex::test {

void fillWorld(FakeWorld& world);
ui::Workspace untrusted();
QVector<ui::Setting> sampleSettings();

} // namespace annex::test
