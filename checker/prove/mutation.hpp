// SPDX-License-Identifier: Apache-2.0
// How much is known of a law besides its rules: each mutant of a rule (see generate/mutate.hpp) should contradict
// something. A property of the law, of which a proof no longer goes through; or a case of its suite, whose answers
// implementations were seen to give. What contradicts neither may be wrong without anybody being told, unless it means
// the same as the law: that is proved, or declared with a reason.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "checker/generate/read_cases.hpp"
#include "checker/smt/solver.hpp"
#include "model/law/law.hpp"

namespace iolaw {

struct MutantVerdict {
  enum class Tag : std::uint8_t {
    refuted,     // by a proof, by a case, or by both
    equivalent,  // proved: it means the same in every state that meets the invariants
    declared,    // equivalent, as somebody says with a reason
    survives,    // nothing contradicts it
    refused,     // proofs cannot carry it, and no case refutes it
  };
  std::string text;  // "ioas.map: `length == 0` never applies"; the second of that text ends in " (2)"
  Tag tag = Tag::survives;
  std::string proof{};    // the obligation of which the proof fails: "ioas.map / area.disjoint"
  std::string by_case{};  // the case that it answers otherwise, or not: "ioas.map.overlap_2"
  std::string reason{};   // declared, refused
};

struct MutationOptions {
  std::string rule;                             // only mutants that change this rule
  std::size_t every = 1;                        // only every so-manieth of them
  bool quick = false;                           // no proofs of mutants that a case refutes
  std::vector<RecordedCase> cases;              // what implementations were seen to do
  std::map<std::string, std::string> declared;  // equivalent mutants, with reasons
  std::string cache;                            // a folder for answers of the solver; empty: none
  // For a proof, of the law or of a mutant: one that needs more counts neither for the mutant nor against it.
  smt::Budget budget{.resources = 1'500'000, .milliseconds = 20'000};
  unsigned threads = 2;
  std::function<void(std::size_t done, std::size_t all)> progress;
};

struct MutationReport {
  std::vector<MutantVerdict> mutants;  // in the order of the rules
  // Declarations that say nothing: no mutant has this text, or it is refuted, or proved equivalent.
  std::vector<std::string> needless;
  std::string cache_warning;

  std::size_t count(MutantVerdict::Tag tag) const;
  std::size_t by_proof() const;
  std::size_t by_case() const;
  // Of the mutants that are not equivalent, the percentage that is refuted; 100 if there are none.
  double score() const;
  double score_by_proofs() const;
};

// Reachability is not asked.
MutationReport mutate_and_judge(const Law& law, const MutationOptions& options);

// The declarations of a document: a line "## reason", below it a fenced block with the text of a mutant on each line.
std::map<std::string, std::string> read_declared_mutants(std::string_view document);

}  // namespace iolaw
