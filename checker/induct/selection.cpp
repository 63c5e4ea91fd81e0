// SPDX-License-Identifier: Apache-2.0
#include "checker/induct/selection.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "checker/smt/skolem.hpp"

namespace iolaw::induct {
namespace {

void collect(const smt::Terms& terms, smt::Term term, std::unordered_set<smt::Term>& seen,
             Selection::Symbols& symbols) {
  if (!seen.insert(term).second) return;
  const bool is_named = term->op == smt::TermOp::apply || term->op == smt::TermOp::variable;
  if (is_named && !smt::is_witness(terms, term)) symbols.insert(term->symbol);
  for (const smt::Term arg : term->args) collect(terms, arg, seen, symbols);
}

}  // namespace

bool Selection::is_dull(std::uint32_t symbol) const {
  return std::string_view(terms_.name(symbol)).ends_with(".lives");
}

Selection::Symbols Selection::symbols_of(const std::vector<smt::Term>& denial) const {
  Symbols symbols;
  std::unordered_set<smt::Term> seen;
  for (const smt::Term part : denial) collect(terms_, part, seen, symbols);
  return symbols;
}

void Selection::note(const std::vector<smt::Term>& assumptions) {
  for (const smt::Term assumption : assumptions) {
    const auto [place, added] = noted_.try_emplace(assumption);
    if (!added) continue;
    const Symbols symbols = symbols_of({assumption});
    std::vector<std::uint32_t>& kept = place->second;
    std::copy_if(symbols.begin(), symbols.end(), std::back_inserter(kept), [&](auto one) { return !is_dull(one); });
    if (kept.empty()) kept.assign(symbols.begin(), symbols.end());
  }
}

bool Selection::matters(smt::Term assumption, const Symbols& question) const {
  const std::vector<std::uint32_t>& symbols = noted_.at(assumption);
  const auto known =
      std::count_if(symbols.begin(), symbols.end(), [&](std::uint32_t one) { return question.contains(one); });
  return 2 * static_cast<std::size_t>(known) >= symbols.size();
}

}  // namespace iolaw::induct
