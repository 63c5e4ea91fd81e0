// SPDX-License-Identifier: Apache-2.0
// What an implementation may leave behind that answered a call as it should: an object that should be gone, one that
// should be there, a field that was not written or was written otherwise, what a call does that fails, or an object
// beside that the call had nothing to do with.
#pragma once

#include <string>
#include <vector>

#include "model/eval/model.hpp"

namespace iolaw {

// What must tell a slip: each rule that can; some probe and some call; or some probe.
enum class Tellers : std::uint8_t { each, some, probes };

struct Slip {
  std::string name;                  // "access.unpin.ok, but one Pin stays"
  State after;                       // in the place of the law's
  std::vector<std::uint32_t> kinds;  // of objects that differ
  Tellers tellers = Tellers::each;
};

// A call that was made in `before`.
struct CallMade {
  const State& before;
  const Call& call;
  std::uint32_t branch;
  const State& after;
};

// One thread at a time.
class Slips {
 public:
  explicit Slips(const Law& law);

  // Of a success, and of a failure on its way: objects that end and are made, and fields, each kind once; the first and
  // the last of several. Of a failure: that the call did all that it does where nothing fails; told apart by whether
  // pieces of a loop had passed before one failed. And those of slip_kinds.hpp. No state has references to what does
  // not live.
  std::vector<Slip> of(const CallMade& made);

 private:
  const Law& law_;
  std::vector<std::vector<std::uint32_t>> later_;  // per rule and branch: the rule of eager_ that asks about a loop
  Law eager_;          // rules without failures; then a rule for each line of a loop: whether a piece before has passed
  Model model_;        // of the law
  Model eager_model_;  // of eager_
};

}  // namespace iolaw
