// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/mutation.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <mutex>
#include <set>
#include <string_view>

#include "checker/generate/in_parallel.hpp"
#include "checker/generate/mutant_model.hpp"
#include "checker/generate/mutate.hpp"
#include "checker/generate/workers.hpp"
#include "checker/induct/equivalence.hpp"
#include "checker/induct/problem.hpp"
#include "checker/prove/cache.hpp"
#include "checker/prove/mutated_law.hpp"

namespace iolaw {
namespace {

using Tag = MutantVerdict::Tag;

// Most mutants differ, and E-matching soon finds nothing more to say.
constexpr smt::Budget kEquivalenceBudget{.resources = 300'000, .milliseconds = 20'000};

// A proof for which the budget is too small is open: it shows nothing.
enum class Proof : std::uint8_t { holds, fails, open };

using Name = std::pair<std::string, std::string>;  // rule and property

// Plays the cases on the law, once for many mutants.
struct Player {
  Player(const Law& law, const std::vector<RecordedCase>& cases) : model(law) {
    for (const RecordedCase& one : cases) runs.emplace_back(model, one.sequence);
  }

  const Model model;
  std::vector<LawRun> runs;  // parallel to the cases
};

class Mutation {
 public:
  Mutation(const Law& law, const MutationOptions& options)
      : law_(law),
        options_(options),
        whole_(law),
        cache_(options.cache),
        proofs_(asker("proofs", options.budget)),
        differences_(asker("differences", kEquivalenceBudget)) {
    note(whole_);
    note_probes();
    std::map<std::string, std::size_t> texts;
    std::size_t index = 0;
    for (Mutant& mutant : make_mutants(law)) {
      if (const std::size_t number = ++texts[mutant.text]; number > 1) {
        mutant.text += " (" + std::to_string(number) + ")";
      }
      all_texts_.insert(mutant.text);
      const bool concerned = std::any_of(mutant.rules.begin(), mutant.rules.end(),
                                         [&](std::uint32_t rule) { return law.rules[rule].name == options.rule; });
      if (!options.rule.empty() && !concerned) continue;
      if (index++ % std::max<std::size_t>(1, options.every) == 0) mutants_.push_back(std::move(mutant));
    }
    report_.mutants.resize(mutants_.size());
  }

  MutationReport run() {
    Workers<Player> players([this] { return std::make_unique<Player>(law_, options_.cases); });
    in_parallel(options_.threads, mutants_.size(), [&](std::size_t i) {
      const auto player = players.borrow();
      judge(*player, i);
      const std::lock_guard lock(mutex_);
      if (options_.progress) options_.progress(++done_, mutants_.size());
    });
    find_needless();
    cache_.save();
    report_.cache_warning = cache_.warning().value_or("");
    return std::move(report_);
  }

 private:
  // What probes read, of those that proofs can carry: those that count are not asked.
  void note_probes() {
    for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
      if (!law_.rules[rule].probe) continue;
      try {
        note(*probes_.emplace_back(std::make_unique<induct::Problem>(law_, std::vector<std::uint32_t>{rule})));
        carried_.insert(rule);
      } catch (const Unsupported&) {
      }
    }
  }

  void note(const induct::Problem& problem) {
    for (const induct::Obligation& obligation : problem.obligations()) {
      if (obligation.trivial) continue;
      known_.insert(obligation.key);
      obligations_[{obligation.rule, obligation.property}].push_back({&problem, &obligation});
    }
  }

  // Of the same solver with the same budget, which an answer depends on.
  static smt::Digest asker(const std::string& questions, const smt::Budget& budget) {
    return smt::digest_of(questions + " of mutants, " + smt::solver_name() + ", " + std::to_string(budget.resources) +
                          ", " + std::to_string(budget.milliseconds) + " ms");
  }

