// SPDX-License-Identifier: Apache-2.0
#include "checker/explore/search.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <thread>

namespace iolaw::explore {
namespace {

using iolaw_compiled::Compiled;
using iolaw_compiled::Successors;
using iolaw_compiled::Totals;
using Clock = std::chrono::steady_clock;

// States that a thread expands in one round, at most, and bytes of successors after which it ends: enough to make
// meeting cheap, few enough that the buffers stay in the cache and need no budget.
constexpr std::uint64_t kChunk = 1 << 14;
constexpr std::uint64_t kRoundBytes = 4 << 20;
constexpr std::uint64_t kStep = 64;     // states between two looks at what was sent
constexpr std::uint64_t kBuffer = 512;  // successors between two flushes
// Successors that each thread remembers, so that its second level of cache holds them.
constexpr std::uint64_t kRecent = 1 << 15;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Search {
 public:
  Search(const Compiled& model, const SearchOptions& options)
      : model_(model), options_(options), threads_(std::max(options.threads, 1U)), budget_(options.bytes) {
    for (unsigned thread = 0; thread < threads_; ++thread) {
      workers_.push_back(std::make_unique<Worker>(*this));
    }
  }

  Found run();

 private:
  struct Worker {
    explicit Worker(Search& search)
        : own(search.model_.key_words, search.budget_),
          outcomes(search.model_.outcomes, 0),
          reached(search.model_.properties, 0),
          sent(search.threads_),
          buffer(kBuffer * search.model_.key_words),
          recent(kRecent * search.model_.key_words, 0),
          owner(search) {
      totals.outcomes = outcomes.data();
      totals.reached = reached.data();
      successors.next = buffer.data();
      successors.end = buffer.data() + buffer.size();
      successors.recent = recent.data();
      successors.recent_keys = kRecent;
      successors.owner = this;
      successors.flush = [](Successors* full) { static_cast<Worker*>(full->owner)->flush(); };
    }

    // Sends what is in the buffer to its owners.
    void flush() {
      const unsigned words = owner.model_.key_words;
      for (const Word* key = buffer.data(); key != successors.next; key += words) {
        std::vector<Word>& to = sent[owner_of(hash_of(key, words), owner.threads_)];
        to.insert(to.end(), key, key + words);
      }
      sent_bytes += static_cast<std::uint64_t>(successors.next - buffer.data()) * sizeof(Word);
      successors.next = buffer.data();
    }

    Partition own;
    std::vector<std::uint64_t> level_begin{0};  // of own, by depth
    std::uint64_t cursor = 0;                   // the next state to expand
    std::uint64_t level_end = 0;
    Totals totals{};
    std::vector<std::uint64_t> outcomes;
    std::vector<std::uint8_t> reached;
    std::vector<std::vector<Word>> sent;  // by owner
    std::uint64_t sent_bytes = 0;         // in this round, but for what is in the buffer
    std::vector<Word> buffer;
    std::vector<Word> recent;
    Successors successors{};
    std::optional<std::uint64_t> wrong_index;
    bool out_of_memory = false;
    Search& owner;
  };

  void expand_chunk(Worker& worker);
  void receive(unsigned thread);
  void meet();  // after each round, in one thread while the others wait
  void report(bool last);
  std::vector<std::vector<Word>> path_to(const Worker& worker, std::uint64_t index) const;
  bool leads_to(const Word* from, const Word* to) const;

  const Compiled& model_;
  const SearchOptions& options_;
  unsigned threads_;
  Budget budget_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::uint64_t> level_sizes_;
  std::uint32_t depth_ = 0;
  bool done_ = false;
  End end_ = End::exhausted;
  Clock::time_point start_ = Clock::now();
  Clock::time_point reported_ = Clock::now();
};

void Search::expand_chunk(Worker& worker) {
  const std::uint64_t end = std::min(worker.cursor + kChunk, worker.level_end);
  worker.sent_bytes = 0;
  while (worker.cursor < end && worker.sent_bytes < kRoundBytes) {
    const std::uint64_t count = std::min({kStep, end - worker.cursor, worker.own.run_length(worker.cursor)});
    model_.expand(worker.own.key(worker.cursor), count, &worker.successors, &worker.totals);
    if (worker.totals.wrong != Totals::kNothing) {
      worker.wrong_index = worker.cursor + worker.totals.wrong_state;
      break;
    }
    if (worker.totals.wide != 0 || worker.totals.crowded != 0) break;
    worker.cursor += count;
  }
  worker.flush();
}

void Search::receive(unsigned thread) {
  Worker& to = *workers_[thread];
  for (const std::unique_ptr<Worker>& from : workers_) {
    std::vector<Word>& keys = from->sent[thread];
    if (!to.own.insert(keys.data(), keys.size() / model_.key_words)) to.out_of_memory = true;
    keys.clear();
  }
}

void Search::report(bool last) {
  const Clock::time_point now = Clock::now();
  if (!options_.progress || (!last && now - reported_ < std::chrono::milliseconds(500))) return;
  reported_ = now;
  Progress progress;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    progress.states += worker->own.size();
    progress.edges += worker->totals.edges;
    progress.frontier += worker->own.size() - worker->cursor;
  }
  progress.depth = depth_;
  progress.seconds = std::chrono::duration<double>(now - start_).count();
  progress.bytes = budget_.used();
  // Levels of such a search grow, then shrink; while they shrink, about as fast as they grew.
  const std::size_t levels = level_sizes_.size();
  if (levels >= 2 && level_sizes_[levels - 1] < level_sizes_[levels - 2]) {
    const double ratio = static_cast<double>(level_sizes_[levels - 1]) / static_cast<double>(level_sizes_[levels - 2]);
    progress.estimate =
        progress.states + static_cast<std::uint64_t>(static_cast<double>(level_sizes_.back()) * ratio / (1 - ratio));
  }
  options_.progress(progress);
}

void Search::meet() {
  bool level_done = true;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    if (worker->wrong_index) end_ = End::wrong;
    level_done = level_done && worker->cursor == worker->level_end;
  }
  if (end_ == End::exhausted) {
    for (const std::unique_ptr<Worker>& worker : workers_) {
      if (worker->totals.crowded != 0) end_ = End::crowded;
      if (worker->totals.wide != 0) end_ = End::wide;
    }
  }
  if (end_ == End::exhausted) {
    for (const std::unique_ptr<Worker>& worker : workers_) {
      if (worker->out_of_memory) end_ = End::memory;
    }
  }
  if (end_ != End::exhausted) {
    done_ = true;
    return;
  }
  if (level_done) {
    std::uint64_t frontier = 0;
    for (const std::unique_ptr<Worker>& worker : workers_) {
      frontier += worker->own.size() - worker->level_end;
      worker->level_end = worker->own.size();
      worker->level_begin.push_back(worker->cursor);
    }
    if (frontier == 0) {
      done_ = true;
      return;
    }
    ++depth_;
    level_sizes_.push_back(frontier);
    if (depth_ >= options_.depth) {
      end_ = End::depth;
      done_ = true;
    }
  }
  if (!done_ && options_.stop && options_.stop()) {
    end_ = End::stopped;
    done_ = true;
  }
  report(false);
}

