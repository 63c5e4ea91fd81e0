// SPDX-License-Identifier: Apache-2.0
// A rule as the atomic steps that its success consists of, each ready to be proved: what may be assumed before it and
// what it makes of the state.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checker/induct/state.hpp"

namespace iolaw::induct {

struct Transition {
  const Rule* rule = nullptr;
  std::string name;              // "ioas.unmap", "ioas.unmap (each area)"
  const Each* each = nullptr;    // of a piece
  std::vector<Value> arguments;  // of the rule
  std::vector<Term> given;       // checks passed, choices permitted, new objects new, arguments of their types
  std::vector<Term> lemmas;      // to be proved besides: pieces stay pieces
  Term kept = nullptr;           // every value that is kept fits
  const View* before = nullptr;  // of its set
  // The items of the rule that are read since the loop before it: [begin, end); and what is known where that begins.
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<Term> before_items;
  std::vector<Term> before_piece;  // of a piece: what is known where its own items are read
  std::unique_ptr<Frame> frame;
  std::unique_ptr<Changes> changes;
  std::unique_ptr<NextState> after;
};

// The pieces of a rule, then the rule itself: the effects after its loops, or all of them.
std::vector<Transition> transitions_of(Translator& translator, const Rule& rule, const View& before);

}  // namespace iolaw::induct
