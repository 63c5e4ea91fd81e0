// SPDX-License-Identifier: Apache-2.0
#include "checker/concurrent/arena.hpp"

#include <algorithm>
#include <stdexcept>

namespace iolaw::concurrent {
namespace {

constexpr int kProbes = 4;        // that are asked in the end
constexpr int kMostEndings = 16;  // calls that destroy what there is then
constexpr const char* kNoCall = "";

}  // namespace

Arena::Arena(const Model& model, Port& port, std::size_t threads, std::function<void()> stuck)
    : model_(model),
      port_(port),
      racers_(model.law(), threads, port, std::move(stuck)),
      frontier_(model, history_),
      names_(model.law(), Names::Dead::until_index_is_used),
      probes_(model.law()),
      endings_(model.law().kinds.size()) {
  port.reset();
  const std::vector<std::unique_ptr<Port>> clients = port.split(threads);
  port.rejoin();
  if (clients.size() != threads) throw std::runtime_error("it cannot be called by several threads");
  const Law& law = model.law();
  for (std::uint32_t rule = 0; rule < law.rules.size(); ++rule) {
    const Rule& any = law.rules[rule];
    const bool plain = std::all_of(any.parameters.begin(), any.parameters.end(),
                                   [](const Parameter& parameter) { return parameter.type.tag == TypeTag::boolean; });
    if (plain && any.effects.empty() && any.eaches.empty()) questions_.push_back(rule);
    for (const Effect& effect : law.rules[rule].effects) {
      if (effect.tag != Effect::Tag::destroy || effect.object->op != Op::variable) continue;
      const std::size_t parameter = effect.object->index;
      if (parameter < law.rules[rule].parameters.size()) endings_[effect.object->type.id].emplace_back(rule, parameter);
    }
  }
}

std::vector<std::uint64_t> Arena::arguments_of(const SequenceStep& step) const {
  const Rule& rule = model_.law().rules[step.rule];
  std::vector<std::uint64_t> arguments;
  for (std::size_t i = 0; i < step.arguments.size(); ++i) {
    const Argument& argument = step.arguments[i];
    if (rule.parameters[i].type.tag != TypeTag::reference) {
      arguments.push_back(argument.word);
    } else if (argument.step == Argument::kNoStep) {
      arguments.push_back(kNoHandle);
    } else {
      const auto& results = results_.at(static_cast<std::size_t>(argument.step));
      arguments.push_back(argument.result < results.size() && results[argument.result] ? *results[argument.result]
                                                                                       : kNoHandle);
    }
  }
  return arguments;
}

// A call that nobody else's overlaps: what the port answered, if it could make it. It is judged at once.
std::optional<PortAnswer> Arena::make(std::uint32_t rule, std::vector<std::uint64_t> arguments) {
  PortAnswer answer = port_.call(model_.law().rules[rule].name, arguments);
  if (answer.status == PortAnswer::Status::broken) {
    history_.left = answer.note;
    return answer;
  }
  if (answer.status == PortAnswer::Status::unsupported) return std::nullopt;
  const auto index = static_cast<std::uint32_t>(history_.calls.size());
  history_.calls.push_back({0, rule, std::move(arguments), clock_, clock_ + 1, answer.error,
                            answer.error == 0 ? answer.results : decltype(answer.results){}, false});
  clock_ += 2;
  frontier_.begin(index);
  if (!frontier_.end(index)) at_ = index;
  return answer;
}

bool Arena::begin(const Sequence& prefix) {
  port_.reset();
  history_.calls.clear();
  history_.left.clear();
  frontier_.reset();
  names_.clear();
  results_.clear();
  clock_ = 0;
  at_.reset();
  unusable_ = observed_ = false;
  overlaps_ = 0;
  refused_.clear();
  for (const SequenceStep& step : prefix) {
    const std::optional<PortAnswer> answer = make(step.rule, arguments_of(step));
    unusable_ = !answer;
    if (unusable_ || differs()) return false;
    results_.push_back(history_.calls.back().results);
    const auto index = static_cast<std::uint32_t>(history_.calls.size() - 1);
    const Configuration& now = frontier_.configurations().front();
    names_.record(step.rule, frontier_.outcome_in_model_terms(now, index), now.state);
  }
  return true;
}

void Arena::collect() {
  const std::size_t first = history_.calls.size();
  for (std::size_t thread = 0; thread < racers_.size(); ++thread) {
    for (const Racers::Made& made : racers_.made(thread)) {
      if (made.status == PortAnswer::Status::answered) {
        history_.calls.push_back(made.call);
      } else if (made.status == PortAnswer::Status::unsupported) {
        refused_.emplace_back(made.call.rule, made.note);
      } else {
        history_.left = made.note;
      }
    }
  }
  std::sort(history_.calls.begin() + static_cast<std::ptrdiff_t>(first), history_.calls.end(),
            [](const RecordedCall& a, const RecordedCall& b) { return a.invoked < b.invoked; });
  for (std::size_t i = first; i < history_.calls.size(); ++i) {
    for (std::size_t j = first; j < i; ++j) overlaps_ += history_.calls[i].overlaps(history_.calls[j]);
  }
  at_ = frontier_.feed(static_cast<std::uint32_t>(first));
}

void Arena::race(const std::vector<Sequence>& threads, QuickRandom& random) {
  const std::vector<std::unique_ptr<Port>> clients = port_.split(racers_.size());
  clock_ = racers_.run(clients, threads, results_, clock_, random);
  const bool known = port_.rejoin();
  collect();
  if (known && !differs()) observe(random);
  port_.reset();
  const PortAnswer end = port_.call(kNoCall, {});
  if (end.status == PortAnswer::Status::broken && history_.left.empty()) history_.left = end.note;
}

// A call that names objects of the model as the first configuration knows them. False: the answer is not allowed.
bool Arena::ask(const Call& call) {
  const Rule& rule = model_.law().rules[call.rule];
  const Configuration& now = frontier_.configurations().front();
  std::vector<std::uint64_t> arguments = call.arguments;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Type& type = rule.parameters[i].type;
    if (type.tag != TypeTag::reference) continue;
    const std::vector<std::uint64_t>& handles = now.handles[type.id];
    const bool known = now.state.lives(type.id, arguments[i]) && arguments[i] < handles.size();
    arguments[i] = known ? handles[arguments[i]] : kNoHandle;
    if (arguments[i] == kNoHandle) return true;
  }
  make(call.rule, std::move(arguments));
  return !differs();
}

