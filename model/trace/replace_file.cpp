// SPDX-License-Identifier: Apache-2.0
#include "model/trace/replace_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace iolaw {

std::optional<std::string> write_in_place(const std::filesystem::path& path, std::string_view text) {
  errno = 0;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (out) return std::nullopt;
  return std::strerror(errno != 0 ? errno : EIO);
}

std::optional<std::string> replace_file(const std::filesystem::path& path, std::string_view text) {
  namespace fs = std::filesystem;
  const fs::path beside = path.string() + "." + std::to_string(getpid());
  std::optional<std::string> why = write_in_place(beside, text);
  std::error_code error;
  if (!why) {
    const fs::file_status there = fs::status(path, error);
    if (fs::exists(there)) fs::permissions(beside, there.permissions(), error);
    fs::rename(beside, path, error);
    if (error) why = error.message();
  }
  if (why) fs::remove(beside, error);
  return why;
}

}  // namespace iolaw
