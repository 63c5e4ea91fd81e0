// SPDX-License-Identifier: Apache-2.0
// The memory that a program here and the server in the virtual machine share: one request at a time, or many calls that
// follow each other, without a system call on either side. Both sides are built from this file for the same machine.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

#include "model/port/ahead.hpp"
#include "model/port/port.hpp"

namespace iolaw::guest {

struct Mailbox {
  static constexpr std::size_t kBytes = 1 << 21;  // of the shared memory; a power of two
  static constexpr std::size_t kMostNumbers = 32;
  static constexpr std::size_t kMostText = 512;

  // follow: the calls of `queue`, until one is not answered as foretold, or has to be answered: that is the answer.
  enum class Order : std::uint32_t { open, reset, call, follow, end };

  // The caller writes the request, then raises `asked`; the server answers, then sets `answered` to the same number.
  alignas(64) std::atomic<std::uint32_t> asked;
  alignas(64) std::atomic<std::uint32_t> answered;

  // open: `text` names the server's port. call: `text` names the rule.
  alignas(64) Order order;
  std::uint32_t count;
  std::uint64_t numbers[kMostNumbers];
  std::uint32_t length;
  char text[kMostText];

  PortAnswer::Status status;
  std::int32_t error;
  std::uint32_t results;
  bool present[kMostNumbers];
  std::uint64_t values[kMostNumbers];
  std::uint32_t note_length;
  char note[kMostText];

  // Since the last order to follow: so many calls were told, and so many answered as foretold. Call number N stands at
  // place N % kQueue until it is done.
  static constexpr std::uint32_t kQueue = 1024;
  alignas(64) std::atomic<std::uint32_t> told;
  alignas(64) std::atomic<std::uint32_t> followed;
  alignas(64) ToldCall queue[kQueue];
};
static_assert(sizeof(Mailbox) <= Mailbox::kBytes);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

// What does not fit is cut off.
void put_text(std::string_view text, std::uint32_t& length, char (&place)[Mailbox::kMostText]);
void put_answer(const PortAnswer& answer, Mailbox& mailbox);
PortAnswer take_answer(const Mailbox& mailbox);
// Only as far as it is filled.
void put_call(const ToldCall& call, ToldCall& place);

// A hint to the processor that this thread waits for another one.
inline void relax() { __builtin_ia32_pause(); }

}  // namespace iolaw::guest
