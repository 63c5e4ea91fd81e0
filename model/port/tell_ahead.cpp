// SPDX-License-Identifier: Apache-2.0
// Calls that are told ahead, with the answers that the law asks for.
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "model/port/session.hpp"

namespace iolaw {

bool Session::go_ahead(bool wanted) {
  ahead_ = wanted ? dynamic_cast<Ahead*>(&port_) : nullptr;
  return ahead_ != nullptr;
}

// What the call must answer, and which objects it ends: state_ is the one after it, before_ the one before.
void Session::foretell(const Rule& rule) {
  message_.error = outcome_.error;
  for (std::size_t i = 0; i < outcome_.results.size(); ++i) {
    const Type& type = rule.results[i].type;
    const std::optional<Word>& word = outcome_.results[i];
    ToldCall::Result& result = message_.result[i];
    if (!word) {
      result = {ToldCall::Expected::nothing, 0};
    } else if (type.tag != TypeTag::reference) {
      result = {ToldCall::Expected::number, *word};
    } else if (!before_.lives(type.id, *word) && state_.lives(type.id, *word)) {
      result = {ToldCall::Expected::new_object, 0};
    } else {
      result = {ToldCall::Expected::object, handle_of(type.id, *word)};
    }
  }
}

void Session::add_ended() {
  if (State::surely_same(state_, before_)) return;
  for (std::uint32_t kind = 0; kind < handles_.size(); ++kind) {
    if (State::surely_same(state_, before_, kind)) continue;
    for (Word object = 0; object < handles_[kind].size(); ++object) {
      if (!before_.lives(kind, object) || state_.lives(kind, object) || handles_[kind][object] == kNoHandle) continue;
      ended_.push_back(static_cast<std::uint32_t>(handles_[kind][object]));
    }
  }
}

void Session::bind_foretold(const Rule& rule) {
  forget_old_handles();
  for (std::size_t i = 0; i < outcome_.results.size(); ++i) {
    if (message_.result[i].expected != ToldCall::Expected::new_object) continue;
    std::vector<std::uint64_t>& handles = handles_[rule.results[i].type.id];
    const Word object = *outcome_.results[i];
    if (object >= handles.size()) handles.resize(object + 1, kNoHandle);
    handles[object] = message_.fresh + i;
  }
}

// As Port::call() of arguments_; empty if the call was told, and will be answered by outcome_.
std::optional<PortAnswer> Session::tell(const Call& call, std::uint32_t branch) {
  const Rule& rule = model_.law().rules[call.rule];
  if (rule.name.size() > ToldCall::kMostText || arguments_.size() > ToldCall::kMostArguments ||
      rule.results.size() > ToldCall::kMostResults) {
    throw std::length_error("the rule " + rule.name + " is too large to be told");
  }
  message_.length = static_cast<std::uint32_t>(rule.name.size());
  std::memcpy(message_.rule, rule.name.data(), rule.name.size());
  message_.arguments = static_cast<std::uint32_t>(arguments_.size());
  message_.objects = message_.gone = message_.object_results = 0;
  for (std::size_t i = 0; i < arguments_.size(); ++i) {
    message_.argument[i] = arguments_[i];
    const Type& type = rule.parameters[i].type;
    if (type.tag != TypeTag::reference) continue;
    message_.objects |= 1U << i;
    if (!before_.lives(type.id, call.arguments[i])) message_.gone |= 1U << i;
  }
  if (const std::string_view reason = ahead_->cannot(message_); !reason.empty()) {
    return PortAnswer{PortAnswer::Status::unsupported, 0, {}, std::string(reason)};
  }
  message_.results = static_cast<std::uint32_t>(rule.results.size());
  for (std::size_t i = 0; i < rule.results.size(); ++i) {
    if (rule.results[i].type.tag == TypeTag::reference) message_.object_results |= 1U << i;
  }
  message_.fresh = next_name_;
  next_name_ += rule.results.size();

  // Where the law leaves the errno, or more, to the port, it is asked.
  const bool foretold = branch == kSuccess ? !picks_[call.rule] : rule.branches[branch].errors.size() == 1;
  message_.what = foretold ? ToldCall::What::call : ToldCall::What::ask;
  message_.ended_before = static_cast<std::uint32_t>(ended_.size());
  if (foretold) {
    foretell(rule);
    add_ended();
  }
  message_.ended = static_cast<std::uint32_t>(ended_.size());
  if (ended_.size() > ToldCall::kMostEnded) throw std::length_error("too many objects ended to be told");
  std::copy(ended_.begin(), ended_.end(), message_.names);
  ended_.clear();
  if (foretold) bind_foretold(rule);
  told_.push_back({call, std::nullopt});
  told_.back().answer = ahead_->tell(message_);
  return told_.back().answer;
}

}  // namespace iolaw
