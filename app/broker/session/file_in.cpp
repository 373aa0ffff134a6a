// SPDX-License-Identifier: Apache-2.0
#include "app/broker/session/file_in.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/text.h"

namespace annex::broker {

api::Outcome<IncomingFile> inspectFile(UniqueFd file, std::string_view name)
{
    const auto slash = name.rfind('/');
    const std::string clean = cleanFileName(slash == std::string_view::npos ? name : name.substr(slash + 1));
    struct stat what {};
    const int flags = ::fcntl(file.get(), F_GETFL);
    if (flags < 0 || ::fstat(file.get(), &what) != 0 || !S_ISREG(what.st_mode) || (flags & O_ACCMODE) != O_RDONLY || (flags & O_PATH) != 0)
        return api::refuse("file.not-regular", {{"file", clean}});
    return IncomingFile{std::move(file), clean, static_cast<std::uint64_t>(what.st_size)};
}

} // namespace annex::broker
