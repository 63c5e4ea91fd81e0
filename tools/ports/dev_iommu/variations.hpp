// SPDX-License-Identifier: Apache-2.0
// How the port makes a call, where the law knows of no difference: from which process, into which buffers, after which
// attempts that come to nothing. Drawn for each call from a seed and from the call itself, so that the same sequence of
// calls is made in the same way when it is shrunk or run again with that seed.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace iolaw::dev_iommu {

class Variations {
 public:
  // Seed 0: every call is made in the plain way.
  explicit Variations(std::uint64_t seed) : seed_(seed) {}

  // From now on what is drawn is drawn for this call.
  void begin(std::string_view rule, std::span<const std::uint64_t> arguments);

  // One of `ways`, of which 0 is the plain one.
  std::uint64_t among(std::uint64_t ways) { return seed_ == 0 ? 0 : next() % ways; }

  // Whether to do what is done once in so many calls.
  bool once_in(std::uint64_t calls) { return seed_ != 0 && next() % calls == 0; }

  // Bytes of memory that the kernel may use for a list of pages: lists are built in pieces that fit.
  std::uint32_t memory_for_lists() const;

 private:
  std::uint64_t next();

  const std::uint64_t seed_;
  std::uint64_t state_ = 0;
};

}  // namespace iolaw::dev_iommu
