// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/page_queue.hpp"

#include "hw_reference/smmu/bits.hpp"

namespace hw::smmu {

namespace {
constexpr std::uint64_t kRequestBytes = 16;
}

std::array<std::uint64_t, 2> PageRequest::encode() const {
  std::array<std::uint64_t, 2> words{};
  words[0] = in_field(stream, 31, 0) | in_field(read, 60, 60) | in_field(write, 61, 61) | in_field(last, 62, 62);
  // Without a substream neither privilege nor execution is told.
  if (substream) {
    words[0] |=
        in_field(*substream, 51, 32) | in_field(privileged, 58, 58) | in_field(execute, 59, 59) | in_field(1, 63, 63);
  }
  words[1] = in_field(group, 8, 0) | address_field(address, 63, 12);
  return words;
}

PageRequest PageRequest::decode(const std::array<std::uint64_t, 2>& words) {
  PageRequest request;
  request.stream = static_cast<StreamId>(field(words[0], 31, 0));
  if (bit(words[0], 63)) request.substream = static_cast<SubstreamId>(field(words[0], 51, 32));
  request.privileged = bit(words[0], 58);
  request.execute = bit(words[0], 59);
  request.read = bit(words[0], 60);
  request.write = bit(words[0], 61);
  request.last = bit(words[0], 62);
  request.group = static_cast<std::uint16_t>(field(words[1], 8, 0));
  request.address = address_field(words[1], 63, 12);
  return request;
}

PageQueue::Result PageQueue::push(Bus& bus, const PageRequest& request) {
  if (overflow != overflow_acknowledged) return Result::dropped;
  if (ring.occupied(prod, cons) >= 1u << ring.bits) {
    overflow = !overflow;
    return Result::overflowed;
  }
  PhysAddr at = base + ring.slot(prod) * kRequestBytes;
  for (const std::uint64_t word : request.encode()) {
    if (!bus.write64(at, word)) return Result::aborted;
    at += 8;
  }
  prod = ring.next(prod);
  return Result::written;
}

}  // namespace hw::smmu
