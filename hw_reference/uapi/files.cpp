// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/uapi/files.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {
namespace uapi {

int Descriptors::Slot::put(std::shared_ptr<File> file) {
  std::lock_guard lock(table_->mutex_);
  table_->files_.find(fd_)->second = std::move(file);
  return std::exchange(fd_, -1);
}

Descriptors::~Descriptors() {
  for (const auto& [fd, file] : files_) ::close(fd);
}

Result<Descriptors::Slot> Descriptors::reserve() {
  const int fd = eventfd(0, EFD_CLOEXEC);
  if (fd < 0) return {errno, {}};
  std::lock_guard lock(mutex_);
  try {
    files_.emplace(fd, nullptr);
  } catch (...) {
    ::close(fd);
    throw;
  }
  return {0, Slot(*this, fd)};
}

std::shared_ptr<File> Descriptors::find(int fd) const {
  std::shared_lock lock(mutex_);
  const auto found = files_.find(fd);
  return found == files_.end() ? nullptr : found->second;
}

std::shared_ptr<File> Descriptors::take(int fd) {
  std::lock_guard lock(mutex_);
  const auto found = files_.find(fd);
  if (found == files_.end() || found->second == nullptr) return nullptr;
  std::shared_ptr<File> file = std::move(found->second);
  files_.erase(found);
  ::close(fd);
  return file;
}

void Descriptors::give_back(int fd) {
  std::lock_guard lock(mutex_);
  files_.erase(fd);
  ::close(fd);
}

}  // namespace uapi
}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
