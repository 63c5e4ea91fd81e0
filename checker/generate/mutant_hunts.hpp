// SPDX-License-Identifier: Apache-2.0
// All mutants of a law, and the hunt for sequences that tell them from it, by several threads.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/generate/hunt.hpp"
#include "checker/generate/suite.hpp"

namespace iolaw {

class MutantHunts {
 public:
  // Keeps references.
  MutantHunts(const Law& law, const GenerateOptions& options);

  std::size_t size() const { return places_.size(); }
  const std::string& text(std::size_t mutant) const { return of(mutant).text(); }
  const std::vector<std::uint32_t>& rules() const { return rules_; }  // parallel to the mutants: the first each changes

  // Whether the sequence tells a mutant of this text, which several may have, from the law. One thread at a time.
  bool tells(const std::string& text, const Sequence& sequence) const;
  // What a case that tells it is about: the last call of a rule that the mutant changes.
  std::size_t subject(std::size_t mutant, const Sequence& sequence) const;

  // Parallel to the mutants: the first of the sequences that tells it, nullopt if none does. Of `only`, if given.
  std::vector<std::optional<std::size_t>> first_to_tell(const std::vector<Sequence>& sequences,
                                                        const std::vector<bool>& only = {});

  // Sequences that tell mutants which survived the latest first_to_tell(), of rules that are `wanted`: of the
  // `offered`, in the states of the pool, and beside the cases. Does not depend on threads. `calls` grows by those of
  // the model.
  std::vector<Kill> hunt(const std::vector<bool>& wanted, const std::vector<Sequence>& offered,
                         const std::vector<Reached>& pool, const std::vector<Sequence>& cases, std::uint64_t& calls);

 private:
  // Mutants of some rules; models of their own, so that a thread may work on them beside others.
  struct Part;
  struct Place {
    std::size_t part;
    std::size_t index;
  };
  const MutantModel& of(std::size_t mutant) const;

  const Law& law_;
  const GenerateOptions& options_;
  std::vector<std::uint32_t> rules_;
  std::vector<Place> places_;
  std::multimap<std::string, std::size_t> by_text_;
  std::vector<std::shared_ptr<Part>> parts_;
};

}  // namespace iolaw
