// SPDX-License-Identifier: Apache-2.0
// What was proved before, by content: a question that was answered is not asked again.
//
// One file, a line per entry: key, payload, checksum. Lines that are damaged are left out when it is read. It is
// replaced as a whole (written beside, then renamed), after what others wrote in the meantime was read again, so a
// reader never sees half of it. Where that fails, the cache warns once and does nothing from then on.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "checker/smt/digest.hpp"

namespace iolaw {

class Cache {
 public:
  static constexpr std::size_t kMostEntries = 60'000;
  static constexpr std::size_t kLongestPayload = 4'000;

  // Without a folder it holds nothing and keeps nothing.
  explicit Cache(std::string folder);

  // Any thread may ask and add.
  std::optional<std::string> find(smt::Digest key);
  void add(smt::Digest key, std::string payload);  // a payload has no line break; one that is too long is not kept
  // Writes what was added. Called once in a while, and at the end.
  void save();

  // What went wrong, once: "cannot write /…/proofs: No space left on device".
  std::optional<std::string> warning() const;
  std::size_t hits() const { return hits_; }

 private:
  struct Entry {
    std::string payload;
    std::uint64_t used = 0;  // when it was last found or added, in order
  };
  void read();

  std::string folder_;
  std::string path_;
  mutable std::mutex mutex_;
  std::map<smt::Digest, Entry> entries_;
  std::uint64_t clock_ = 0;
  std::size_t hits_ = 0;
  bool changed_ = false;
  std::optional<std::string> warning_;
};

// $XDG_CACHE_HOME/iolaw/prove or ~/.cache/iolaw/prove; empty if there is neither.
std::string default_cache_folder();

}  // namespace iolaw
