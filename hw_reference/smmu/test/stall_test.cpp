// SPDX-License-Identifier: Apache-2.0
// Laws 68 to 71: transactions that wait for a command.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstring>
#include <map>
#include <random>

#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

constexpr std::uint64_t kStall = 1ull << 44;     // CD.S
constexpr std::uint64_t kStall2 = 1ull << 57;    // STE.S2S
constexpr std::uint64_t kNoStall1 = 1ull << 27;  // STE.S1STALLD
constexpr StreamId kOther = kStream + 1;

Features stalling(unsigned most = 16) {
  Features features;
  features.stall_model = StallModel::either;
  features.stall_max = most;
  return features;
}

struct Stalls {
  explicit Stalls(const Policy& policy = Policy::exact(), const Features& features = stalling())
      : m(features, policy), tables(m.make_stage1({.more_word0 = kStall})) {}

  DmaStatus write(std::uint64_t at, std::uint64_t value, Ticket* ticket, StreamId stream = kStream) {
    return m.smmu.write({.stream = stream, .address = at}, std::as_bytes(std::span(&value, 1)), ticket);
  }
  DmaStatus read(std::uint64_t at, Ticket* ticket, StreamId stream = kStream) {
    std::uint64_t value = 0;
    return m.smmu.read({.stream = stream, .address = at}, std::as_writable_bytes(std::span(&value, 1)), ticket);
  }
  static std::uint64_t value_of(const Outcome& outcome) {
    std::uint64_t value = 0;
    if (outcome.bytes.size() == sizeof value) std::memcpy(&value, outcome.bytes.data(), sizeof value);
    return value;
  }
  // The only record in the queue.
  Event event() {
    const auto all = m.events();
    EXPECT_EQ(all.size(), 1u);
    return all.empty() ? Event{} : all.front();
  }
  void resume(const Event& event, unsigned action) {
    EXPECT_TRUE(m.run({command::resume(event.stream, event.tag, action)}));
  }

  Machine m;
  TableBuilder tables;
};

TEST(Stall, law_68_one_record_and_no_answer_until_a_command) {
  Stalls s;
  Ticket ticket = 0;
  ASSERT_EQ(s.write(0x1008, 77, &ticket), DmaStatus::stalled);
  const Event event = s.event();
  EXPECT_EQ(event, (Event{.code = EventCode::translation,
                          .stream = kStream,
                          .access = {.write = true},
                          .input = 0x1008,
                          .stall = true,
                          .tag = event.tag}));
  const PhysAddr frame = s.m.make_frame(0);
  s.tables.map(0x1000, frame, 3, kStage1);
  ASSERT_TRUE(s.m.run({command::tlbi_nsnh_all()}));
  EXPECT_EQ(s.m.smmu.outcome(ticket), std::nullopt) << "nobody has said that it may go on";
  EXPECT_EQ(s.m.memory.read64(frame + 8), 0u);
  s.resume(event, kResumeRetry);
  EXPECT_EQ(s.m.smmu.outcome(ticket)->status, DmaStatus::done);
  EXPECT_EQ(s.m.memory.read64(frame + 8), 77u);
  EXPECT_EQ(s.m.smmu.outcome(ticket), std::nullopt) << "told once";
  EXPECT_TRUE(s.m.events().empty());
  EXPECT_EQ(s.m.smmu.stalled(), 0u);
}

TEST(Stall, law_68_others_go_on_meanwhile) {
  Stalls s;
  Ticket ticket = 0;
  s.tables.map(0x2000, s.m.make_frame(5), 3, kStage1);
  ASSERT_EQ(s.read(0x1000, &ticket), DmaStatus::stalled);
  EXPECT_EQ(s.read(0x2000, nullptr), DmaStatus::done);
}

TEST(Stall, law_69_how_it_ends_is_what_the_command_says) {
  for (const bool zeros : {true, false}) {
    Features features = stalling();
    features.read_as_zero = zeros;
    Stalls s(Policy::exact(), features);
    Ticket ticket = 0;
    ASSERT_EQ(s.read(0x1000, &ticket), DmaStatus::stalled);
    s.resume(s.event(), kResumeAbort);
    EXPECT_EQ(s.m.smmu.outcome(ticket)->status, DmaStatus::aborted);
    ASSERT_EQ(s.read(0x1000, &ticket), DmaStatus::stalled);
    s.resume(s.event(), kResumeZeros);
    EXPECT_EQ(s.m.smmu.outcome(ticket)->status, zeros ? DmaStatus::ignored : DmaStatus::aborted);
    // What faults again stalls again, under a record of its own.
    ASSERT_EQ(s.read(0x1000, &ticket), DmaStatus::stalled);
    s.resume(s.event(), kResumeRetry);
    s.tables.map(0x1000, s.m.make_frame(9), 3, kStage1);
    s.resume(s.event(), kResumeRetry);
    EXPECT_EQ(Stalls::value_of(*s.m.smmu.outcome(ticket)), 9u);
  }
}

