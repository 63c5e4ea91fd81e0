// SPDX-License-Identifier: Apache-2.0
// Makes the cases of an earlier suite anew, of those that show by this law what they were made for.
#pragma once

#include <string>
#include <vector>

#include "checker/generate/case_maker.hpp"
#include "checker/generate/goal.hpp"
#include "checker/generate/kept_cases.hpp"
#include "checker/generate/mutant_hunts.hpp"
#include "checker/generate/workers.hpp"

namespace iolaw {

// What a case is made for that tells a mutant; the mutant's text follows.
inline constexpr std::string_view kTellsMutant = "Tells the law from this one: ";

struct KeptMade {
  std::vector<MadeCase> cases;
  std::vector<std::string> lost;  // what others were made for: "ioas.map.overlap", or their reason
  std::vector<Sequence> scraps;   // the calls of those, as far as the law speaks of them: something to begin with
};

// Does not depend on threads.
KeptMade keep_cases(const std::vector<KeptCase>& kept, const std::vector<DecisionGoal>& decisions,
                    const MutantHunts& mutants, Workers<CaseMaker>& makers, unsigned threads);

}  // namespace iolaw