// Some probes, then everything is destroyed: what is still busy, or still pinned, shows.
void Arena::observe(QuickRandom& random) {
  observed_ = true;
  const auto probed = [&] {
    const std::optional<Call> probe = probes_.call(state(), random);
    if (!probe) return true;
    // Of some the law is silent.
    scratch_ = state();
    Outcome outcome;
    return !model_.step(scratch_, *probe, outcome) || ask(*probe);
  };
  for (int i = 0; i < kProbes; ++i) {
    if (!probed()) return;
  }
  // Calls that change nothing, with every flag off.
  for (const std::uint32_t rule : questions_) {
    if (!ask({rule, std::vector<Word>(model_.law().rules[rule].parameters.size(), 0)})) return;
  }
  for (int i = 0; i < kMostEndings; ++i) {
    std::vector<Call> endings;
    for (std::uint32_t kind = 0; kind < endings_.size(); ++kind) {
      for (Word object = 0; object < state().slots(kind); ++object) {
        if (!state().lives(kind, object)) continue;
        for (const auto& [rule, parameter] : endings_[kind]) {
          if (model_.law().rules[rule].parameters.size() != 1) continue;
          endings.push_back({rule, {object}});
        }
      }
    }
    if (endings.empty()) break;
    if (!ask(endings[random() % endings.size()])) return;
  }
  probed();
}

}  // namespace iolaw::concurrent