TEST(Stall, law_69_only_the_transaction_that_is_named) {
  Stalls s;
  (void)s.m.make_stage1({.asid = kAsid + 1, .more_word0 = kStall}, kOther);
  Ticket first = 0, second = 0;
  ASSERT_EQ(s.read(0x1000, &first), DmaStatus::stalled);
  ASSERT_EQ(s.read(0x1000, &second, kOther), DmaStatus::stalled);
  const auto events = s.m.events();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_NE(events[0].tag, events[1].tag);
  // Another stream, a tag that nobody has, one that does not exist.
  EXPECT_TRUE(s.m.run({command::resume(kOther, events[0].tag, kResumeAbort), command::resume(kStream, 9, kResumeAbort),
                       command::resume(kStream, 0xffff, kResumeAbort)}));
  EXPECT_EQ(s.m.smmu.stalled(), 2u);
  s.resume(events[1], kResumeAbort);
  EXPECT_EQ(s.m.smmu.outcome(first), std::nullopt);
  EXPECT_EQ(s.m.smmu.outcome(second)->status, DmaStatus::aborted);
  // All of a stream.
  ASSERT_EQ(s.read(0x5000, &second), DmaStatus::stalled);
  EXPECT_TRUE(s.m.run({command::stall_term(kOther)}));
  EXPECT_EQ(s.m.smmu.stalled(), 2u);
  EXPECT_TRUE(s.m.run({command::stall_term(kStream)}));
  EXPECT_EQ(s.m.smmu.outcome(first)->status, DmaStatus::aborted);
  EXPECT_EQ(s.m.smmu.outcome(second)->status, DmaStatus::aborted);
}

TEST(Stall, law_68_disabling_the_smmu_ends_all) {
  Stalls s;
  Ticket ticket = 0;
  ASSERT_EQ(s.read(0x1000, &ticket), DmaStatus::stalled);
  const Event event = s.event();
  s.m.disable(cr0::kSmmuEnable);
  EXPECT_EQ(s.m.smmu.outcome(ticket)->status, DmaStatus::aborted);
  s.resume(event, kResumeRetry);
  EXPECT_EQ(s.m.smmu.stalled(), 0u);
}

TEST(Stall, what_may_stall) {
  // Stage 2, by its own bit.
  Machine m(stalling(), Policy::exact());
  (void)m.make_stage2({.more_word2 = kStall2});
  std::uint64_t value = 0;
  const auto bytes = std::as_writable_bytes(std::span(&value, 1));
  EXPECT_EQ(m.smmu.read({.stream = kStream, .address = 0x1000}, bytes), DmaStatus::stalled);
  const auto events = m.events();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].stage2 && events[0].stall);
  // Errors of configuration do not, nor what an endpoint asks with ATS, nor where there is nothing that could wait.
  EXPECT_EQ(m.smmu.read({.stream = kOther, .address = 0x1000}, bytes), DmaStatus::aborted);
  EXPECT_FALSE(m.translate(0x1000));
  EXPECT_EQ(m.smmu.stalled(), 1u);
}

TEST(Stall, what_the_entries_may_say) {
  const auto code = [](StallModel model, std::uint64_t cd, std::uint64_t ste) -> std::optional<EventCode> {
    Features features = stalling();
    features.stall_model = model;
    Machine m(features, Policy::exact());
    TableBuilder tables = m.make_stage1({.more_word0 = cd});
    tables.map(0x1000, 0x9000, 3, kStage1);
    m.memory.write64(m.stream_slot(kStream) + 8, ste);
    const auto result = m.translate(0x1000);
    return result ? std::nullopt : std::optional(result.fault().code);
  };
  EXPECT_EQ(code(StallModel::either, kStall, 0), std::nullopt);
  EXPECT_EQ(code(StallModel::either, 0, kNoStall1), std::nullopt);
  EXPECT_EQ(code(StallModel::either, kStall, kNoStall1), EventCode::bad_cd);
  EXPECT_EQ(code(StallModel::terminate, kStall, 0), EventCode::bad_cd);
  EXPECT_EQ(code(StallModel::terminate, 0, kNoStall1), EventCode::bad_ste);
  EXPECT_EQ(code(StallModel::stall, 0, 0), EventCode::bad_cd);
  EXPECT_EQ(code(StallModel::stall, kStall, 0), std::nullopt);
  EXPECT_EQ(code(StallModel::stall, kStall, kNoStall1), EventCode::bad_ste);
  Machine m({}, Policy::exact());
  EXPECT_FALSE(m.run({command::resume(kStream, 0, kResumeAbort)})) << "illegal where nothing stalls";
}

