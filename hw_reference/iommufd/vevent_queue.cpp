// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/vevent_queue.hpp"

#include <cerrno>
#include <limits>
#include <new>
#include <utility>

#include "hw_reference/iommufd/viommu.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

void VeventQueue::retire() {
  if (!holder_) return;
  {
    std::lock_guard lock(viommu.events_mutex);
    viommu.events.erase(event_type);
  }
  holder_.reset();
}

std::uint32_t VeventQueue::next_sequence() {
  const std::uint32_t sequence = sequence_;
  sequence_ = (sequence_ + 1) & std::numeric_limits<std::int32_t>::max();
  return sequence;
}

int VeventQueue::report(std::span<const std::byte> data) {
  std::lock_guard lock(mutex_);
  if (events_.size() >= depth) {
    lost_ = next_sequence();
    return 0;
  }
  try {
    events_.push_back({{0, 0}, {data.begin(), data.end()}});
  } catch (const std::bad_alloc&) {
    lost_ = next_sequence();
    return ENOMEM;
  }
  lost_.reset();
  events_.back().header.sequence = next_sequence();
  return 0;
}

Result<std::vector<Vevent>> VeventQueue::read(std::uint64_t size) {
  if (size < sizeof(VeventHeader)) return {EINVAL, {}};
  std::lock_guard lock(mutex_);
  std::vector<Vevent> answer;
  answer.reserve(events_.size() + 1);
  std::uint64_t bytes = 0;
  while (!events_.empty()) {
    Vevent& event = events_.front();
    if (event.bytes() > size - bytes) {
      if (answer.empty()) return {EINVAL, {}};
      return {0, std::move(answer)};
    }
    bytes += event.bytes();
    answer.push_back(std::move(event));
    events_.pop_front();
  }
  if (lost_ && size - bytes >= sizeof(VeventHeader)) {
    answer.push_back({{kVeventLost, *lost_}, {}});
    lost_.reset();
  }
  return {0, std::move(answer)};
}

bool VeventQueue::readable() const {
  std::lock_guard lock(mutex_);
  return !events_.empty() || lost_;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
