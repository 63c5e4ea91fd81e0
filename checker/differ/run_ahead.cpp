// SPDX-License-Identifier: Apache-2.0
// Runs whose calls are told ahead: some are made while the next one is drawn. Where the port answered otherwise than
// the law foretold, all that was drawn since is forgotten, and the run is judged by the answers that there were.
#include <algorithm>
#include <utility>

#include "checker/differ/runner.hpp"

namespace iolaw {
namespace {

// So many runs may be on their way, the one that is drawn included; one more for so many without a surprise.
constexpr std::size_t kMostFlights = 16;
constexpr std::uint64_t kRunsForFlight = 4;

// Answers as was answered before.
class Replay final : public Port, public Ahead {
 public:
  explicit Replay(const std::vector<Session::Told>& calls) : calls_(calls) {}

  std::string_view name() const override { return "replay"; }
  void reset() override {}
  PortAnswer call(std::string_view, std::span<const std::uint64_t>) override { return {}; }
  std::uint64_t told() const override { return told_; }
  void tell_reset() override {}
  std::optional<PortAnswer> tell(const ToldCall&) override { return calls_.at(told_++).answer; }
  std::optional<Stop> settle(std::uint64_t) override { return std::nullopt; }

 private:
  const std::vector<Session::Told>& calls_;
  std::size_t told_ = 0;
};

}  // namespace

void Runner::begins_with(std::size_t start, std::size_t history) {
  if (flights_.empty()) return;
  flights_.back().start = start;
  flights_.back().history = history;
}

std::optional<Difference> Runner::run_ahead(std::uint64_t calls) {
  // What is looked for depends on what was made.
  if (steps_ >= next_seek_) {
    if (std::optional<Difference> found = settle()) return found;
    seek();
  }
  flights_.push_back({0, steps_, ledger_, {}, 0, 0});
  std::optional<Ahead::Stop> stop;
  std::optional<Difference> found;
  try {
    found = run_drawn(calls);
  } catch (const Ahead::Overtaken& overtaken) {
    stop = overtaken.stop;
  }
  flights_.back().calls = session_.told();
  if (found) {
    // An answer that was waited for: everything before it was foretold.
    flights_.clear();
    return found;
  }
  // How far is decided by the answers, and not by the time that they take: equal runs are drawn alike.
  const std::size_t most = std::min(kMostFlights, 1 + static_cast<std::size_t>(++smooth_ / kRunsForFlight));
  const std::size_t done = flights_.size() - std::min(flights_.size(), most);
  if (!stop && done > 0) stop = session_.ahead()->settle(flights_[done].first);
  if (stop) return land(*stop);
  flights_.erase(flights_.begin(), flights_.begin() + static_cast<std::ptrdiff_t>(done));
  return std::nullopt;
}

std::optional<Difference> Runner::settle() {
  if (flights_.empty()) return std::nullopt;
  if (const std::optional<Ahead::Stop> stop = session_.ahead()->settle(session_.ahead()->told())) return land(*stop);
  flights_.clear();
  return std::nullopt;
}

std::optional<Difference> Runner::land(const Ahead::Stop& stop) {
  // Its run: what resets for the next one belongs to it.
  auto last = std::find_if(flights_.rbegin(), flights_.rend(),
                           [&](const Flight& flight) { return flight.first <= stop.number; });
  Flight flight = std::move(last == flights_.rend() ? flights_.front() : *last);
  flights_.clear();
  smooth_ = 0;
  std::swap(ledger_, flight.ledger);
  steps_ = flight.steps;
  log_.clear();
  if (flight.calls.empty()) return std::nullopt;
  const std::uint64_t made = stop.number < flight.first ? 0 : stop.number - flight.first;
  if (made + 1 < flight.calls.size()) flight.calls.resize(made + 1);
  flight.calls.back().answer = stop.answer;

  Replay replay(flight.calls);
  Session session(model_, replay);
  session.go_ahead(true);
  session.reset();
  for (const Session::Told& told : flight.calls) {
    const Session::Verdict verdict = session.step(told.call);
    const Session::Finding& finding = session.finding();
    switch (verdict) {
      case Session::Verdict::agrees:
        ++steps_;
        ledger_.made(finding.call.rule, finding.branch);
        if (model_.law().rules[finding.call.rule].probe) break;
        log_.push_back({finding.call, finding.observed, finding.branch});
        note_pair();
        break;
      case Session::Verdict::unspecified:
        break;
      case Session::Verdict::unsupported:
        ledger_.refused(finding.call.rule, finding.branch, finding.note);
        break;
      case Session::Verdict::differs:
      case Session::Verdict::broken:
        ++steps_;
        return Difference{sequence_of_log(&finding.call), log_, finding};
    }
  }
  // What the port cannot do, the rest of the start may need.
  if (flight.calls.size() <= flight.history) pass_over(flight.start);
  return std::nullopt;
}

}  // namespace iolaw