TEST(Stall, law_70_records_wait_for_room_and_for_tags) {
  constexpr unsigned kEntries = 1u << Machine::kEventBits;
  Stalls s(Policy::exact(), stalling(2));
  for (unsigned i = 0; i < kEntries; ++i) (void)s.m.translate(0x1000);
  Ticket tickets[3] = {};
  for (Ticket& ticket : tickets) ASSERT_EQ(s.read(0x3000, &ticket), DmaStatus::stalled);
  EXPECT_EQ(s.m.events().size(), kEntries) << "full of others";
  EXPECT_EQ(s.m.smmu.read32(reg::kEvtqProd) >> 31, 0u) << "nothing was dropped";
  const auto events = s.m.events();
  ASSERT_EQ(events.size(), 2u) << "no more than STALL_MAX without an answer";
  s.resume(events[0], kResumeAbort);
  const Event third = s.event();
  EXPECT_EQ(third.tag, events[0].tag);
  s.resume(third, kResumeAbort);
  EXPECT_EQ(s.m.smmu.outcome(tickets[2])->status, DmaStatus::aborted);
  EXPECT_EQ(s.m.smmu.outcome(tickets[1]), std::nullopt);
}

TEST(Stall, law_71_what_was_not_recorded_by_the_sync_is_judged_anew) {
  Stalls s;
  s.m.disable(cr0::kEventQueueEnable);
  Ticket mapped = 0, missing = 0;
  ASSERT_EQ(s.read(0x1000, &mapped), DmaStatus::stalled);
  ASSERT_EQ(s.read(0x2000, &missing), DmaStatus::stalled);
  s.tables.map(0x1000, s.m.make_frame(3), 3, kStage1);
  ASSERT_TRUE(s.m.run({command::tlbi_nsnh_all()}));
  s.m.enable(cr0::kEventQueueEnable);
  EXPECT_EQ(s.event().input, 0x2000u) << "only what faults still";
  EXPECT_EQ(Stalls::value_of(*s.m.smmu.outcome(mapped)), 3u);
  EXPECT_EQ(s.m.smmu.outcome(missing), std::nullopt);
}

// Software answers each record once, and in the end every transaction has ended as it said.
TEST(Stall, law_68_69_70_under_the_adversary) {
  EXPECT_TRUE(rc::check("each record is answered once and each transaction ends once", [](std::uint64_t seed) {
    constexpr unsigned kMost = 4, kPages = 6;
    Stalls s(Policy::adversarial(seed), stalling(kMost));
    std::mt19937_64 random(seed);
    std::vector<Event> unanswered;
    std::map<Ticket, std::uint64_t> waiting;  // by what they read
    std::map<std::uint64_t, std::uint64_t> frames;
    unsigned ended = 0;
    const auto collect = [&] {
      for (auto it = waiting.begin(); it != waiting.end();) {
        const auto outcome = s.m.smmu.outcome(it->first);
        if (!outcome) {
          ++it;
          continue;
        }
        ++ended;
        if (outcome->status == DmaStatus::done) RC_ASSERT(Stalls::value_of(*outcome) == it->second + 1);
        it = waiting.erase(it);
      }
    };
    const auto answer_all = [&] {
      for (const Event& event : s.m.events()) {
        RC_ASSERT(event.stall);
        for (const Event& other : unanswered) RC_ASSERT(other.tag != event.tag);
        unanswered.push_back(event);
      }
      RC_ASSERT(unanswered.size() <= kMost);
      while (!unanswered.empty() && random() % 4 != 0) {
        const Event event = unanswered.back();
        unanswered.pop_back();
        const std::uint64_t page = event.input >> 12;
        const auto action = static_cast<unsigned>(random() % 3);
        if (action == kResumeRetry && !frames.contains(page)) {
          frames[page] = s.m.make_frame(page + 1);
          s.tables.map(page << 12, frames[page], 3, kStage1);
        }
        s.m.send(command::resume(event.stream, event.tag, action));
      }
      RC_ASSERT(s.m.sync());
    };
    unsigned begun = 0;
    for (unsigned step = 0; step < 60; ++step) {
      const std::uint64_t page = 1 + random() % kPages;
      Ticket ticket = 0;
      if (s.read(page << 12, &ticket) == DmaStatus::stalled) {
        waiting[ticket] = page;
        ++begun;
      }
      if (random() % 3 == 0) answer_all();
      if (random() % 4 == 0 && !frames.empty()) {  // takes a page away
        s.tables.unmap(frames.begin()->first << 12, 3);
        frames.erase(frames.begin());
        RC_ASSERT(s.m.run({command::tlbi_nsnh_all()}));
      }
      collect();
    }
    for (unsigned round = 0; round < 400 && !waiting.empty(); ++round) {
      answer_all();
      s.m.smmu.settle();
      collect();
    }
    RC_ASSERT(waiting.empty());
    RC_ASSERT(ended == begun && begun > 5);
    RC_ASSERT((s.m.smmu.read32(reg::kEvtqProd) >> 31) == 0u);
  }));
}

}  // namespace
}  // namespace hw::smmu::testing
