// SPDX-License-Identifier: Apache-2.0
// The executable model: for a state and a call, which outcomes the law allows, what follows each, and why another is
// not allowed.
#pragma once

#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/eval/quick_random.hpp"
#include "model/law/law.hpp"

namespace iolaw {

// A reference in a state is the index of the object among those of its kind. An index is used again after the object
// died: a new object takes the lowest index that is free, so equal histories have equal states.
class State {
 public:
  State() = default;
  explicit State(const Law& law);  // the initial state: nothing lives
  State(const State&) = default;
  State(State&&) = default;
  State& operator=(const State& other);  // copies only the kinds that differ, where both came from one state
  State& operator=(State&&) = default;
  ~State() = default;

  // False for kNone and for indexes out of range.
  bool lives(std::uint32_t kind, Word object) const {
    const Objects& objects = kinds_[kind];
    return object < objects.slots && objects.words[object * objects.stride] != 0;
  }
  std::uint32_t slots(std::uint32_t kind) const {
    return kinds_[kind].slots;
  }  // indexes in use or once used: 0..slots-1
  std::uint32_t population(std::uint32_t kind) const { return kinds_[kind].population; }  // objects that live
  // The first word of a field. Intervals have a second one: first, last. So have maybe integers: the value and 1, or 0
  // and 0 for none. The object must live.
  const Word* field(std::uint32_t kind, Word object, std::uint32_t field) const {
    assert(lives(kind, object));
    return &kinds_[kind].words[object * kinds_[kind].stride + (*offsets_)[kind][field]];
  }

  // For building states (counterexamples, tests). `ensure` makes indexes up to `object` exist. What is written through
  // a pointer must be written before the state is copied.
  void ensure(std::uint32_t kind, Word object);
  void set_lives(std::uint32_t kind, Word object, bool lives);
  Word* field(std::uint32_t kind, Word object, std::uint32_t field);

  // The same objects live with the same content. Dead objects have no content, and how many there are does not matter.
  friend bool operator==(const State& a, const State& b);
  std::size_t hash() const;  // agrees with ==

  // All words of a kind, `stride` per object: 1 if it lives (else all are 0), then the fields in order.
  const std::vector<Word>& words(std::uint32_t kind) const { return kinds_[kind].words; }
  Word* words_at(std::uint32_t kind, Word object) {
    touch(kind);
    return &kinds_[kind].words[object * kinds_[kind].stride];
  }
  // Whether a kind has the same words in both, where that can be told by a glance. Both came from one state.
  static bool surely_same(const State& a, const State& b, std::uint32_t kind) {
    return a.kinds_[kind].content == b.kinds_[kind].content;
  }
  // The same of all kinds.
  static bool surely_same(const State& a, const State& b) { return a.content_ == b.content_; }
  std::uint32_t stride(std::uint32_t kind) const { return kinds_[kind].stride; }

 private:
  struct Objects {
    std::uint32_t stride = 0;
    std::uint32_t slots = 0;
    std::uint32_t population = 0;
    std::uint64_t content = 0;  // a number that no other content has; 0: nothing ever lived
    std::vector<Word> words;
  };
  static std::uint64_t new_content();
  void touch(std::uint32_t kind) { kinds_[kind].content = content_ = new_content(); }

  std::vector<Objects> kinds_;
  std::uint64_t content_ = 0;  // of all kinds together
  // The word offset of each field, per kind; shared by all states that came from one.
  std::shared_ptr<const std::vector<std::vector<std::uint32_t>>> offsets_;
};

struct Call {
  std::uint32_t rule = 0;
  std::vector<Word>
      arguments;  // one word per parameter; references are indexes of the state, kNone for "no such object"
  friend bool operator==(const Call&, const Call&) = default;
};

// What an implementation answered, in the model's terms.
struct Outcome {
  int error = 0;  // 0 or a positive Linux errno
  std::vector<std::optional<Word>>
      results;  // of a success; empty optional: none; references are indexes of the next state
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// One outcome that the law allows.
struct Allowed {
  std::uint32_t branch = kSuccess;  // or the index into Rule::branches
  Outcome outcome;
  State next;
};

// How far a call came whose rule has loops of visible pieces (Model::has_pieces).
struct Progress {
  bool begun = false;         // false: nothing was looked at yet
  std::uint32_t each = 0;     // the loop that it is in: index into Rule::eaches
  Word low = 0, high = 0;     // how far it came: what orders a piece must be above this number, two's complement
  std::vector<Word> tallies;  // of all loops, two words each
  friend bool operator==(const Progress&, const Progress&) = default;
};

// A line of an explanation: a condition of the law, whether it holds, and the values that decided.
struct Reason {
  std::string text;  // one or more lines, in the law's words
  Span span;
};

// An expression of the law that has no value in this state: a defect of the law (a dead object read, `the` of none, a
// value that does not fit where it is kept).
struct EvaluationError : std::runtime_error {
  EvaluationError(const std::string& what, Span where) : std::runtime_error(what), span(where) {}
  Span span;
};

// One Model serves one thread at a time: it evaluates in scratch memory of its own. Make one for each thread.
class Model {
 public:
  explicit Model(const Law& law);  // keeps a reference
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const Law& law() const;

  // The outcomes that the law allows, at least one; empty if the call is unspecified. Where a rule leaves a choice to
  // the implementation, `observed` supplies the choice (its results); without it, the smallest permitted value is
  // tried. Refusals that the law permits (`may fail`) come last.
  std::vector<Allowed> allowed(const State& state, const Call& call, const Outcome* observed = nullptr) const;

