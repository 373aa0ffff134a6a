// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/host_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace annex::ctl {

std::string fileNameOf(const std::string& path)
{
    return std::filesystem::path(path).filename().string();
}

api::Outcome<UniqueFd> openHostFile(const std::string& path)
{
    // Non-blocking: a FIFO without a writer would hold us for ever; the broker refuses it anyway.
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) {
        auto problem = api::problem(errno == ENOENT ? "failed.not-found" : "failed.denied", {}, path + ": " + std::strerror(errno));
        problem.title = path + " was not opened";
        problem.why = errno == ENOENT ? "There is no such file." : "It cannot be read: " + std::string(std::strerror(errno)) + ".";
        problem.todo = {"Check the path."};
        return api::Refused(std::move(problem));
    }
    struct stat what {};
    if (::fstat(file.get(), &what) != 0 || !S_ISREG(what.st_mode))
        return api::refuse("file.not-regular", {{"file", fileNameOf(path)}});
    return file;
}

} // namespace annex::ctl
