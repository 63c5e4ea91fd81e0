// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/fault.hpp"

#include "hw_reference/smmu/bits.hpp"

namespace hw::smmu {

bool may_stall(EventCode code) {
  return code == EventCode::translation || code == EventCode::address_size || code == EventCode::access_flag ||
         code == EventCode::permission;
}

bool tells_address(EventCode code) {
  switch (code) {
    case EventCode::walk_abort:
    case EventCode::translation:
    case EventCode::address_size:
    case EventCode::access_flag:
    case EventCode::permission:
    case EventCode::tlb_conflict:
    case EventCode::bad_ats_request:
    case EventCode::translated_forbidden:
      return true;
    default:
      return false;
  }
}

// C_BAD_SUBSTREAMID has a SubstreamID but no SSV bit; F_STREAM_DISABLED has neither.
std::array<std::uint64_t, 4> Event::encode() const {
  std::array<std::uint64_t, 4> words{};
  words[0] = in_field(static_cast<std::uint64_t>(code), 7, 0) | in_field(stream, 63, 32);
  if (substream && code != EventCode::stream_disabled) {
    words[0] |= in_field(*substream, 31, 12) | in_field(code != EventCode::bad_substream, 11, 11);
  }
  if (tells_address(code)) {
    words[1] = in_field(access.privileged, 33, 33) | in_field(access.instruction, 34, 34) |
               in_field(!access.write, 35, 35) | in_field(stage2, 39, 39) |
               in_field(static_cast<std::uint64_t>(at), 41, 40);
    words[2] = input;
    if (stall) words[1] |= in_field(1, 31, 31) | in_field(tag, 15, 0);
  }
  words[3] = stage2 && code != EventCode::walk_abort ? address_field(fetch, 51, 12) : address_field(fetch, 51, 3);
  return words;
}

Event Event::decode(const std::array<std::uint64_t, 4>& words) {
  Event event;
  event.code = static_cast<EventCode>(field(words[0], 7, 0));
  event.stream = static_cast<StreamId>(field(words[0], 63, 32));
  if (bit(words[0], 11) || event.code == EventCode::bad_substream) {
    event.substream = static_cast<SubstreamId>(field(words[0], 31, 12));
  }
  if (tells_address(event.code)) {
    event.access = {.write = !bit(words[1], 35), .privileged = bit(words[1], 33), .instruction = bit(words[1], 34)};
    event.stage2 = bit(words[1], 39);
    event.at = static_cast<FaultClass>(field(words[1], 41, 40));
    event.input = words[2];
    event.stall = bit(words[1], 31);
    if (event.stall) event.tag = static_cast<std::uint16_t>(field(words[1], 15, 0));
  }
  event.fetch = words[3];
  return event;
}

}  // namespace hw::smmu
