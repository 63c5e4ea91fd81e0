// SPDX-License-Identifier: Apache-2.0
// Calls after which what an implementation left behind shows: for each slip (see slips.hpp) a case for each rule whose
// answer tells it, right after the call or one call later. So each pair of rules is tested of which the second sees
// what the first changed, and each failure is followed by a look at what it may not have changed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checker/generate/explore.hpp"
#include "checker/generate/slips.hpp"

namespace iolaw {

struct SlipSearchOptions {
  std::uint64_t seed = 1;
  unsigned threads = 1;          // the answer does not depend on it
  std::uint64_t calls = 40'000;  // of the model, for each rule
  std::vector<bool> rules;       // whose slips are sought; empty: all
};

// "access.unpin.ok, but one Pin stays; memory.pins tells": a sequence whose last call is the one that tells.
std::map<std::string, Sequence> find_slips(const Law& law, const std::vector<Reached>& pool,
                                           const SlipSearchOptions& options, std::uint64_t& calls);

// One thread at a time.
class SlipJudge {
 public:
  explicit SlipJudge(const Model& model) : model_(model), slips_(model.law()) {}

  // The keys that the calls of a sequence show; its last call; and whether that shows this one.
  std::vector<std::string> shown_by(const Sequence& sequence);
  std::vector<std::string> shown_by_last(const Sequence& sequence);
  bool shows(const Sequence& sequence, const std::string& key);

  // Slips of the last call of a sequence. The world that follows goes to `after`.
  std::vector<Slip> slips_of_last(const Sequence& sequence, World& after);
  // What a call in `world` shows of a slip that led there; nullopt if nothing.
  std::optional<std::string> told(const Slip& slip, World world, const SequenceStep& step) const;

 private:
  // Of the calls that tell, all or the last alone; of the keys, all or the one that is wanted.
  enum class By : std::uint8_t { all, last };
  std::vector<std::string> keys(const Sequence& sequence, By by, const std::string* wanted);

  const Model& model_;
  Slips slips_;
};

}  // namespace iolaw
