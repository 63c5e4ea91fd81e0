// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/folder.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

namespace iolaw {
namespace {

namespace fs = std::filesystem;

// The mark stands in the first lines.
constexpr std::size_t kHead = 512;

std::optional<std::string> read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::vector<fs::path> left_over(const fs::path& folder, const std::vector<GeneratedFile>& files) {
  std::vector<fs::path> paths;
  if (!fs::is_directory(folder)) return paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = entry.path().filename().string();
    const bool wanted =
        std::any_of(files.begin(), files.end(), [&](const GeneratedFile& file) { return file.name == name; });
    const auto text = wanted ? std::nullopt : read(entry.path());
    if (text && text->substr(0, kHead).find(kGeneratedMark) != std::string::npos) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

std::vector<std::string> compare_folder(const fs::path& folder, const std::vector<GeneratedFile>& files) {
  std::vector<std::string> lines;
  for (const GeneratedFile& file : files) {
    const auto text = read(folder / file.name);
    if (!text) {
      lines.push_back("missing " + file.name);
    } else if (*text != file.text) {
      lines.push_back("differs " + file.name);
    }
  }
  for (const fs::path& path : left_over(folder, files)) lines.push_back("left over " + path.filename().string());
  return lines;
}

void update_folder(const fs::path& folder, const std::vector<GeneratedFile>& files) {
  fs::create_directories(folder);
  for (const GeneratedFile& file : files) {
    const fs::path path = folder / file.name;
    // An unchanged file keeps its time, so that nothing is rebuilt for it.
    if (read(path) == file.text) continue;
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << file.text;
    out.close();
    if (!out) throw std::runtime_error("cannot write " + path.string());
  }
  for (const fs::path& path : left_over(folder, files)) fs::remove(path);
}

}  // namespace iolaw
