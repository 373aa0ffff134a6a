// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace annex::display::guest {

/// Guards the reading of a client's shared memory against the client that cuts its file short meanwhile.
///
/// libwayland guards the buffers it knows; but a client that destroys its buffer first leaves wlroots with a bare pointer. While a BusGuard lives, a
/// fault inside its range is answered by zero pages in place of the missing ones, and hit() tells. Faults elsewhere go to the handler
/// that was there before. One at a time; make it after wlr_buffer_begin_data_ptr_access, because libwayland installs its own handler there, once.
class BusGuard {
public:
    BusGuard(const void* begin, std::size_t size_bytes);
    ~BusGuard();
    BusGuard(const BusGuard&) = delete;
    BusGuard& operator=(const BusGuard&) = delete;
    bool hit() const;
};

} // namespace annex::display::guest
