// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "checker/prove/report.hpp"

namespace iolaw {
namespace {

// A run from the initial state; or a counterexample to induction, one step from a state that need not be reachable.
std::optional<Trace> trace_of(const Law& law, const Finding& finding) {
  if (finding.trace) {
    Trace trace = finding.trace->trace;
    if (trace.note.empty()) trace.note = "breaks " + finding.property;
    return trace;
  }
  if (finding.verdict != Verdict::cti || !finding.counterexample) return std::nullopt;
  const scope::Evidence& evidence = *finding.counterexample;
  return Trace{law.files.empty() ? "" : law.files.front().path,
               "breaks " + finding.property + ", from a state that may be unreachable",
               evidence.before,
               {{evidence.call, evidence.outcome, evidence.branch}}};
}

}  // namespace

std::string to_json(const Law& law, const ProofReport& report) {
  using Json = nlohmann::ordered_json;
  const Model model(law);
  Json summary{{"obligations", report.findings.size()}};
  for (const Verdict verdict :
       {Verdict::proved, Verdict::bounded, Verdict::violated, Verdict::cti, Verdict::vacuous, Verdict::unknown}) {
    summary[std::string(to_string(verdict))] = report.count(verdict);
  }
  summary["seconds"] = report.seconds;
  Json obligations = Json::array();
  for (const Finding& finding : report.findings) {
    Json entry{{"rule", finding.rule},
               {"property", finding.property},
               {"verdict", to_string(finding.verdict)},
               {"seconds", finding.seconds},
               {"untouched", finding.untouched}};
    if (finding.absent) entry["absent"] = true;
    if (finding.cached) entry["cached"] = true;
    if (!finding.note.empty()) entry["note"] = finding.note;
    if (finding.internal_error) entry["internal_error"] = true;
    if (const std::string why = explain(model, finding); !why.empty()) entry["explanation"] = why;
    if (const std::optional<Trace> trace = trace_of(law, finding)) {
      entry[finding.trace ? "trace" : "counterexample"] = Json::parse(to_json(law, *trace));
    }
    if (finding.trace && !finding.trace->searched.empty()) entry["searched"] = finding.trace->searched;
    if (!finding.core.empty() || finding.uses_checks) {
      entry["core"] = finding.core;
      entry["uses_checks"] = finding.uses_checks;
    }
    if (!finding.second.empty()) entry["second"] = finding.second;
    if (!finding.suspicion.empty()) entry["suspicious"] = finding.suspicion;
    if (finding.witness) entry["calls"] = finding.witness->size();
    obligations.push_back(std::move(entry));
  }
  Json axioms = Json::array();
  for (const Axiom& axiom : law.axioms) axioms.push_back({{"name", axiom.name}, {"title", axiom.title}});
  return Json{{"summary", std::move(summary)}, {"axioms", std::move(axioms)}, {"obligations", std::move(obligations)}}
             .dump(2) +
         "\n";
}

}  // namespace iolaw