  // The fast path for oracles and random runs: the single outcome of a deterministic call, the state changed in place.
  // Returns the branch, or nullopt if the call is unspecified (state unchanged). `outcome` receives error and results.
  // Where a branch leaves the errno to the implementation it takes the first one; where a rule leaves a choice, the
  // smallest value; what it may refuse, it does not. After an EvaluationError the state is the one before the call.
  // `goal` is a branch that end() shall tell about.
  std::optional<std::uint32_t> step(State& state, const Call& call, Outcome& outcome,
                                    std::uint32_t goal = kSuccess) const;

  // As step(), but a call that comes to a choice (`choose`) ends there: with kSuccess, nothing changed, end().choice.
  // Much quicker for such calls, where what follows the choice is not asked for. Neither this one nor step_as() looks
  // at what the implementation may refuse.
  std::optional<std::uint32_t> step_to_choice(State& state, const Call& call, Outcome& outcome,
                                              std::uint32_t goal = kSuccess) const;
  // As step(); `offered` becomes the lines by which the implementation may refuse the call instead, as refusals() says.
  std::optional<std::uint32_t> step_or_refuse(State& state, const Call& call, Outcome& outcome,
                                              std::vector<std::uint32_t>& offered) const;

  // As step(), but a choice is the one that was observed, if the law permits it.
  std::optional<std::uint32_t> step_as(State& state, const Call& call, Outcome& outcome, const Outcome& observed) const;

  // Where the last call that was evaluated ended: in which branch, one where the law is silent included, and after how
  // many pieces of the loop that the branch stands in.
  struct End {
    std::uint32_t branch = kSuccess;
    std::uint32_t pieces = 0;
    std::uint32_t met = 0;  // of what the goal's condition joins by `and`, so many held, from the first on
    bool choice = false;    // step_to_choice() came to one
  };
  End end() const;

  // Whether what a loop of the rule did stays when a later piece fails: others may then see the call half done.
  bool has_pieces(std::uint32_t rule) const;

  // One more piece of a call, for where calls overlap: what is looked for and decided is looked for and decided anew
  // in `state`, from where `progress` stands. Only of rules without choice. `on_its_way`: a piece was done, and there
  // may be more; otherwise as step(), and `progress` is as it was.
  struct Advance {
    enum class Stage : std::uint8_t { done, on_its_way, unspecified } stage = Stage::done;
    std::uint32_t branch = kSuccess;  // if done
  };
  Advance advance(State& state, const Call& call, Progress& progress, Outcome& outcome) const;

  // Of a call of a rule that has no effects: whether one of its lines applies; nullopt if that reads what has no value,
  // which is quick, too, and throws nothing. `state` stays as it is.
  std::optional<bool> applies(State& state, const Call& call) const;

  // The branches by which an implementation may refuse the call, in order; none if the call is unspecified.
  std::vector<std::uint32_t> refusals(const State& state, const Call& call) const;

  // Why `observed` is not among the allowed outcomes: the branch that the law takes, its condition with values; and for
  // the observed errno, each branch of that errno with the reason why it does not apply.
  std::vector<Reason> explain(const State& state, const Call& call, const Outcome& observed) const;

  // Whether a property holds; invariants and covers read `before` alone. Steps with `on` need the call, and speak of
  // calls that succeeded: ask for no other. A step with `on` holds for calls of other rules.
  bool holds(const Property& property, const State& before, const State* after = nullptr,
             const Call* call = nullptr) const;

  // For an invariant or step that does not hold: the binding of its outermost quantifiers and the conjunct that fails.
  std::vector<Reason> blame(const Property& property, const State& before, const State* after = nullptr,
                            const Call* call = nullptr) const;

  // Whether rule `rule` can leave something to the implementation: several errors in one branch, a `choose`, a `may
  // fail`.
  bool has_choice(std::uint32_t rule) const;

  // The value of an expression whose free slots are in `frame`, one after the other, as many words each as words_of()
  // says; a slot that the formula does not name has one word. For explanations and tests. Throws EvaluationError.
  bool truth(const Expr& formula, const State& state, const std::vector<Word>& frame) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Draws calls that are worth making: objects that live, and sometimes not; numbers taken from the law's constants, the
// ends of intervals in the state and their neighbours, lengths of intervals, alignment units, zero, one and the
// maximum.
class Sampler {
 public:
  explicit Sampler(const Law& law);
  ~Sampler();

  // Any rule that is not a probe, each as likely as the others (what creates objects is drawn seldom where many live);
  // or the rule given.
  Call call(const State& state, std::mt19937_64& random) const;
  Call call(const State& state, std::uint32_t rule, std::mt19937_64& random) const;
  // The same distribution, drawn faster, into a call whose memory is used again.
  void draw(const State& state, std::uint32_t rule, QuickRandom& random, Call& call) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// "ioas.map(ioas0, user_va = 0x40000000, length = 0x1000, …)"; "EEXIST (ioas.map.overlap)"; "ok, pin = pin0".
std::string to_string(const Law& law, const Call& call);
std::string to_string(const Law& law, const Call& call, const Outcome& outcome, std::uint32_t branch);
// The value of one field, argument or result, as the law would write it.
std::string to_string(const Law& law, const Type& type, const Word* words);
// Only what differs, one line per object: "+ area0: ioas = ioas0, span = 0x1000..0x1fff, …", "- pin0", "~ access0: …".
std::vector<std::string> difference(const Law& law, const State& before, const State& after);

}  // namespace iolaw
