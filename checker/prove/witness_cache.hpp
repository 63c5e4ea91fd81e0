// SPDX-License-Identifier: Apache-2.0
// Witnesses that were found before. Each is made again on the law at hand before it is believed, so that most outlive
// an edit of the law.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/prove/cache.hpp"
#include "checker/prove/witness_file.hpp"
#include "checker/scope/target.hpp"

namespace iolaw {

class WitnessCache {
 public:
  // `kept` are those beside the law, looked at first. `searches` names the ways of searching: that they found nothing
  // is remembered of them alone. Keeps references.
  WitnessCache(const Model& model, const KeptWitnesses& kept, Cache& cache, std::string_view searches);

  // `name`: of the rule and the property, "ioas.map reachable.overlap".
  void add(const std::string& name, const std::vector<Call>& calls);
  struct Found {
    std::vector<Call> calls;
    bool cached = false;  // not from beside the law
  };
  // The witness of this law, or of another one that has such a rule.
  std::optional<Found> find(const std::string& name, const scope::Target& target) const;

  // That nothing was found for this very text, and what was said of that.
  void add_failure(const std::string& name, const std::string& note);
  std::optional<std::string> find_failure(const std::string& name) const;

 private:
  smt::Digest key(const std::string& name, bool anywhere) const;
  std::optional<Found> replayed(const std::string& text, const scope::Target& target, bool cached) const;

  const Model& model_;
  const Law& law_;
  const KeptWitnesses& kept_;
  Cache& cache_;
  smt::Digest text_;  // of the whole law, and of the searches
  smt::Digest view_;
};

}  // namespace iolaw
