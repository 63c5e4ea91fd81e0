// SPDX-License-Identifier: Apache-2.0
// Why an implementation's answer is not the law's.
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "model/eval/model_impl.hpp"
#include "model/eval/reason.hpp"

namespace iolaw {
namespace {

using eval::Machine;
using eval::Narrator;
using eval::NodeId;

// "fails EEXIST when some a: Area in ioas: overlaps(a.span, span)".
std::string phrase(const Law& law, const Branch& branch) {
  std::string errors;
  for (const int error : branch.errors) errors += (errors.empty() ? "" : " or ") + errno_name(error);
  const std::string text = eval::source_text(law, branch.condition->span);
  const char* fails = branch.may ? "may fail " : branch.keeps ? "but fails " : "fails ";
  return fmt::format("{} {} {}", branch.unspecified ? "unspecified" : fails + errors, branch.unless ? "unless" : "when",
                     text);
}

constexpr std::size_t kMostLines = 60;

struct Watched {
  bool applies = false;
  std::vector<std::string> lines;  // of the last time it was evaluated
  int times = 0;
};

// Runs the call on a copy and keeps why each branch of interest did or did not apply.
std::map<std::uint32_t, Watched> watch_branches(Machine& machine, const State& state, const Call& call,
                                                const Outcome& observed, std::optional<std::uint32_t>& taken,
                                                Outcome& outcome) {
  const Rule& rule = machine.law().rules[call.rule];
  std::map<std::uint32_t, Watched> watched;
  const Machine::BranchWatch watch = [&](std::uint32_t branch, NodeId condition, bool applies) {
    const std::vector<int>& errors = rule.branches[branch].errors;
    const bool asked = std::find(errors.begin(), errors.end(), observed.error) != errors.end();
    if (!applies && !asked) return;
    Watched& entry = watched[branch];
    ++entry.times;
    entry.applies = applies;
    Narrator narrator(machine);
    if (rule.branches[branch].each) {
      const Each& each = rule.eaches[*rule.branches[branch].each];
      const std::string piece = narrator.describe(each.kind, static_cast<Word>(machine.slot(each.slot).a.v));
      entry.lines.push_back(fmt::format("at the piece {}:", piece));
    }
    // `fails E unless c` is shown as c.
    const eval::Program& program = machine.program();
    const bool negated = rule.branches[branch].unless && program.nodes[condition].op == Op::negation;
    narrator.why(negated ? program.child(program.nodes[condition], 0) : condition);
    if (entry.lines.size() > kMostLines) return;
    entry.lines.insert(entry.lines.end(), narrator.lines().begin(), narrator.lines().end());
  };
  State copy = state;
  taken = machine.run(copy, call, outcome, &observed, &watch);
  return watched;
}

std::string joined(const std::string& head, const std::vector<std::string>& lines) {
  std::string text = head;
  for (const std::string& line : lines) text += "\n  " + line;
  return text;
}

Reason taken_reason(const Law& law, const Call& call, std::uint32_t taken, const Outcome& outcome,
                    const std::map<std::uint32_t, Watched>& watched) {
  const Rule& rule = law.rules[call.rule];
  if (taken == kSuccess) {
    return {fmt::format("the law takes {}: {}; no failure of the rule applies", branch_id(rule, taken),
                        to_string(law, call, outcome, taken)),
            rule.span};
  }
  const Branch& branch = rule.branches[taken];
  const auto found = watched.find(taken);
  return {joined(fmt::format("the law takes {}: {}", branch_id(rule, taken), phrase(law, branch)),
                 found == watched.end() ? std::vector<std::string>{} : found->second.lines),
          branch.span};
}

}  // namespace

std::vector<Reason> Model::explain(const State& state, const Call& call, const Outcome& observed) const {
  const Rule& rule = law().rules[call.rule];
  std::vector<Reason> reasons;
  std::optional<std::uint32_t> taken;
  Outcome outcome;
  const auto watched = watch_branches(impl_->machine, state, call, observed, taken, outcome);
  if (!taken) {
    reasons.push_back({"the law does not say what this call does", rule.span});
    for (const auto& [branch, entry] : watched) {
      if (!entry.applies) continue;
      reasons.push_back({joined(branch_id(rule, branch) + ": " + phrase(law(), rule.branches[branch]), entry.lines),
                         rule.branches[branch].span});
    }
    return reasons;
  }
  reasons.push_back(taken_reason(law(), call, *taken, outcome, watched));

  if (observed.error == 0) {
    if (*taken != kSuccess) return reasons;
    for (std::size_t which = 0; which < rule.results.size(); ++which) {
      const auto value = [&](const Outcome& of) -> std::string {
        if (which >= of.results.size()) return "nothing";
        if (!of.results[which]) return "none";
        const Word words[2] = {*of.results[which], 1};
        return to_string(law(), rule.results[which].type, words);
      };
      if (value(outcome) == value(observed)) continue;
      reasons.push_back({fmt::format("result {}: the law says {}, observed {}", rule.results[which].name,
                                     value(outcome), value(observed)),
                         rule.results[which].span});
    }
    return reasons;
  }

  bool named = false;
  for (std::uint32_t index = 0; index < rule.branches.size(); ++index) {
    const Branch& branch = rule.branches[index];
    if (std::find(branch.errors.begin(), branch.errors.end(), observed.error) == branch.errors.end()) continue;
    named = true;
    if (index == *taken) continue;
    const std::string head = fmt::format("not {} ({}): ", branch_id(rule, index), phrase(law(), branch));
    const auto found = watched.find(index);
    if (found != watched.end()) {
      reasons.push_back({joined(head + "it does not apply", found->second.lines), branch.span});
    } else if (*taken != kSuccess && index > *taken) {
      reasons.push_back({head + branch_id(rule, *taken) + " stands before it and decides", branch.span});
    } else {
      reasons.push_back({head + "its loop has no piece here", branch.span});
    }
  }
  if (!named) {
    reasons.push_back({fmt::format("{} never fails with {}", rule.name, errno_name(observed.error)), rule.span});
  }
  return reasons;
}

}  // namespace iolaw
