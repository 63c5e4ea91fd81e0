// SPDX-License-Identifier: Apache-2.0
// Runs on a port under the eyes of the model: random ones from a seed, and given sequences.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "checker/differ/probe_sampler.hpp"
#include "checker/differ/recents.hpp"
#include "model/port/session.hpp"
#include "model/trace/sequence.hpp"
#include "model/trace/trace.hpp"

namespace iolaw {

// A run that ended in an answer that the law does not allow, or in none.
struct Difference {
  Sequence sequence;              // the last step is the one that differs
  std::vector<TraceStep> agreed;  // what the steps before it answered
  Session::Finding finding;       // of the last step
};

// The state after a call that agreed with the law and was answered so.
void follow(const Model& model, State& state, const Call& call, const Outcome& observed);

class Runner {
 public:
  // Keeps references. Resets the port. Most random runs begin with one of `starts`, each of
  // its groups as likely as the others; no group is empty.
  Runner(const Model& model, Port& port, std::vector<std::vector<Sequence>> starts = {});

  // A run of some dozen random calls that `seed` decides, but no more than `most`; probes now and then and at the end.
  // Each run draws from a subset of the rules (swarm testing), so that runs differ in kind.
  std::optional<Difference> run_random(std::uint64_t seed, std::uint64_t most);

  // The sequence from the initial state, up to its first difference. Nothing is found, and no further call is made,
  // where the sequence comes to a call of which the law is silent. Calls that the port cannot make are left out.
  std::optional<Difference> run(const Sequence& sequence);

  std::uint64_t steps() const { return steps_; }                        // calls compared in all runs
  std::uint64_t taken(std::uint32_t rule, std::uint32_t branch) const;  // how often the law took this outcome
  std::size_t outcomes() const { return outcomes_; }                    // how many outcomes were taken at least once
  const std::map<std::string, std::string>& unsupported() const { return unsupported_; }  // rule -> the port's reason

 private:
  void count(const Session::Finding& finding);
  // Whether the run must end; otherwise the step was logged, or was none.
  bool judge(Session::Verdict verdict);
  // A call worth making now: the less common its sort has been, the likelier.
  Call draw(std::mt19937_64& random);
  // Calls of one sort take one branch, make or end objects of the same kinds, and find as many: none, one, or several.
  std::uint64_t sort_of(const Call& call, std::uint32_t branch, const State& after) const;
  // Whether the rule would make one more of what there is enough of.
  bool crowded(std::uint32_t rule) const;
  bool differs_at_start(const Sequence& start);
  // Make one call, or ask one probe: whether the port differs. Probes are not logged: they change nothing.
  bool differs(const Call& call);
  bool differs_at_probe(std::mt19937_64& random);
  Difference difference() const;
  void choose_rules(std::mt19937_64& random);

  const Model& model_;
  Sampler sampler_;
  ProbeSampler probes_;
  Recents recents_;
  Session session_;
  std::vector<std::vector<Sequence>> starts_;
  std::vector<std::uint32_t> rules_;                        // of this run, without probes
  std::uint64_t most_objects_ = 1;                          // likewise
  std::unordered_map<std::uint64_t, std::uint64_t> sorts_;  // how often calls of a sort were made
  std::uint64_t sorted_ = 0;                                // their sum
  State scratch_;
  Outcome scratch_outcome_;
  std::vector<TraceStep> log_;                     // of this run
  std::vector<std::vector<std::uint64_t>> taken_;  // per rule: successes, then its branches
  std::size_t outcomes_ = 0;
  std::uint64_t steps_ = 0;
  std::map<std::string, std::string> unsupported_;
};

}  // namespace iolaw