  // Asked unless it was before.
  Proof prove(const induct::Problem& problem, const induct::Obligation& obligation) {
    constexpr std::array<std::string_view, 3> kWords = {"holds", "fails", "open"};  // parallel to Proof
    const smt::Digest key = smt::mix(obligation.key, proofs_);
    if (const auto known = cache_.find(key)) {
      const auto word = std::find(kWords.begin(), kWords.end(), *known);
      if (word != kWords.end()) return static_cast<Proof>(word - kWords.begin());
    }
    bool exhausted = false;
    const bool holds = problem.refute(obligation, options_.budget, nullptr, &exhausted) == smt::Answer::unsat;
    const Proof proof = holds ? Proof::holds : exhausted ? Proof::open : Proof::fails;
    cache_.add(key, std::string(kWords[static_cast<std::size_t>(proof)]));
    return proof;
  }

  bool is_no_difference(const induct::Equivalence& equivalence, const induct::DifferenceQuestion& question) {
    const smt::Digest key = smt::mix(question.key, differences_);
    if (const auto known = cache_.find(key)) return *known == "unsat";
    const bool unsat = equivalence.ask(question, kEquivalenceBudget) == smt::Answer::unsat;
    cache_.add(key, unsat ? "unsat" : "open");
    return unsat;
  }

  // Whether the law itself has the proof within the budget: what it has not, a mutant cannot lose.
  bool is_proved(const Name& name) {
    const auto found = obligations_.find(name);
    if (found == obligations_.end()) return true;
    return std::all_of(found->second.begin(), found->second.end(),
                       [&](const Asked& asked) { return prove(*asked.problem, *asked.obligation) == Proof::holds; });
  }

  void judge(Player& player, std::size_t index) {
    const Mutant& mutant = mutants_[index];
    MutantVerdict& verdict = report_.mutants[index];
    verdict.text = mutant.text;
    verdict.by_case = refuting_case(MutantModel(player.model, mutant), player.runs);
    if (options_.quick && !verdict.by_case.empty()) {
      verdict.tag = Tag::refuted;
      return;
    }
    const Law law = mutated_law(law_, mutant);
    try {
      std::vector<std::uint32_t> concerned = mutant.rules;
      std::copy_if(mutant.probes.begin(), mutant.probes.end(), std::back_inserter(concerned),
                   [&](std::uint32_t probe) { return carried_.contains(probe); });
      const induct::Problem problem(law, concerned);
      verdict.proof = failing_proof(problem);
      // A proof that fails is no counterexample: that nothing differs weighs more, where all that is read has a value.
      // Where it has none, a solver gives it some.
      if (verdict.by_case.empty() && reads_exist(problem) && is_equivalent(law, mutant)) {
        verdict.tag = Tag::equivalent;
        return;
      }
    } catch (const Unsupported& error) {
      verdict.tag = Tag::refused;
      verdict.reason = error.what();
    }
    if (!verdict.by_case.empty() || !verdict.proof.empty()) {
      verdict.tag = Tag::refuted;
    } else if (const auto declared = options_.declared.find(mutant.text); declared != options_.declared.end()) {
      verdict.tag = Tag::declared;
      verdict.reason = declared->second;
    }
  }

  std::string refuting_case(const MutantModel& mutant, std::vector<LawRun>& runs) const {
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const bool concerned = std::any_of(runs[i].calls.begin(), runs[i].calls.end(),
                                         [&](const Call& call) { return mutant.concerns(call.rule); });
      if (concerned && distinguishes(mutant, runs[i])) return options_.cases[i].id;
    }
    return "";
  }

  // Properties first that are of this rule alone: they are the likeliest to fail.
  std::string failing_proof(const induct::Problem& problem) {
    std::vector<const induct::Obligation*> open;
    for (const induct::Obligation& obligation : problem.obligations()) {
      if (obligation.trivial || known_.contains(obligation.key)) continue;
      open.push_back(&obligation);
    }
    const auto is_own = [](const induct::Obligation* obligation) {
      return obligation->declared == nullptr || !obligation->declared->on.empty();
    };
    std::stable_partition(open.begin(), open.end(), is_own);
    for (const induct::Obligation* obligation : open) {
      if (prove(problem, *obligation) != Proof::fails) continue;
      if (!is_proved({obligation->rule, obligation->property})) continue;
      return obligation->rule + " / " + obligation->property;
    }
    return "";
  }

