// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/hunt_in_parts.hpp"

#include <iterator>

#include "checker/generate/in_parallel.hpp"

namespace iolaw {
namespace {

// More than there are processors, since some take longer than others.
constexpr std::size_t kParts = 12;

struct HuntPart {
  std::vector<std::size_t> mutants;  // indexes among all
  std::vector<Kill> kills;
  std::uint64_t calls = 0;
};

void hunt_part(const Law& law, const Hunt& all, const std::vector<Reached>& pool, std::vector<Sequence> cases,
               const GenerateOptions& options, HuntPart& part) {
  const Model model(law);
  const Simplicity simplicity(law);
  std::vector<Mutant> mutants;
  for (const std::size_t index : part.mutants) mutants.push_back(all.mutant(index).mutant());
  Hunt hunt(model, simplicity, options.seed, std::move(mutants));
  const auto take = [&](const Kill& kill) {
    hunt.strike(kill.sequence);
    cases.push_back(kill.sequence);
    part.kills.push_back({part.mutants[kill.mutant], kill.sequence});
  };
  Budget budget(options.hunt_calls * options.effort / kParts);
  hunt.run(pool, options.hunt_draws, options.minimize_calls, budget, take);
  Budget splicing(options.splice_calls * options.effort / kParts);
  hunt.splice(std::vector<Sequence>(cases), options.minimize_calls, splicing, take);
  Budget beside(options.neighbour_calls * options.effort / kParts);
  hunt.neighbours(std::vector<Sequence>(cases), options.minimize_calls, beside, take);
  Budget varying(options.hunt_vary_calls * options.effort / kParts);
  hunt.vary(std::vector<Sequence>(cases), options.vary_draws, options.minimize_calls, varying, take);
  part.calls = budget.spent() + splicing.spent() + beside.spent() + varying.spent();
}

}  // namespace

std::vector<Kill> hunt_in_parts(const Law& law, const Hunt& all, const std::vector<Reached>& pool,
                                const std::vector<Sequence>& cases, const GenerateOptions& options,
                                std::uint64_t& calls) {
  std::vector<HuntPart> parts(kParts);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all.is_alive(i)) parts[all.mutant(i).rules().front() % kParts].mutants.push_back(i);
  }
  in_parallel(options.threads, kParts, [&](std::size_t i) {
    if (!parts[i].mutants.empty()) hunt_part(law, all, pool, cases, options, parts[i]);
  });
  std::vector<Kill> kills;
  for (HuntPart& part : parts) {
    calls += part.calls;
    std::move(part.kills.begin(), part.kills.end(), std::back_inserter(kills));
  }
  return kills;
}

}  // namespace iolaw
