// SPDX-License-Identifier: Apache-2.0
// A small law built by hand, with every construct that the evaluator knows:
//
//   object Space {}                       object Memory shared { size: u64 }
//   object Range { in space: Space at span; holds memory: Memory; note: maybe u64 }
//   object Port { in space: Space at slot: number; weight: nat }
//   object User { holds space: Space }
//   count Space.users = User.space        count Memory.users = Range.memory
//   rules: space.new, space.destroy, range.put, range.share, range.take, range.auto, port.new, port.drop, user.new
#pragma once

#include "model/law/law.hpp"

namespace iolaw::toy {

enum KindIndex : std::uint32_t { kSpace, kMemory, kRange, kPort, kUser };
enum RuleIndex : std::uint32_t {
  kSpaceNew,
  kSpaceDestroy,
  kRangePut,    // (space, start, length) -> range
  kRangeShare,  // (range, space) -> range: the same memory elsewhere, `note` is set
  kRangeTake,   // (space, start, length) -> taken: piece by piece, stops at a range that is not whole inside
  kRangeAuto,   // (space, length) -> start, range: the implementation chooses where; EAGAIN or ENOSPC if there is no
                // room
  kPortNew,     // (space, number) -> port
  kPortDrop,    // (space, number)
  kUserNew,     // (space) -> user
};
enum FieldIndex : std::uint32_t {
  kRangeSpace = 0,
  kRangeSpan = 1,
  kRangeMemory = 2,
  kRangeNote = 3,
  kPortSpace = 0,
  kPortNumber = 1,
  kPortWeight = 2,
};

Law make_law();

}  // namespace iolaw::toy
