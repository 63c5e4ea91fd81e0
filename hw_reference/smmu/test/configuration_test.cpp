// SPDX-License-Identifier: Apache-2.0
// Stream tables, STEs, CDs and substreams: what is legal, and which event tells what is not.
#include <gtest/gtest.h>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

class Configuration : public ::testing::Test {
 protected:
  Configuration() : tables_(m_.stage1_tables({})), second_(m_.stage2_tables({})) {
    contexts_ = m_.frames.allocate(64 * 16);
    m_.write_words(contexts_, Machine::context(tables_, {}));
    tables_.map(0x1000, 0x9000, 3, kStage1);
    second_.map(0x1000, 0x9000, 3, kStage2);
  }

  // The one event that a read of 0x1000 causes; nothing if it translates, or fails silently.
  std::optional<Event> event_of(std::optional<SubstreamId> substream = {}, StreamId stream = kStream) {
    last_ = static_cast<bool>(m_.smmu.translate({.stream = stream, .substream = substream, .address = 0x1000}));
    const auto events = m_.events();
    EXPECT_LE(events.size(), 1u);
    return events.empty() ? std::nullopt : std::optional(events.front());
  }
  std::optional<EventCode> code_of(const Words& stream) {
    m_.write_stream(kStream, stream);
    const auto event = event_of();
    return event ? std::optional(event->code) : std::nullopt;
  }
  std::optional<EventCode> code_of_context(const Words& context) {
    m_.write_words(contexts_, context);
    return code_of(Machine::stage1_stream(contexts_));
  }

  Machine m_{Features{.output_bits = 44}, Policy::exact()};
  TableBuilder tables_, second_;
  PhysAddr contexts_ = 0;
  bool last_ = false;
};

TEST_F(Configuration, modes) {
  EXPECT_EQ(code_of(Machine::abort_stream()), std::nullopt);
  EXPECT_FALSE(last_);
  EXPECT_EQ(code_of(Machine::bypass_stream()), std::nullopt);
  EXPECT_TRUE(last_);
  EXPECT_EQ(code_of(Machine::stage1_stream(contexts_)), std::nullopt);
  EXPECT_TRUE(last_);
  EXPECT_EQ(code_of(Machine::stage2_stream(second_, {.output_bits = 44})), EventCode::bad_ste);  // 48 bits of IPA
  m_.write_stream(kStream, Machine::bypass_stream());
  EXPECT_FALSE(m_.translate(1ull << 44));
  EXPECT_EQ(m_.events().at(0).code, EventCode::address_size);
}

TEST_F(Configuration, illegal_stream_entries) {
  const Stage2Setup setup{.input_bits = 44, .output_bits = 44};
  TableBuilder tables = m_.stage2_tables(setup);
  tables.map(0x1000, 0x9000, 3, kStage2);
  const Words one = Machine::stage1_stream(contexts_), two = Machine::stage2_stream(tables, setup);
  ASSERT_EQ(code_of(two), std::nullopt);
  ASSERT_TRUE(last_);
  struct Case {
    const char* name;
    const Words& base;
    unsigned word, last_bit, first_bit;
    std::uint64_t value;
  };
  const Case cases[] = {
      {"V", one, 0, 0, 0, 0},
      {"S1ContextPtr beyond OAS", one, 0, 51, 6, 1ull << 38},
      {"S1CDMax beyond SSIDSIZE", one, 0, 63, 59, 11},
      {"S1STALLD", one, 1, 27, 27, 1},
      {"STRW", one, 1, 31, 30, 2},
      {"EATS split", one, 1, 29, 28, 2},
      {"S2AA64", two, 2, 51, 51, 0},
      {"S2ENDI", two, 2, 52, 52, 1},
      {"S2S", two, 2, 57, 57, 1},
      {"S2TG reserved", two, 2, 47, 46, 3},
      {"S2SL0 reserved", two, 2, 39, 38, 3},
      {"S2T0SZ below 64 - IAS", two, 2, 37, 32, 19},
      {"S2T0SZ too large", two, 2, 37, 32, 49},
      {"S2SL0 needs 2^14 tables", two, 2, 39, 38, 0},
      {"S2T0SZ leaves nothing for level 0", two, 2, 37, 32, 25},
      {"S2TTB beyond S2PS", two, 3, 51, 4, 1ull << 40},
      {"S2PS smaller than S2TTB", two, 2, 50, 48, 0},
  };
  for (const Case& c : cases) {
    Words words = c.base;
    words[c.word] = with_field(words[c.word], c.last_bit, c.first_bit, c.value);
    // The table of the last case lies above 4 GiB.
    if (std::string_view(c.name) == "S2PS smaller than S2TTB") words[3] |= 1ull << 33;
    EXPECT_EQ(code_of(words), EventCode::bad_ste) << c.name;
    EXPECT_FALSE(last_) << c.name;
  }
  Words aborting = two;
  aborting[0] = 1;  // with Config = 0xx nothing else matters
  aborting[2] = ~0ull;
  EXPECT_EQ(code_of(aborting), std::nullopt);
}

