// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <QTemporaryDir>

#include "app/control/host_control.h"
#include "base/posix/unique_fd.h"
#include "base/process/process.h"

/// What a broker would have heard of one program.
struct ProgramRecord {
    std::optional<std::uint32_t> spawnError;
    std::optional<annex::control::OpenProblem> openProblem;
    std::string mimeType, desktopId;
    std::string out, error;
    std::size_t out_bytes = 0; ///< also counted while `keepOutput` is off
    bool outEnded = false, errorEnded = false;
    bool endedBeforeExit = false; ///< both streams had ended when Exited came
    std::optional<int> status;
    bool signalled = false;
};

struct FileRecord {
    std::uint32_t error = 0;
    std::string path;
};

/// The real annex-init as process 1 of a namespace made by bubblewrap, with a host end of the control protocol over a socket pair.
/// Its home is a folder of the host that the test can look into.
class GuestUnderTest : public annex::control::HostListener {
public:
    struct Options {
        enum class Display { None, Scripted, Real } display = Display::None; ///< what lies beside annex-init as annex-display
        std::string displayScript;            ///< instructions of the scripted one, see scripted_display.cpp
        std::vector<std::string> environment; ///< more lines for annex-init
    };

    GuestUnderTest() : GuestUnderTest(Options{}) {}
    explicit GuestUnderTest(Options options);
    ~GuestUnderTest() override;

    /// A new host end on the same stream, as a broker that starts again. What the old one had half read or written stays as it is.
    void takeOverAnew();
    annex::control::HostControl& control() { return *m_control; }
    /// The host's side of the control stream, for writing what HostControl would not.
    int stream() const { return m_stream.get(); }
    std::string home() const { return m_folder.filePath(QStringLiteral("home")).toStdString(); }
    annex::ChildProcess& process() { return m_process; }

    /// Moves bytes until `done` or a deadline that only a hang reaches.
    bool waitFor(const std::function<bool()>& done);
    /// Writes what is queued without reading anything.
    void flush();

    std::uint32_t spawn(std::vector<std::string> arguments, annex::control::Stdio stdio = annex::control::Stdio::Pipes);
    /// Spawns with pipes, closes the input, waits for the end. The record stays valid.
    ProgramRecord& run(std::vector<std::string> arguments, const std::string& input = {});
    /// Feeds all of it as credit allows, then ends the input.
    void feed(std::uint32_t program, std::string bytes);
    FileRecord sendFile(const std::string& name, const std::string& content,
                        annex::control::FilePlace place = annex::control::FilePlace::Inbox);
    ProgramRecord& open(const std::string& path);

    std::map<std::uint32_t, ProgramRecord> programs;
    std::map<std::uint32_t, FileRecord> files;
    std::vector<std::uint32_t> runningAtReady;
    std::vector<annex::control::DisplayCondition> displayStates;
    std::vector<annex::control::relay::FromGuest> relayed;
    std::vector<std::uint32_t> pongs;
    std::optional<std::string> protocolError;
    bool ready = false;
    bool closed = false;
    bool giveCredit = true; ///< whether output is taken at once
    bool keepOutput = true;

    void onReady(const std::vector<std::uint32_t>& running) override;
    void onSpawned(std::uint32_t program, std::uint32_t error) override;
    void onOutput(std::uint32_t program, annex::control::Stream stream, annex::ByteSpan bytes) override;
    void onOutputEnd(std::uint32_t program, annex::control::Stream stream) override;
    void onInputRoom(std::uint32_t program) override;
    void onExited(std::uint32_t program, std::uint8_t status, bool signalled) override;
    void onFileDone(std::uint32_t transfer, std::uint32_t error, const std::string& path) override;
    void onOpened(std::uint32_t program, annex::control::OpenProblem problem, const std::string& mimeType, const std::string& desktopId) override;
    void onFromDisplay(const annex::control::relay::FromGuest& message) override { relayed.push_back(message); }
    void onDisplayState(annex::control::DisplayCondition condition) override { displayStates.push_back(condition); }
    void onPong(std::uint32_t serial) override { pongs.push_back(serial); }
    void onWritable() override {}
    void onOutgoing() override {}
    void onProtocolError(const annex::Error& error) override { protocolError = error.describe(); }

private:
    void pump(int timeout_ms);
    void feedMore(std::uint32_t program);

    QTemporaryDir m_folder;
    annex::UniqueFd m_stream;
    annex::UniqueFd m_displayStream; ///< held open; nobody speaks the window protocol here
    annex::ChildProcess m_process;
    std::unique_ptr<annex::control::HostControl> m_control;
    std::map<std::uint32_t, std::string> m_input;
    std::uint32_t m_next = 1;
};
