// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/vevent_queue.hpp"

#include <cerrno>
#include <limits>
#include <new>
#include <utility>

#include "hw_reference/defects.hpp"
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

Result<std::uint64_t> VeventQueue::read(std::uint64_t size, const Deliver& deliver) {
  if (size < sizeof(VeventHeader) && !has_defect(Defect::short_event_read_empty)) return {EINVAL, 0};
  std::lock_guard lock(mutex_);
  std::uint64_t done = 0;
  try {
    while (!events_.empty()) {
      const Vevent& event = events_.front();
      const std::uint64_t bytes = event.bytes();
      const int error = bytes > size - done ? EINVAL : deliver(done, event);
      if (error != 0) return {done == 0 ? error : 0, done};
      events_.pop_front();
      done += bytes;
    }
    if (lost_ && size - done >= sizeof(VeventHeader)) {
      if (int error = deliver(done, {{kVeventLost, *lost_}, {}})) return {done == 0 ? error : 0, done};
      lost_.reset();
      done += sizeof(VeventHeader);
    }
  } catch (const std::bad_alloc&) {
    if (done == 0) throw;
  }
  return {0, done};
}

Result<std::vector<Vevent>> VeventQueue::read(std::uint64_t size) {
  std::vector<Vevent> answer;
  const auto done = read(size, [&answer](std::uint64_t, const Vevent& event) {
    answer.push_back(event);
    return 0;
  });
  return {done.error, std::move(answer)};
}

bool VeventQueue::readable() const {
  std::lock_guard lock(mutex_);
  return !events_.empty() || lost_;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
