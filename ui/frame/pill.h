// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/frame/frame_layout.h"

class QPainter;

namespace annex::ui {

/// Where the pill lies in a full-screen window, device pixels: at the top middle, between its tab (46 × 8) and its whole size.
QRect pillRect(const FrameGeometry& geometry, const FrameState& state);

/// Signature, name and "Hold Esc to leave"; fills from start to end while Esc is held.
void paintPill(QPainter& painter, const FrameGeometry& geometry, const FrameState& state);

} // namespace annex::ui
