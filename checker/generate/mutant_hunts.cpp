// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/mutant_hunts.hpp"

#include <algorithm>
#include <iterator>

#include "checker/generate/in_parallel.hpp"

namespace iolaw {
namespace {

// More than there are processors, since some take longer than others.
constexpr std::size_t kParts = 12;

}  // namespace

struct MutantHunts::Part {
  Part(const Law& law, std::uint64_t seed, std::vector<Mutant> hunted)
      : model(law), simplicity(law), hunt(model, simplicity, seed, std::move(hunted)) {}

  Model model;
  Simplicity simplicity;
  Hunt hunt;
  std::vector<std::size_t> mutants;  // indexes among all
};

MutantHunts::MutantHunts(const Law& law, const GenerateOptions& options) : law_(law), options_(options) {
  std::vector<std::vector<Mutant>> of_part(kParts);
  std::vector<std::vector<std::size_t>> indexes(kParts);
  for (Mutant& mutant : make_mutants(law)) {
    const std::uint32_t rule = mutant.rules.front();
    const std::size_t part = rule % kParts;
    by_text_.emplace(mutant.text, rules_.size());
    indexes[part].push_back(rules_.size());
    rules_.push_back(rule);
    places_.push_back({part, of_part[part].size()});
    of_part[part].push_back(std::move(mutant));
  }
  parts_.resize(kParts);
  in_parallel(options.threads, kParts, [&](std::size_t i) {
    parts_[i] = std::make_shared<Part>(law, options.seed, std::move(of_part[i]));
    parts_[i]->mutants = std::move(indexes[i]);
  });
}

const MutantModel& MutantHunts::of(std::size_t mutant) const {
  return parts_[places_[mutant].part]->hunt.mutant(places_[mutant].index);
}

bool MutantHunts::tells(const std::string& text, const Sequence& sequence) const {
  const auto [first, last] = by_text_.equal_range(text);
  return std::any_of(first, last, [&](const auto& one) {
    return distinguishes(parts_[places_[one.second].part]->model, of(one.second), sequence).has_value();
  });
}

std::size_t MutantHunts::subject(std::size_t mutant, const Sequence& sequence) const {
  const std::vector<std::uint32_t>& rules = of(mutant).rules();
  for (std::size_t i = sequence.size(); i-- > 0;) {
    if (std::find(rules.begin(), rules.end(), sequence[i].rule) != rules.end()) return i;
  }
  return sequence.size() - 1;
}

std::vector<std::optional<std::size_t>> MutantHunts::first_to_tell(const std::vector<Sequence>& sequences,
                                                                   const std::vector<bool>& only) {
  std::vector<std::optional<std::size_t>> first(size());
  in_parallel(options_.threads, kParts, [&](std::size_t i) {
    Part& part = *parts_[i];
    for (std::size_t mutant = 0; mutant < part.mutants.size(); ++mutant) {
      part.hunt.set_alive(mutant, only.empty() || only[part.mutants[mutant]]);
    }
    for (std::size_t which = 0; which < sequences.size(); ++which) {
      for (const std::size_t mutant : part.hunt.strike(sequences[which])) first[part.mutants[mutant]] = which;
    }
  });
  return first;
}

std::vector<Kill> MutantHunts::hunt(const std::vector<bool>& wanted, const std::vector<Sequence>& offered,
                                    const std::vector<Reached>& pool, const std::vector<Sequence>& cases,
                                    std::uint64_t& calls) {
  std::vector<std::vector<Kill>> kills(kParts);
  std::vector<std::uint64_t> spent(kParts, 0);
  in_parallel(options_.threads, kParts, [&](std::size_t i) {
    Part& part = *parts_[i];
    Hunt& hunt = part.hunt;
    std::vector<Sequence> known = cases;
    const auto take = [&](const Kill& kill) {
      hunt.strike(kill.sequence);
      known.push_back(kill.sequence);
      kills[i].push_back({part.mutants[kill.mutant], kill.sequence});
    };
    const auto budget = [&](std::uint64_t of_all) { return Budget(of_all * options_.effort / kParts); };
    Budget offering = budget(options_.hunt_calls);
    hunt.offer(offered, options_.minimize_calls, offering, take);
    for (std::size_t mutant = 0; mutant < part.mutants.size(); ++mutant) {
      if (!wanted[rules_[part.mutants[mutant]]]) hunt.set_alive(mutant, false);
    }
    if (hunt.alive() == 0) return;
    Budget hunting = budget(options_.hunt_calls);
    hunt.run(pool, options_.hunt_draws, options_.minimize_calls, hunting, take);
    Budget splicing = budget(options_.splice_calls);
    hunt.splice(std::vector<Sequence>(known), options_.minimize_calls, splicing, take);
    Budget beside = budget(options_.neighbour_calls);
    hunt.neighbours(std::vector<Sequence>(known), options_.minimize_calls, beside, take);
    Budget varying = budget(options_.hunt_vary_calls);
    hunt.vary(std::vector<Sequence>(known), options_.vary_draws, options_.minimize_calls, varying, take);
    spent[i] = hunting.spent() + splicing.spent() + beside.spent() + varying.spent();
  });
  std::vector<Kill> all;
  for (std::size_t i = 0; i < kParts; ++i) {
    calls += spent[i];
    std::move(kills[i].begin(), kills[i].end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace iolaw
