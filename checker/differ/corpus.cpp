// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/corpus.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

#include "model/trace/replace_file.hpp"

namespace iolaw {
namespace {

namespace fs = std::filesystem;

// The steps that a sequence makes on the model; nullopt where it leaves something open, or names nothing.
std::optional<std::vector<TraceStep>> play_all(const Model& model, const Sequence& sequence) {
  World world(model.law());
  std::vector<TraceStep> steps;
  for (const SequenceStep& step : sequence) {
    const Call call = world.names().resolve(step);
    std::optional<Played> played = world.play(model, call);
    if (!played) return std::nullopt;
    steps.push_back({call, std::move(played->outcome), played->branch});
  }
  return steps;
}

bool end_alike(const std::vector<TraceStep>& a, const std::vector<TraceStep>& b, std::size_t last) {
  if (a.size() < last || b.size() < last) return false;
  return std::equal(a.end() - static_cast<std::ptrdiff_t>(last), a.end(), b.end() - static_cast<std::ptrdiff_t>(last),
                    [](const TraceStep& x, const TraceStep& y) {
                      return x.call.rule == y.call.rule && x.branch == y.branch && x.outcome.error == y.outcome.error;
                    });
}

}  // namespace

Sequence to_sequence(const Model& model, const std::vector<TraceStep>& steps, State& state) {
  const Law& law = model.law();
  Names names(law, Names::Dead::until_index_is_used);
  Sequence sequence;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::optional<SequenceStep> step = names.symbolic(state, steps[i].call);
    if (!step) {
      throw std::runtime_error(fmt::format("step {}, a call of {}: it names an object that no call returned", i + 1,
                                           law.rules[steps[i].call.rule].name));
    }
    sequence.push_back(std::move(*step));
    if (!follow(model, state, steps[i])) {
      throw std::runtime_error(fmt::format("step {}, a call of {}: the law does not allow what it says", i + 1,
                                           law.rules[steps[i].call.rule].name));
    }
    names.record(steps[i].call.rule, steps[i].outcome, state);
  }
  return sequence;
}

std::vector<TraceStep> minimal(const Model& model, const std::vector<TraceStep>& steps, std::size_t last) {
  State state(model.law());
  Sequence sequence = to_sequence(model, steps, state);
  std::optional<std::vector<TraceStep>> best = play_all(model, sequence);
  if (!best) {
    // Where an implementation chose, a sequence does not say what follows; perhaps that is not needed.
    for (std::size_t i = sequence.size() - last; i-- > 0;) {
      const Rule& rule = model.law().rules[sequence[i].rule];
      if (has_choice(rule) || may_refuse(rule)) sequence = without_steps(sequence, i, i + 1);
    }
    best = play_all(model, sequence);
  }
  if (!best || !end_alike(*best, steps, last)) return steps;
  for (std::size_t i = sequence.size() - last; i-- > 0;) {
    Sequence shorter = without_steps(sequence, i, i + 1);
    std::optional<std::vector<TraceStep>> played = play_all(model, shorter);
    if (!played || !end_alike(*played, steps, last)) continue;
    // What the last calls name must still be there to be named.
    const auto names_nothing = [](const SequenceStep& step) {
      return std::count_if(step.arguments.begin(), step.arguments.end(), [](const Argument& argument) {
        return argument.step == Argument::kNoStep && argument.word == kNone;
      });
    };
    bool same = true;
    for (std::size_t end = 1; end <= last && same; ++end) {
      same = names_nothing(shorter[shorter.size() - end]) == names_nothing(sequence[sequence.size() - end]);
    }
    if (!same) continue;
    sequence = std::move(shorter);
    best = std::move(played);
  }
  return std::move(*best);
}

Corpus::Corpus(const Model& model, fs::path folder, const Complain& complain)
    : model_(model), folder_(std::move(folder)) {
  std::error_code failed;
  fs::create_directories(folder_, failed);
  if (failed) throw CorpusError(fmt::format("cannot make {}: {}", folder_.string(), failed.message()));
  if (access(folder_.c_str(), W_OK | X_OK) != 0) {
    throw CorpusError(fmt::format("cannot write to {}: {}", folder_.string(), std::generic_category().message(errno)));
  }
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, failed)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (failed) throw CorpusError(fmt::format("cannot read {}: {}", folder_.string(), failed.message()));
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    try {
      sequences_.push_back(read(file));
    } catch (const std::exception& error) {
      ++passed_over_;
      if (complain) complain(fmt::format("{}: {}", file.string(), error.what()));
    }
  }
  std::stable_sort(sequences_.begin(), sequences_.end(),
                   [](const Sequence& a, const Sequence& b) { return a.size() < b.size(); });
}

Sequence Corpus::read(const fs::path& file) const {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in) throw std::runtime_error("cannot be read");
  const Trace trace = trace_from_json(model_.law(), text);
  if (!(trace.start == State(model_.law()))) throw std::runtime_error("it does not begin in the initial state");
  State state(model_.law());
  return to_sequence(model_, trace.steps, state);
}

void Corpus::keep(const Discovery& found, const std::string& law_path) {
  const fs::path file = folder_ / (found.what + ".json");
  std::error_code failed;
  if (fs::exists(file, failed)) return;
  const std::size_t last = found.what.find(',') == std::string::npos ? 1 : 2;
  Trace trace;
  trace.law = law_path;
  trace.note = "shows " + found.what;
  trace.start = State(model_.law());
  trace.steps = minimal(model_, found.steps, last);
  // Whole or not at all, should this program be ended meanwhile.
  if (const auto why = replace_file(file, to_json(model_.law(), trace))) {
    throw CorpusError(fmt::format("cannot write {}: {}", file.string(), *why));
  }
  ++kept_;
}

}  // namespace iolaw
