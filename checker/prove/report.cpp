// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace iolaw {
namespace {

std::string indent(const std::string& text, std::string_view by) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end > begin) result.append(by).append(text, begin, end - begin);
    result += '\n';
    begin = end + 1;
  }
  return result;
}

struct GroupTally {
  std::size_t all = 0;
  std::size_t proved = 0;
  std::size_t untouched = 0;
  double seconds = 0;
};

std::string properties(const ProofReport& report) {
  std::vector<std::string> order;
  std::map<std::string, GroupTally> tallies;
  for (const Finding& finding : report.findings) {
    // Every outcome of a rule is one line less to read.
    const std::string name = finding.property.substr(0, 9) == "reachable" ? "reachable" : finding.property;
    GroupTally& tally = tallies[name];
    if (tally.all++ == 0) order.push_back(name);
    tally.proved += finding.verdict == Verdict::proved ? 1 : 0;
    tally.untouched += finding.untouched ? 1 : 0;
    tally.seconds += finding.seconds;
  }
  std::string text;
  for (const std::string& name : order) {
    const GroupTally& tally = tallies[name];
    const std::string counts = fmt::format("{}/{}", tally.proved, tally.all);
    text += fmt::format("  {} {:<32} {:>9} proved", tally.proved == tally.all ? "✓" : "✗", name, counts);
    const std::size_t asked = tally.all - tally.untouched;
    if (name != "reachable") text += fmt::format(", {:>2} by the solver", asked);
    text += fmt::format(", {:.2f} s\n", tally.seconds);
  }
  return text;
}

}  // namespace

std::string explain(const Model& model, const scope::Evidence& evidence) {
  const Law& law = model.law();
  std::string text = "before:\n";
  const std::vector<std::string> objects = difference(law, State(law), evidence.before);
  for (const std::string& line : objects) text += fmt::format("  {}\n", line.substr(line.rfind("+ ", 0) == 0 ? 2 : 0));
  if (objects.empty()) text += "  nothing lives\n";
  if (!evidence.error.empty()) {
    text += "call:\n  " + to_string(law, evidence.call) + "\nthe law has no answer: " + evidence.error;
    return text;
  }
  text += "call:\n  " + to_string(law, evidence.call) + "\n  → " +
          to_string(law, evidence.call, evidence.outcome, evidence.branch);
  text += "\nwhat changes:\n";
  for (const std::string& line : difference(law, evidence.before, evidence.after)) text += fmt::format("  {}\n", line);
  text += "why it fails:";
  for (const Reason& reason : evidence.blame) text += fmt::format("\n{}", indent(reason.text, "  "));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::string explain(const Model& model, const Finding& finding) {
  std::string text;
  if (finding.trace) {
    const scope::SearchResult& found = *finding.trace;
    text += fmt::format("from the initial state, {} {} call{}:\n",
                        found.note.empty() ? "the shortest trace has" : "a shortened random run has", found.depth,
                        found.depth == 1 ? "" : "s");
    text += indent(to_text(model.law(), model, found.trace), "  ");
    if (!found.evidence.error.empty()) {
      text += fmt::format("  {}. {}\n     the law has no answer: {}\n", found.depth,
                          to_string(model.law(), found.evidence.call), found.evidence.error);
    }
    for (const Reason& reason : found.evidence.blame) text += indent(reason.text, "  ");
    if (!found.searched.empty()) text += "no shorter one among these:\n";
    for (const std::string& line : found.searched) text += "  " + line + "\n";
  } else if (finding.counterexample) {
    text += explain(model, *finding.counterexample) + "\n";
    if (finding.verdict == Verdict::cti) text += "whether that state can be reached is not known\n";
  }
  return text;
}

namespace {

// Properties that say what may not change hold of a rule that does nothing; one that is to say what a rule does had
// better not.
std::string suspicions(const ProofReport& report) {
  std::map<std::string, std::pair<int, int>> properties;
  for (const Finding& finding : report.findings) {
    if (finding.untouched || finding.verdict != Verdict::proved || finding.witness) continue;
    auto& [proofs, suspicious] = properties[finding.property];
    ++proofs;
    if (!finding.suspicion.empty()) ++suspicious;
  }
  std::string text;
  for (const auto& [property, count] : properties) {
    if (count.first == count.second) text += fmt::format("{}{}", text.empty() ? "" : ", ", property);
  }
  return text.empty() ? text : "\nhold even if their rules did nothing: " + text + "\n";
}

// Lines that only other profiles have a call for.
std::string absentees(const ProofReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) {
    if (!finding.absent) continue;
    const std::size_t dot = finding.property.find('.');
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", finding.rule, finding.property.substr(dot));
  }
  if (text.empty()) return text;
  return "\nby this profile no call ends so, as was proved; by the law's first one a call does: " + text + "\n";
}

std::string second_opinion(const ProofReport& report) {
  if (report.second_solver.empty()) return {};
  const auto count = [&](std::string_view what) {
    return std::count_if(report.findings.begin(), report.findings.end(),
                         [&](const Finding& finding) { return finding.second == what; });
  };
  const auto asked = count("agrees") + count("undecided") + count("disagrees");
  std::string text = fmt::format("\n{} agrees on {} of {} proofs", report.second_solver, count("agrees"), asked);
  if (count("undecided") > 0) text += ", cannot decide:";
  for (const Finding& finding : report.findings) {
    if (finding.second == "undecided") text += fmt::format("\n  {} / {}", finding.rule, finding.property);
  }
  if (!report.kept.empty()) text += fmt::format("\nquestions on which the solvers disagree: {}", report.kept);
  return text + "\n";
}

}  // namespace

std::string to_text(const Model& model, const ProofReport& report, std::size_t most) {
  std::string text = properties(report);
  for (const Finding& finding : report.findings) {
    if (finding.verdict == Verdict::proved && !finding.internal_error) continue;
    text += fmt::format("\n{}: {} / {}{}\n", to_string(finding.verdict), finding.rule, finding.property,
                        finding.internal_error ? " (internal error of the checker)" : "");
    if (!finding.note.empty()) text += fmt::format("  {}\n", finding.note);
    const std::string why = explain(model, finding);
    if (!why.empty()) text += indent(why, "  ");
  }
  std::vector<const Finding*> slowest;
  for (const Finding& finding : report.findings) slowest.push_back(&finding);
  std::stable_sort(slowest.begin(), slowest.end(), [](auto a, auto b) { return a->seconds > b->seconds; });
  if (most > 0) text += "\nslowest:\n";
  for (std::size_t i = 0; i < std::min(most, slowest.size()); ++i) {
    text += fmt::format("  {:6.2f} s  {} / {}\n", slowest[i]->seconds, slowest[i]->rule, slowest[i]->property);
  }
  if (!report.axioms.empty()) text += "\nproofs rest on these axioms of the environment:\n";
  for (const std::string& axiom : report.axioms) text += fmt::format("  {}\n", axiom);
  text += absentees(report);
  text += suspicions(report);
  text += second_opinion(report);
  text += fmt::format("\n{} obligations: {} proved", report.findings.size(), report.count(Verdict::proved));
  for (const Verdict verdict :
       {Verdict::bounded, Verdict::violated, Verdict::cti, Verdict::vacuous, Verdict::unknown}) {
    if (const std::size_t number = report.count(verdict); number > 0) {
      text += fmt::format(", {} {}", number, to_string(verdict));
    }
  }
  return text + fmt::format(", {:.1f} s\n", report.seconds);
}

}  // namespace iolaw