TEST(StreamEntries, depend_on_the_features) {
  const Words both = {1 | 7ull << 1};
  const auto illegal = [&](const Features& features, const Words& words) {
    return std::holds_alternative<Flaw>(decode_stream(words, features));
  };
  const Words stage1 = Machine::stage1_stream(0x1000, 4, 1);
  EXPECT_FALSE(illegal({}, stage1));
  EXPECT_TRUE(illegal({.two_level_contexts = false}, stage1));
  EXPECT_TRUE(illegal({.stage1 = false}, stage1));
  EXPECT_TRUE(illegal({.stage2 = false}, both));
  EXPECT_TRUE(illegal({}, Machine::stage1_stream(0x1000, 4, 3)));
  EXPECT_TRUE(illegal({}, Machine::stage1_stream(0x1000, 4, 0, 3)));
  EXPECT_TRUE(illegal({.vmid16 = false}, Machine::stage1_stream(0x1000, 0, 0, 0, 256)));
  EXPECT_FALSE(illegal({.vmid16 = false}, Machine::stage1_stream(0x1000, 0, 0, 0, 255)));
}

TEST_F(Configuration, illegal_contexts) {
  const Words good = Machine::context(tables_, {.output_bits = 44});
  ASSERT_EQ(code_of_context(good), std::nullopt);
  ASSERT_TRUE(last_);
  struct Case {
    const char* name;
    unsigned word, last_bit, first_bit;
    std::uint64_t value;
  };
  const Case cases[] = {
      {"V", 0, 31, 31, 0},          {"AA64", 0, 41, 41, 0},      {"ENDI", 0, 15, 15, 1},
      {"S", 0, 44, 44, 1},          {"T0SZ small", 0, 5, 0, 15}, {"T0SZ large", 0, 5, 0, 49},
      {"TG0 reserved", 0, 7, 6, 3}, {"T1SZ", 0, 30, 30, 0},      {"TTB0 beyond IPS", 1, 51, 4, 1ull << 40},
  };
  for (const Case& c : cases) {
    Words words = good;
    words[c.word] = with_field(words[c.word], c.last_bit, c.first_bit, c.value);
    EXPECT_EQ(code_of_context(words), EventCode::bad_cd) << c.name;
  }
  const auto illegal = [&](const Features& features, const Words& words) {
    return std::holds_alternative<Flaw>(decode_context(words, features));
  };
  Words words = good;
  words[0] = with_field(words[0], 63, 48, 256);
  EXPECT_TRUE(illegal({.asid16 = false}, words));
  words = good;
  words[0] = with_field(words[0], 46, 46, 0);
  EXPECT_TRUE(illegal({.read_as_zero = false}, words));
  EXPECT_FALSE(illegal({}, words));
  words = good;
  words[0] |= 1ull << 42;
  EXPECT_TRUE(illegal({.hardware_update = 1}, words));
  EXPECT_TRUE(illegal({.granule_4k = false}, good));
}

TEST_F(Configuration, substreams) {
  m_.write_words(contexts_ + 3 * 64, Machine::context(tables_, {.asid = 9}));
  const auto code = [&](unsigned bits, unsigned dss, std::optional<SubstreamId> substream) -> std::optional<EventCode> {
    m_.write_stream(kStream, Machine::stage1_stream(contexts_, bits, 0, dss));
    const auto event = event_of(substream);
    return event ? std::optional(event->code) : std::nullopt;
  };
  EXPECT_EQ(code(0, 0, 0), EventCode::bad_substream);  // substreams are off
  EXPECT_EQ(code(2, 0, 4), EventCode::bad_substream);
  EXPECT_EQ(code(2, 0, 3), std::nullopt);
  EXPECT_TRUE(last_);
  EXPECT_EQ(code(2, 0, 1), EventCode::bad_cd);
  EXPECT_EQ(code(2, 0, {}), EventCode::stream_disabled);
  EXPECT_EQ(code(2, 1, {}), std::nullopt);
  EXPECT_TRUE(last_);
  EXPECT_EQ(code(2, 2, {}), std::nullopt);
  EXPECT_TRUE(last_);
  EXPECT_EQ(code(2, 2, 0), EventCode::stream_disabled);
  EXPECT_EQ(code(2, 0, 0), std::nullopt);
  m_.write_stream(kStream, Machine::bypass_stream());
  EXPECT_EQ(event_of(1)->code, EventCode::bad_substream);
}

