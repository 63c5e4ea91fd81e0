// SPDX-License-Identifier: Apache-2.0
// What might be true of a law: formulas over its declarations, made from a few patterns. Most are false.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

// An invariant in the words of the law: `invariant name "title": formula`.
struct Candidate {
  std::string title;
  std::string formula;  // "all q: Queue: q.ioas == q.vintf.ioas"
};

// About objects of these kinds, in the order of the law, shorter formulas before longer ones. Patterns: two ways to one
// object or number are equal, or ordered; an enum, a truth value or an option is always the same, or follows from
// another or from a count; an interval lies in another; two objects never share a reference, a number or an address; no
// slot is taken without the one below it; the addresses of an interval are mapped; a number or an interval keeps to a
// constant of the law.
std::vector<Candidate> make_candidates(const Law& law, const std::set<std::uint32_t>& kinds);

// The kinds that formulas speak of, and those that refer to them or to which they refer.
std::set<std::uint32_t> kinds_around(const Law& law, const std::vector<const Expr*>& formulas);

}  // namespace iolaw
