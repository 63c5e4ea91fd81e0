// SPDX-License-Identifier: Apache-2.0
// Whether a recorded history is one that the law allows. Deterministic: a history that was saved is judged alike.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/concurrent/frontier.hpp"
#include "checker/concurrent/history.hpp"

namespace iolaw::concurrent {

struct Judgement {
  enum class Verdict : std::uint8_t {
    linearizable,  // there is an order
    differs,       // there is none, or something was left
    undecided,     // there is none, but the law is silent in some order, or a number meant something else by then
  };
  Verdict verdict = Verdict::linearizable;
  std::vector<Effected> order;        // one that explains everything; if there is none, everything before `at`
  std::optional<std::uint32_t> at;    // the call at whose end nothing explains all that was answered
  std::vector<Configuration> before;  // what explains all before that
  std::string why;                    // of undecided
  std::uint64_t configurations = 0;   // that were looked at
  std::uint32_t leeways = 0;          // answers in `order` that only a call under way explains
};

Judgement judge(const Model& model, const History& history);
// Of a history that was fed to the frontier, whose end was `at`.
Judgement judgement(const Model& model, const History& history, const Frontier& frontier,
                    std::optional<std::uint32_t> at);

// For people: the calls as the threads made them, and why no order explains them; or one that does.
std::string to_text(const Model& model, const History& history, const Judgement& judgement);

}  // namespace iolaw::concurrent
