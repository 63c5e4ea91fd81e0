// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/draw.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace iolaw {
namespace {

// A file of its own, removed at the end.
class Scratch {
 public:
  explicit Scratch(const std::string& text)
      : path_((std::filesystem::temp_directory_path() / "iolaw_XXXXXX").string()) {
    const int file = mkstemp(path_.data());
    if (file < 0) return;
    close(file);
    std::ofstream out(path_, std::ios::binary);
    good_ = static_cast<bool>(out << text << std::flush);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  bool good() const { return good_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool good_ = false;
};

}  // namespace

std::optional<std::string> draw_graph(const std::string& dot) {
  const Scratch file(dot);
  if (!file.good() || file.path().find('\'') != std::string::npos) return std::nullopt;
  FILE* pipe = popen(("dot -Tsvg '" + file.path() + "' 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string svg;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) svg.append(buffer.data(), n);
  if (pclose(pipe) != 0 || svg.find("<svg") == std::string::npos) return std::nullopt;
  return svg;
}

}  // namespace iolaw