  // Whether everything that the mutant reads is proved to have a value, or what it reads is what the law does.
  bool reads_exist(const induct::Problem& problem) {
    return std::all_of(problem.obligations().begin(), problem.obligations().end(),
                       [&](const induct::Obligation& obligation) {
                         if (obligation.tag != induct::Obligation::Tag::reads || obligation.trivial) return true;
                         return known_.contains(obligation.key) || prove(problem, obligation) == Proof::holds;
                       });
  }

  // Of a def: in every rule and probe that reads it.
  bool is_equivalent(const Law& law, const Mutant& mutant) {
    for (const auto* readers : {&mutant.rules, &mutant.probes}) {
      for (const std::uint32_t rule : *readers) {
        const Rule original = original_rule(law_, mutant, rule);
        const induct::Equivalence equivalence(law, original, mutant.law.rules[rule]);
        if (!equivalence.comparable()) return false;
        for (const induct::DifferenceQuestion& question : equivalence.questions()) {
          if (!is_no_difference(equivalence, question)) return false;
        }
      }
    }
    return true;
  }

  void find_needless() {
    std::map<std::string, Tag> judged;
    for (const MutantVerdict& verdict : report_.mutants) judged[verdict.text] = verdict.tag;
    for (const auto& [text, reason] : options_.declared) {
      const auto found = judged.find(text);
      const bool refutes = found != judged.end() && found->second == Tag::refuted;
      const bool proved = found != judged.end() && found->second == Tag::equivalent;
      if (!all_texts_.contains(text)) report_.needless.push_back("no mutant of this law: " + text);
      if (refutes) report_.needless.push_back("declared equivalent, but refuted: " + text);
      if (proved) report_.needless.push_back("declared equivalent, though it is proved: " + text);
    }
  }

  const Law& law_;
  const MutationOptions& options_;
  const induct::Problem whole_;                           // of the law itself
  std::vector<std::unique_ptr<induct::Problem>> probes_;  // of each of its probes
  std::set<std::uint32_t> carried_;                       // those probes
  Cache cache_;
  const smt::Digest proofs_;       // who answers whether an obligation holds,
  const smt::Digest differences_;  // and whether a mutant differs
  std::vector<Mutant> mutants_;
  std::set<std::string> all_texts_;
  MutationReport report_;
  struct Asked {
    const induct::Problem* problem = nullptr;
    const induct::Obligation* obligation = nullptr;
  };
  std::map<Name, std::vector<Asked>> obligations_;  // of the law itself, by name
  std::set<smt::Digest> known_;                     // their questions
  std::size_t done_ = 0;
  std::mutex mutex_;
};

}  // namespace

std::size_t MutationReport::count(Tag tag) const {
  return static_cast<std::size_t>(
      std::count_if(mutants.begin(), mutants.end(), [&](const MutantVerdict& one) { return one.tag == tag; }));
}

std::size_t MutationReport::by_proof() const {
  return static_cast<std::size_t>(std::count_if(mutants.begin(), mutants.end(), [](const MutantVerdict& one) {
    return one.tag == Tag::refuted && !one.proof.empty();
  }));
}

std::size_t MutationReport::by_case() const {
  return static_cast<std::size_t>(std::count_if(mutants.begin(), mutants.end(), [](const MutantVerdict& one) {
    return one.tag == Tag::refuted && !one.by_case.empty();
  }));
}

namespace {

double percentage(std::size_t part, const MutationReport& report) {
  const std::size_t whole = report.mutants.size() - report.count(Tag::equivalent) - report.count(Tag::declared);
  return whole == 0 ? 100.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

double MutationReport::score() const { return percentage(count(Tag::refuted), *this); }
double MutationReport::score_by_proofs() const { return percentage(by_proof(), *this); }

MutationReport mutate_and_judge(const Law& law, const MutationOptions& options) { return Mutation(law, options).run(); }

}  // namespace iolaw
