// SPDX-License-Identifier: Apache-2.0
// Runs on a port under the eyes of the model: random ones from a seed, and given sequences.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>
#include "model/eval/quick_random.hpp"

#include "checker/differ/corpus.hpp"
#include "checker/differ/coverage.hpp"
#include "checker/differ/drawer.hpp"
#include "checker/differ/ledger.hpp"
#include "checker/differ/observer.hpp"
#include "checker/differ/seeker.hpp"
#include "checker/differ/situation.hpp"
#include "checker/differ/starts.hpp"
#include "checker/differ/topics.hpp"
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
  // Keeps references. Resets the port. Most random runs begin with one of `starts`, those that were used least first.
  Runner(const Model& model, Port& port, std::vector<Start> starts = {});

  // A run of some dozen calls that `seed` and the runs before it decide, but no more than `most`. Of several calls that
  // are drawn, and that the model has tried, the one is made whose outcome, surroundings, numbers and predecessors were
  // seen least. Probes look at what the calls were about; some runs end by destroying everything. Each run draws from
  // rules that have to do with each other, or from a random subset (swarm testing), so that runs differ in kind.
  //
  // A port that can be told calls ahead makes those of a run while the next one is drawn: what it is found to do then
  // is told by that one, or by settle().
  std::optional<Difference> run_random(std::uint64_t seed, std::uint64_t most);
  // Waits for the answers to all calls.
  std::optional<Difference> settle();

  // The sequence from the initial state, up to its first difference. Nothing is found, and no further call is made,
  // where the sequence comes to a call of which the law is silent. Calls that the port cannot make are left out.
  std::optional<Difference> run(const Sequence& sequence);

  // A shorter sequence that shows a difference too, with another call at its end; nullopt if none was found.
  std::optional<Difference> run_shorter(const Sequence& sequence);

  std::uint64_t steps() const { return steps_; }  // calls compared in all runs
  const Ledger& ledger() const { return ledger_; }

  // From now on, what a run shows for the first time is kept: take_discoveries() gives it away.
  void collect() { collects_ = true; }
  std::vector<Discovery> take_discoveries() { return std::exchange(discoveries_, {}); }
  // A history that is known to be interesting.
  void add_start(Start start) { keep_start(std::move(start)); }

 private:
  struct Used {
    Start start;
    std::uint64_t times = 0;
  };
  // A run whose calls were told and not all answered, and what there was before it.
  struct Flight {
    std::uint64_t first = 0;  // number of its first call
    std::uint64_t steps = 0;
    Ledger ledger;
    std::vector<Session::Told> calls;
    std::size_t start = 0;    // which start it began with,
    std::size_t history = 0;  // and how many calls belong to its history
  };
  std::optional<Difference> run_drawn(std::uint64_t most);
  std::optional<Difference> run_ahead(std::uint64_t calls);
  // Goes back to the call that stopped: what was drawn since was not made.
  std::optional<Difference> land(const Ahead::Stop& stop);
  void begins_with(std::size_t start, std::size_t history);
  void pass_over(std::size_t start) { starts_[start].times += 1'000'000; }
  // Whether the run must end; otherwise the step was logged, or was none.
  bool judge(Session::Verdict verdict);
  float new_kinds(const State& after) const;
  std::uint32_t goal(std::uint32_t rule, QuickRandom& random) const;
  void take(Drawer::Aimed& aimed);
  // Draws drawn_; whether the law says that it succeeds.
  bool draw(QuickRandom& random);
  // Whether the rule would make one more of what there is enough of.
  bool crowded(std::uint32_t rule) const;
  // Finds able_ anew, if the state changed; adds to rules_ where it would be empty.
  void find_able(QuickRandom& random);
  bool differs_at_start(QuickRandom& random, std::uint64_t most);
  // A history into which another is put that does something to its objects.
  bool differs_in_between(QuickRandom& random, std::uint64_t end);
  // One whose last call names an object of a kind that the step names, on the objects that there are.
  bool differs_at_guest(const SequenceStep& about, QuickRandom& random, std::uint64_t end);
  Word another(std::uint32_t kind, const std::vector<std::pair<std::uint32_t, Word>>& taken, QuickRandom& random) const;
  // A start up to a call of the rule, one of those that there are.
  Sequence ending_in(std::uint32_t rule, QuickRandom& random) const;
  void keep_start(Start start);
  // Whether the number is an address at which something is found.
  bool is_key(std::uint32_t rule, std::size_t parameter) const;
  bool differs_at_end(QuickRandom& random, std::uint64_t end);
  // Make one call, or ask one probe: whether the port differs. Probes are not logged: they change nothing.
  bool differs(const Call& call, Session::Expected* expected = nullptr);
  // And at the probes after it.
  bool differs_at_call(const Call& call, std::uint64_t end, Session::Expected* expected = nullptr);
  bool differs_anywhere();  // at a probe about anything
  bool differs_at_probes(QuickRandom& random, std::uint64_t end);
  bool differs_at(const std::optional<Call>& probe);
  bool differs_at_step(const SequenceStep& step, Names& names);
  std::optional<Call> ending(QuickRandom& random);
  // The calls of the run so far, and one more, in the terms of a sequence.
  Sequence sequence_of_log(const Call* last) const;
  Difference difference() const;
  std::vector<std::uint32_t> scene_of(std::uint32_t rule, QuickRandom& random) const;
  void choose_scene(std::uint32_t rule, QuickRandom& random);
  void choose_rules(QuickRandom& random);
  // How much of what calls of a rule do is new.
  struct Novelty {
    float fresh = 1;
    float calls = 1;
    float rate() const { return fresh / calls; }
  };

  // Looks for outcomes that no run took so far, for a time that grows with the steps.
  void seek();
  // Counts the pair that the last two calls of the log make, if they have to do with each other.
  void note_pair();

  const Model& model_;
  Situation situation_;
  Drawer drawer_;
  Observer observer_;
  Topics topics_;
  Session session_;
  Ledger ledger_;
  Coverage coverage_;
  std::vector<Novelty> novelty_;  // per rule
  std::optional<Seeker> seeker_;
  std::uint64_t next_seek_ = 0;  // in steps
  std::vector<Used> starts_;
  // Per rule: starts, and which of its calls is one of the rule; of a start without calls, its last step is.
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> ends_;
  std::vector<std::uint32_t> ended_;                     // rules that have some
  std::vector<std::vector<std::uint32_t>> ended_about_;  // per kind: those of them that name an object of it
  std::vector<std::vector<std::pair<std::uint32_t, std::size_t>>> endings_;  // per kind: rules that end a parameter
  std::vector<std::uint32_t> all_rules_;                                     // without probes
  std::vector<std::uint32_t> rules_;                                         // of this run, without probes
  std::vector<std::uint32_t> able_;  // of these, those that have something to name, and make nothing that is crowded
  bool able_known_ = false;
  std::uint64_t most_objects_ = 1;  // likewise
  bool fast_ = false;               // this run does not look for what is new
  bool in_scene_ = false;           // this run has few rules, and begins with nothing
  bool planned_ = false;            // this run began with calls of a start
  QuickRandom random_;              // likewise
  int aims_ = 1;                    // likewise
  int draws_ = 1;                   // likewise
  Call drawn_;                      // the call that is made next, with its features in features_ unless the run is fast
  Call spoiled_;                    // likewise, with another argument
  // What the model makes of drawn_ in the state in which it was drawn; known_: that is the state of the session.
  Session::Expected expected_;
  bool known_ = false;
  State scratch_;
  Outcome scratch_outcome_;
  Features found_;
  Features features_;
  std::vector<TraceStep> log_;  // of this run
  bool first_ = false;          // the last call's outcome had never been taken
  bool collects_ = false;
  std::vector<Discovery> discoveries_;
  std::vector<Flight> flights_;  // in their order; the last one may be the run that is being drawn
  std::uint64_t smooth_ = 0;     // runs since a call was not answered as foretold
  std::uint64_t steps_ = 0;
};

}  // namespace iolaw
