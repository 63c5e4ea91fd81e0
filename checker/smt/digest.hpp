// SPDX-License-Identifier: Apache-2.0
// The content of terms as a number: equal for equal formulas in any run, whatever else was built before them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "checker/smt/term.hpp"

namespace iolaw::smt {

// 128 bits: that two questions ever share one by chance is not to be expected.
struct Digest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend bool operator==(const Digest&, const Digest&) = default;
  friend auto operator<=>(const Digest&, const Digest&) = default;
};

Digest mix(Digest a, Digest b);
Digest digest_of(std::string_view text);
std::string to_text(Digest digest);  // 32 hexadecimal digits

// Remembers what it computed. Operands of which the order means nothing are taken in an order of their own.
class Digester {
 public:
  explicit Digester(const Terms& terms) : terms_(terms) {}

  Digest operator()(Term term);
  // Of a set of formulas.
  Digest all(const std::vector<Term>& formulas);

 private:
  const Terms& terms_;
  std::unordered_map<Term, Digest> done_;
};

}  // namespace iolaw::smt
