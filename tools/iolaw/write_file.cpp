// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/write_file.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "model/trace/replace_file.hpp"

namespace iolaw {
namespace {

namespace fs = std::filesystem;

bool cannot_write(const std::string& path, const std::string& why) {
  fmt::print(stderr, "iolaw: cannot write {}: {}\n", path, why);
  return false;
}

}  // namespace

bool write_file(const std::string& path, const std::string& text) {
  std::error_code error;
  const fs::file_status there = fs::status(path, error);
  if (fs::is_directory(there)) return cannot_write(path, std::strerror(EISDIR));
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    const std::optional<std::string> why = write_in_place(path, text);
    return !why || cannot_write(path, *why);
  }
  // A link stays one.
  const fs::path place = fs::exists(there) ? fs::canonical(path, error) : fs::path(path);
  if (fs::exists(there) && access(path.c_str(), W_OK) != 0) return cannot_write(path, std::strerror(errno));
  const std::optional<std::string> why = replace_file(place, text);
  return !why || cannot_write(path, *why);
}

}  // namespace iolaw
