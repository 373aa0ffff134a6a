// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "app/control/messages.h"
#include "base/posix/unique_fd.h"

namespace annex::init {

/// Files on their way in. A file grows under a name of its own and gets its real one, read-only, when it is whole: a program never
/// meets half a file. The name is checked here again, the folder is opened without following links, and nothing that exists is written to.
class Transfers {
public:
    /// @param home  absolute; the places lie in it
    explicit Transfers(std::string home) : m_home(std::move(home)) {}
    ~Transfers() { dropAll(); }
    Transfers(const Transfers&) = delete;
    Transfers& operator=(const Transfers&) = delete;

    /// Each returns 0 or an errno. After an errno the transfer is forgotten and its half file removed; pieces still under way are ignored.
    int begin(std::uint32_t transfer, const control::FileBegin& what);
    int data(std::uint32_t transfer, ByteSpan bytes);
    /// @param path  out: where the file lies, on success
    int end(std::uint32_t transfer, bool complete, std::string& path);
    bool knows(std::uint32_t transfer) const { return m_transfers.contains(transfer); }
    void dropAll();

    /// Makes the folders that a person expects in a home.
    void makeFolders() const;

    static constexpr std::size_t kMaxTransfers = 64;    // the broker sends one or a few at a time
    static constexpr unsigned kMaxFreeNames = 1'000;    // "name (2)" … before giving up

private:
    struct Transfer {
        UniqueFd folder, file;
        std::string folderPath, name, temporaryName;
        std::uint64_t remaining_bytes = 0;
        mode_t mode = 0;
    };
    using Entry = std::map<std::uint32_t, Transfer>::iterator;
    int open(Transfer& transfer, const control::FileBegin& what);
    int fail(Entry entry, int error);

    std::string m_home;
    std::map<std::uint32_t, Transfer> m_transfers;
    std::uint64_t m_serial = 0;
};

/// `name` for the first attempt, then "stem (2).extension", "stem (3).extension", …, never longer than NAME_MAX. Pure.
std::string freeName(const std::string& name, unsigned attempt);

} // namespace annex::init
