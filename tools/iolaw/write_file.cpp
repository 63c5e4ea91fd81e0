// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/write_file.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace iolaw {
namespace {

namespace fs = std::filesystem;

bool cannot_write(const std::string& path, const std::string& why) {
  fmt::print(stderr, "iolaw: cannot write {}: {}\n", path, why);
  return false;
}

// Why it failed; empty if it did not.
std::string put(const std::string& path, const std::string& text) {
  errno = 0;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  return out ? "" : std::strerror(errno != 0 ? errno : EIO);
}

}  // namespace

bool write_file(const std::string& path, const std::string& text) {
  std::error_code error;
  const fs::file_status there = fs::status(path, error);
  if (fs::is_directory(there)) return cannot_write(path, std::strerror(EISDIR));
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    const std::string why = put(path, text);
    return why.empty() || cannot_write(path, why);
  }
  // A link stays one.
  const fs::path place = fs::exists(there) ? fs::canonical(path, error) : fs::path(path);
  if (fs::exists(there) && access(path.c_str(), W_OK) != 0) return cannot_write(path, std::strerror(errno));
  const std::string beside = place.string() + "." + std::to_string(getpid());
  std::string why = put(beside, text);
  if (why.empty()) {
    if (fs::exists(there)) fs::permissions(beside, there.permissions(), error);
    fs::rename(beside, place, error);
    if (error) why = error.message();
  }
  if (why.empty()) return true;
  std::error_code ignored;
  fs::remove(beside, ignored);
  return cannot_write(path, why);
}

}  // namespace iolaw
