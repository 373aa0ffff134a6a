// SPDX-License-Identifier: Apache-2.0
// Feeds every file of a corpus folder to a fuzz target, whole and cut off: replay FOLDER
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "base/files.h"
#include "tests/fuzz/fuzz.h"

int main(int argc, char** argv)
{
    constexpr std::size_t kMaxInput_bytes = 16u << 20;
    constexpr std::size_t kCuts = 256; // of each input; enough to cut a message at every byte
    if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
        std::fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& path : files) {
        auto input = annex::readFile(path, kMaxInput_bytes);
        if (!input) {
            std::fprintf(stderr, "%s\n", input.error().describe().c_str());
            return 1;
        }
        std::printf("%s, %zu bytes\n", path.filename().c_str(), input->size());
        std::fflush(stdout); // says which input it was when the next line crashes
        LLVMFuzzerTestOneInput(input->data(), input->size());
        const std::size_t step = std::max<std::size_t>(1, input->size() / kCuts);
        for (std::size_t length = 0; length < input->size(); length += step) {
            // A copy of exactly this length, so that a sanitizer sees a read beyond it.
            const std::vector<std::uint8_t> cut(input->begin(), input->begin() + static_cast<std::ptrdiff_t>(length));
            LLVMFuzzerTestOneInput(cut.data(), cut.size());
        }
    }
    if (files.empty()) {
        std::fprintf(stderr, "%s: the corpus is empty\n", argv[1]);
        return 1;
    }
    std::printf("%zu inputs replayed\n", files.size());
    return 0;
}
