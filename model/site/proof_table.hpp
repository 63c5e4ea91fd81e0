// SPDX-License-Identifier: Apache-2.0
// Proofs by rule and by property.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/site/site.hpp"

namespace iolaw::site {

class ProofTable {
 public:
  explicit ProofTable(const std::vector<Proof>& proofs);

  bool empty() const { return proofs_.empty(); }
  const std::vector<Proof>& all() const { return proofs_; }
  // In the order of the report. Those of the steps of a loop ("ioas.unmap (each a)") are with their rule.
  std::vector<const Proof*> of_rule(const std::string& rule) const;
  std::vector<const Proof*> of_property(const std::string& property) const;
  const Proof* find(const std::string& row, const std::string& property) const;
  // "ioas.map", "ioas.unmap (each a)", "initial state": as they first appear.
  const std::vector<std::string>& rows() const { return rows_; }

 private:
  const std::vector<Proof>& proofs_;
  std::vector<std::string> rows_;
  std::map<std::string, std::vector<const Proof*>> by_rule_;
  std::map<std::string, std::vector<const Proof*>> by_property_;
  std::map<std::pair<std::string, std::string>, const Proof*> cells_;
};

// "ioas.unmap" of "ioas.unmap (each a)".
std::string rule_of(const std::string& row);

// The anchor of one proof in the page of its rule: no space is in it.
std::string proof_anchor(const std::string& row, const std::string& property);

// "12 ms", "1.4 s"; "kept" where the proof is from an earlier run, whose time nobody wrote down.
std::string time_html(const Proof& proof);

// "proved" as a coloured label.
std::string verdict_html(const Proof& proof);

}  // namespace iolaw::site
