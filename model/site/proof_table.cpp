// SPDX-License-Identifier: Apache-2.0
#include "model/site/proof_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/site/html.hpp"

namespace iolaw::site {

ProofTable::ProofTable(const std::vector<Proof>& proofs) : proofs_(proofs) {
  for (const Proof& proof : proofs_) {
    if (rows_.empty() || rows_.back() != proof.rule) {
      if (std::find(rows_.begin(), rows_.end(), proof.rule) == rows_.end()) rows_.push_back(proof.rule);
    }
    by_rule_[rule_of(proof.rule)].push_back(&proof);
    by_property_[proof.property].push_back(&proof);
    cells_.emplace(std::pair(proof.rule, proof.property), &proof);
  }
}

std::vector<const Proof*> ProofTable::of_rule(const std::string& rule) const {
  const auto found = by_rule_.find(rule);
  return found == by_rule_.end() ? std::vector<const Proof*>{} : found->second;
}

std::vector<const Proof*> ProofTable::of_property(const std::string& property) const {
  const auto found = by_property_.find(property);
  return found == by_property_.end() ? std::vector<const Proof*>{} : found->second;
}

const Proof* ProofTable::find(const std::string& row, const std::string& property) const {
  const auto found = cells_.find({row, property});
  return found == cells_.end() ? nullptr : found->second;
}

std::string rule_of(const std::string& row) { return row.substr(0, row.find(" (")); }

std::string proof_anchor(const std::string& row, const std::string& property) {
  std::string out = "proof:" + row + ":" + property;
  std::replace(out.begin(), out.end(), ' ', '-');
  return out;
}

std::string time_html(const Proof& proof) {
  if (proof.cached) return "kept";
  if (proof.seconds >= 1) return fmt::format("{:.1f} s", proof.seconds);
  return proof.seconds >= 0.001 ? fmt::format("{:.0f} ms", proof.seconds * 1000) : "under 1 ms";
}

std::string verdict_html(const Proof& proof) {
  const bool good = proof.verdict == "proved";
  return span(good ? "verdict good" : "verdict bad", escaped(proof.verdict));
}

}  // namespace iolaw::site
