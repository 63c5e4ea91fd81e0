// SPDX-License-Identifier: Apache-2.0
// Which assumptions a question is likely to need: few of many, and the solver's time goes with their number.
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "checker/smt/term.hpp"

namespace iolaw::induct {

class Selection {
 public:
  using Symbols = std::unordered_set<std::uint32_t>;  // functions and variables; witnesses have nothing to tell

  explicit Selection(const smt::Terms& terms) : terms_(terms) {}  // keeps a reference

  // Reads what may be assumed.
  void note(const std::vector<smt::Term>& assumptions);

  Symbols symbols_of(const std::vector<smt::Term>& denial) const;

  // Whether at least half of the symbols of an assumption that was noted are the question's; who lives counts only
  // where it says nothing else.
  bool matters(smt::Term assumption, const Symbols& question) const;

 private:
  bool is_dull(std::uint32_t symbol) const;

  const smt::Terms& terms_;
  std::unordered_map<smt::Term, std::vector<std::uint32_t>> noted_;
};

}  // namespace iolaw::induct
