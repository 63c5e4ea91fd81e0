// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/kernel.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace iolaw::dev_iommu {
namespace {

PortAnswer without_answer(PortAnswer::Status status, std::string note) {
  PortAnswer answer;
  answer.status = status;
  answer.note = std::move(note);
  return answer;
}

}  // namespace

PortAnswer success() { return {}; }

PortAnswer success(std::optional<std::uint64_t> result) {
  PortAnswer answer;
  answer.results.push_back(result);
  return answer;
}

PortAnswer success(std::uint64_t first, std::uint64_t second) {
  PortAnswer answer;
  answer.results = {first, second};
  return answer;
}

PortAnswer failure(int error) {
  PortAnswer answer;
  answer.error = error;
  return answer;
}

PortAnswer unsupported(std::string note) { return without_answer(PortAnswer::Status::unsupported, std::move(note)); }
PortAnswer broken(std::string note) { return without_answer(PortAnswer::Status::broken, std::move(note)); }

PortAnswer done(int error) { return error != 0 ? failure(error) : success(); }

std::uint32_t map_flags(std::uint64_t rights) {
  return kFixedIova | ((rights & 1) != 0 ? kReadable : 0) | ((rights & 2) != 0 ? kWriteable : 0);
}

Kernel::Kernel(std::unique_ptr<SystemCalls> calls, std::string path, bool alone, std::uint64_t seed,
               std::uint32_t memory_for_lists)
    : own_system_(std::move(calls)),
      system_(own_system_.get()),
      things(*system_),
      variations(seed),
      path_(std::move(path)),
      memory_for_lists_(memory_for_lists) {
  memory_.emplace(alone);
  open();
}

Kernel::Kernel(Kernel& owner, std::uint32_t number)
    : system_(owner.system_),
      handles(owner.handles.for_client(number)),
      things(*system_),
      variations(owner.variations),
      avoids_divergences(owner.avoids_divergences),
      path_(owner.path_),
      memory_for_lists_(owner.memory_for_lists_),
      fd_(owner.fd_),
      owner_(false) {
  things.look_at(owner.things);
}

Kernel::~Kernel() {
  if (owner_) close();
}

void Kernel::open() {
  fd_ = system_->open(path_.c_str());
  if (fd_ < 0) throw std::runtime_error("cannot open " + path_ + ": " + std::strerror(-fd_));
  // What stands in for a kernel may know of no such limit.
  TestCommand limit(TestOp::set_temp_memory_limit, 0);
  limit.memory_limit.limit = memory_for_lists_;
  system_->ioctl(fd_, kTest, address(&limit));
}

// The test driver warns of a device that goes while a PASID of it is attached, and leaks it.
void Kernel::detach_pasids() {
  for (const std::uint64_t device : handles.devices_with_pasids()) {
    for (const std::uint32_t pasid : handles.extra(device, Kind::device)->pasids) {
      TestCommand command(TestOp::pasid_detach, static_cast<std::uint32_t>(device));
      command.pasid_attach.pasid = pasid;
      request(kTest, &command);
    }
  }
}

void Kernel::close() {
  detach_pasids();
  // Accesses, queues and mappings keep the device's file alive: its memory would stay pinned.
  things.clear();
  for (const std::uint32_t fd : handles.open_fds()) system_->close(static_cast<int>(fd));
  if (fd_ >= 0) system_->close(fd_);
  fd_ = -1;
  handles.clear();
  system_->unlimit();
}

void Kernel::reopen() {
  close();
  open();
}

bool Kernel::release() {
  if (!handles.open_fds().empty() || things.has(ClientThings::Kind::mapping)) return false;
  system_->close(fd_);
  handles.remove_objects();
  things.end_all(ClientThings::Kind::fault);
  open();
  return true;
}

int Kernel::request(unsigned long command, void* argument) {
  const long result = number(command, address(argument));
  return result < 0 ? static_cast<int>(-result) : 0;
}

int Kernel::request_from_anywhere(unsigned long command, void* argument) {
  // Seldom: another process takes as long as a hundred calls.
  if (!variations.once_in(256)) return request(command, argument);
  const long result = system_->ioctl_elsewhere(fd_, command, argument);
  return result < 0 ? static_cast<int>(-result) : 0;
}

void Kernel::rehearse(unsigned long command, const void* argument) {
  if (!beside_others() && variations.once_in(12)) system_->ioctl_unanswered(fd_, command, argument);
}

int Kernel::request_after_rehearsal(unsigned long command, void* argument) {
  rehearse(command, argument);
  return request_from_anywhere(command, argument);
}

std::optional<long> Kernel::read_queue(int fd, void* buffer, std::size_t bytes) {
  if (beside_others()) return system_->read(fd, buffer, bytes);
  const int readable = variations.once_in(3) ? system_->readable(fd) : -ENOSYS;
  if (variations.once_in(4)) system_->read(fd, reinterpret_cast<void*>(kNowhere), bytes);
  const long count = system_->read(fd, buffer, bytes);
  if ((readable == 0 && count > 0) || (readable == 1 && count == 0)) return std::nullopt;
  return count;
}

int Kernel::check_refs(std::uint64_t first, std::uint64_t length, std::uint32_t refs) {
  TestCommand command(TestOp::check_refs, 0);
  command.check_refs = {length, first, refs};
  return request(kTest, &command);
}

PortAnswer Kernel::close_queue(std::uint64_t handle, Kind kind) {
  Handles::Extra* queue = handles.open_queue(handle, kind);
  if (queue == nullptr) return unsupported("the queue is not open in the client");
  system_->close(queue->fd);
  queue->fd = -1;
  return success();
}

PortAnswer Kernel::destroy(std::uint64_t handle, Kind kind) {
  Destroy command;
  command.id = handles.destroyable(handle, kind);
  if (const int error = request_from_anywhere(kDestroy, &command); error != 0) return failure(error);
  if (command.id != Handles::kNeverId) handles.remove_object(command.id);
  return success();
}

}  // namespace iolaw::dev_iommu
