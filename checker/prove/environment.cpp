// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/environment.hpp"

#include <algorithm>
#include <chrono>

#include "checker/induct/axioms.hpp"
#include "checker/smt/skolem.hpp"
#include "model/eval/environment.hpp"

namespace iolaw {
namespace {

using Clock = std::chrono::steady_clock;

// Whether the solver proves that the instance meets the axiom.
bool proves(const Law& law, const Axiom& axiom, const smt::Budget& budget) {
  Terms terms;
  Translator translator(terms, law, Environment::instance);
  const induct::FirstState state(translator);
  std::vector<std::string> kinds;
  for (const Kind& kind : law.kinds) kinds.push_back(kind.name);
  Frame frame(axiom.slots);
  smt::Solver solver(terms, smt::Solver::Logic::quantified, kinds);
  for (const Term known : induct::alignment_axioms(terms)) solver.assume(known);
  solver.assume(smt::name_witnesses(terms, terms.negate(translator.formula(*axiom.formula, frame, state))));
  return solver.check(budget) == smt::Answer::unsat;
}

}  // namespace

std::vector<Finding> check_axioms(const Law& law, const induct::Problem& problem, const smt::Budget& budget) {
  std::vector<Finding> findings;
  const bool contradictory = problem.contradict_environment(budget) == smt::Answer::unsat;
  for (const AxiomCheck& check : check_environment(law)) {
    const Clock::time_point start = Clock::now();
    Finding finding{.rule = "environment", .property = check.name, .note = {}, .counterexample = {}, .trace = {}};
    const auto axiom = std::find_if(law.axioms.begin(), law.axioms.end(),
                                    [&](const Axiom& declared) { return declared.name == check.name; });
    if (contradictory) {
      finding.verdict = Verdict::vacuous;
      finding.note = "the axioms contradict each other, so that everything follows from them";
    } else if (check.tag == AxiomCheck::Tag::fails) {
      finding.verdict = Verdict::violated;
      finding.note = "the instance does not meet it: " + check.why;
    } else if (check.tag == AxiomCheck::Tag::holds || (axiom != law.axioms.end() && proves(law, *axiom, budget))) {
      finding.verdict = Verdict::proved;
    } else {
      finding.verdict = Verdict::bounded;
      finding.note = "the instance meets it for all " + std::to_string(check.samples) + " values that were tried";
    }
    finding.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace iolaw
