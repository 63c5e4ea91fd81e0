// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/fault_queue.hpp"

#include <cerrno>
#include <utility>

#include "hw_reference/defects.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

namespace {

constexpr std::uint32_t kInvalid = 1;

}  // namespace

void FaultQueue::retire() {
  std::lock_guard lock(mutex_);
  for (const Group& group : waiting_) group.answer(kInvalid);
  for (const auto& [cookie, group] : read_) group.answer(kInvalid);
  waiting_.clear();
  read_.clear();
}

void FaultQueue::report(FaultSource& source, Pasid pasid, std::span<const PageFault> group) {
  Groups added;
  added.push_back({&source, pasid, {group.begin(), group.end()}});
  std::lock_guard lock(mutex_);
  waiting_.splice(waiting_.end(), added);
}

void FaultQueue::forget(FaultSource& source, Pasid pasid) {
  const auto concerns = [&](const Group& group) { return group.source == &source && group.pasid == pasid; };
  std::lock_guard lock(mutex_);
  for (auto group = waiting_.begin(); group != waiting_.end();) {
    if (!concerns(*group)) {
      ++group;
      continue;
    }
    group->answer(kInvalid);
    group = waiting_.erase(group);
  }
  for (auto group = read_.begin(); group != read_.end();) {
    if (!concerns(group->second)) {
      ++group;
      continue;
    }
    group->second.answer(kInvalid);
    cookies_.give_back(group->first);
    group = read_.erase(group);
  }
}

Result<std::uint64_t> FaultQueue::read(std::uint64_t size, const Deliver& deliver) {
  if (size % sizeof(PageFault) != 0) return {ESPIPE, 0};
  std::lock_guard lock(mutex_);
  std::uint64_t done = 0;
  while (!waiting_.empty()) {
    Group& group = waiting_.front();
    const std::uint64_t bytes = group.faults.size() * sizeof(PageFault);
    if (bytes > size - done) {
      if (done == 0) return {has_defect(Defect::short_fault_read_empty) ? 0 : EINVAL, 0};
      break;
    }
    // What may fail comes first; a group that was taken already is delivered then.
    std::uint32_t cookie = 0;
    int error = 0;
    const auto undo = [&] {
      if (cookie == 0) return;
      read_.erase(cookie);
      cookies_.give_back(cookie);
    };
    try {
      cookie = cookies_.take();
      read_.try_emplace(cookie);
      for (PageFault& fault : group.faults) fault.cookie = cookie;
      error = deliver(done, group.faults);
    } catch (...) {
      undo();
      if (done == 0) throw;
      break;
    }
    if (error != 0) {
      undo();
      if (done == 0) return {error, 0};
      break;
    }
    if (has_defect(Defect::fault_told_again)) {
      read_.find(cookie)->second = group;
      return {0, done + bytes};
    }
    read_.find(cookie)->second = std::move(group);
    waiting_.pop_front();
    done += bytes;
  }
  return {0, done};
}

Result<std::vector<PageFault>> FaultQueue::read(std::uint64_t size) {
  std::vector<PageFault> answer;
  const auto done = read(size, [&answer](std::uint64_t, std::span<const PageFault> group) {
    answer.insert(answer.end(), group.begin(), group.end());
    return 0;
  });
  return {done.error, std::move(answer)};
}

Result<std::uint64_t> FaultQueue::write(std::span<const PageResponse> responses, std::uint64_t size) {
  if (size % sizeof(PageResponse) != 0) return {ESPIPE, 0};
  std::lock_guard lock(mutex_);
  std::uint64_t done = 0;
  for (const PageResponse& response : responses) {
    const auto group = read_.find(response.cookie);
    const bool known = response.code <= kInvalid || has_defect(Defect::any_answer_taken);
    if (!known || group == read_.end()) {
      if (done == 0) return {EINVAL, 0};
      break;
    }
    group->second.answer(response.code);
    read_.erase(group);
    cookies_.give_back(response.cookie);
    done += sizeof(PageResponse);
  }
  return {0, done};
}

bool FaultQueue::readable() const {
  std::lock_guard lock(mutex_);
  return !waiting_.empty();
}

std::size_t FaultQueue::outstanding() const {
  std::lock_guard lock(mutex_);
  return read_.size();
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