TEST_F(Configuration, two_level_contexts) {
  for (unsigned format : {1u, 2u}) {
    const unsigned leaf_bits = format == 1 ? 6 : 10;
    const PhysAddr top = m_.frames.allocate(64), leaf = m_.frames.allocate(64ull << leaf_bits);
    const SubstreamId substream = 5 + (format == 1 ? 64 : 0);
    m_.memory.write64(top + 8 * (substream >> leaf_bits), leaf | 1);
    m_.write_words(leaf + 64 * 5, Machine::context(tables_, {}));
    m_.write_stream(kStream, Machine::stage1_stream(top, 8, format));
    EXPECT_FALSE(event_of(substream));
    EXPECT_TRUE(last_);
    if (format == 1) {
      EXPECT_EQ(event_of(5)->code, EventCode::bad_substream);  // the pointer is not valid
    }
    m_.memory.poison(leaf, leaf + 0xfff);
    const auto event = event_of(substream);
    EXPECT_EQ(event->code, EventCode::cd_fetch);
    EXPECT_EQ(event->fetch, leaf + 64 * 5);
    m_.memory.heal(leaf);
  }
}

TEST_F(Configuration, stream_beyond_the_table_is_recorded_where_told) {
  EXPECT_EQ(event_of({}, 1u << Machine::kStreamBits)->code, EventCode::bad_stream);
  EXPECT_EQ(event_of({}, 5)->code, EventCode::bad_ste);
  m_.memory.poison(m_.stream_slot(5), m_.stream_slot(5) + 63);
  const auto event = event_of({}, 5);
  EXPECT_EQ(event->code, EventCode::ste_fetch);
  EXPECT_EQ(event->fetch, m_.stream_slot(5));
}

TEST(TwoLevelStreams, spans) {
  Machine m({}, Policy::exact(), true);
  m.write_stream(70, Machine::bypass_stream());
  EXPECT_TRUE(m.translate(0, false, 70));
  const PhysAddr top = m.stream_table + 8;
  const std::uint64_t pointer = *m.memory.read64(top) & ~0x1full;
  const auto code_with_span = [&](unsigned span, StreamId stream) -> std::optional<EventCode> {
    m.memory.write64(top, pointer | span);
    (void)m.translate(0, false, stream);
    const auto events = m.events();
    return events.empty() ? std::nullopt : std::optional(events.at(0).code);
  };
  EXPECT_EQ(code_with_span(0, 70), EventCode::bad_stream);
  EXPECT_EQ(code_with_span(Machine::kSplit + 2, 70), EventCode::bad_stream);
  EXPECT_EQ(code_with_span(31, 70), EventCode::bad_stream);
  EXPECT_EQ(code_with_span(3, 70), EventCode::bad_stream);  // four entries: 64..67
  EXPECT_EQ(code_with_span(4, 70), std::nullopt);
  EXPECT_EQ(code_with_span(Machine::kSplit + 1, 70), std::nullopt);
  EXPECT_EQ(code_with_span(Machine::kSplit + 1, 3), EventCode::bad_stream);
}

TEST(Global, bypass_attribute_decides_while_disabled) {
  Machine m;
  m.disable(1);
  EXPECT_TRUE(m.translate(0x1000));
  m.smmu.write32(0x44, 1u << 31 | 1u << 20);
  while (m.smmu.read32(0x44) >> 31) {
  }
  EXPECT_FALSE(m.translate(0x1000));
  EXPECT_TRUE(m.events().empty());
}

TEST_F(Configuration, faults_without_abort_read_as_zero) {
  Words words = Machine::context(tables_, {});
  words[0] = with_field(with_field(words[0], 46, 46, 0), 45, 45, 0);  // A and R
  m_.write_words(contexts_, words);
  m_.write_stream(kStream, Machine::stage1_stream(contexts_));
  std::array<std::byte, 8> data{std::byte{1}};
  EXPECT_EQ(m_.smmu.read({.stream = kStream, .address = 0x5000}, data), DmaStatus::ignored);
  EXPECT_EQ(data[0], std::byte{0});
  EXPECT_EQ(m_.smmu.write({.stream = kStream, .address = 0x5000}, data), DmaStatus::ignored);
  EXPECT_TRUE(m_.events().empty());
}

}  // namespace
}  // namespace hw::smmu::testing