bool Search::leads_to(const Word* from, const Word* to) const {
  struct Wanted {
    const Word* key;
    unsigned words;
    bool found = false;
  } wanted{to, model_.key_words};
  model_.edges(from, &wanted, [](void* context, const iolaw_compiled::Edge* edge) {
    auto& want = *static_cast<Wanted*>(context);
    want.found = std::equal(want.key, want.key + want.words, edge->key);
    return !want.found;
  });
  return wanted.found;
}

// Predecessors are not kept: each level is searched for one that leads on. That costs at most the search once more, and
// nothing if nothing is wrong.
std::vector<std::vector<Word>> Search::path_to(const Worker& worker, std::uint64_t index) const {
  const unsigned words = model_.key_words;
  const Word* key = worker.own.key(index);
  std::vector<std::vector<Word>> path{{key, key + words}};
  for (std::uint32_t depth = depth_; depth-- > 0;) {
    bool found = false;
    for (const std::unique_ptr<Worker>& owner : workers_) {
      const std::uint64_t end = owner->level_begin[depth + 1];
      for (std::uint64_t at = owner->level_begin[depth]; at < end && !found; ++at) {
        if (!leads_to(owner->own.key(at), path.back().data())) continue;
        path.emplace_back(owner->own.key(at), owner->own.key(at) + words);
        found = true;
      }
      if (found) break;
    }
    if (!found) break;  // the caller sees that the path does not begin at the initial state
  }
  std::reverse(path.begin(), path.end());
  return path;
}

Found Search::run() {
  const double cpu_before = cpu_seconds();
  std::vector<Word> initial(model_.key_words);
  model_.initial(initial.data());
  Worker& first = *workers_[owner_of(hash_of(initial.data(), model_.key_words), threads_)];
  first.own.insert(initial.data(), 1);
  first.level_end = first.own.size();

  std::barrier meeting(static_cast<std::ptrdiff_t>(threads_));
  std::barrier round(static_cast<std::ptrdiff_t>(threads_), [this]() noexcept { meet(); });
  const auto work = [&](unsigned thread) {
    while (!done_) {
      expand_chunk(*workers_[thread]);
      meeting.arrive_and_wait();
      receive(thread);
      round.arrive_and_wait();
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned thread = 1; thread < threads_; ++thread) others.emplace_back(work, thread);
    work(0);
  }

  Found found;
  found.end = end_;
  found.depth = depth_;
  found.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  found.cpu_seconds = cpu_seconds() - cpu_before;
  found.bytes = budget_.used();
  found.outcomes.assign(model_.outcomes, 0);
  found.reached.assign(model_.properties, 0);
  for (const std::unique_ptr<Worker>& worker : workers_) {
    found.states += worker->own.size();
    found.edges += worker->totals.edges;
    found.full += worker->totals.full;
    for (std::size_t which = 0; which < found.outcomes.size(); ++which)
      found.outcomes[which] += worker->outcomes[which];
    for (std::size_t which = 0; which < found.reached.size(); ++which) found.reached[which] |= worker->reached[which];
  }
  if (end_ == End::wrong) {
    for (const std::unique_ptr<Worker>& worker : workers_) {
      if (!worker->wrong_index) continue;
      found.wrong = Wrong{worker->totals.wrong, worker->totals.wrong_property, worker->totals.wrong_site,
                          path_to(*worker, *worker->wrong_index)};
      break;
    }
  }
  report(true);
  return found;
}

}  // namespace

Found search(const Compiled& model, const SearchOptions& options) { return Search(model, options).run(); }

}  // namespace iolaw::explore
