// SPDX-License-Identifier: Apache-2.0
// The SMMU walks what pgtable/ builds: from the fields of an STE or CD, for each stage and granule, with caches that
// keep or drop whatever they may. After each unmap the invalidation that the gather asks for is sent, and nothing more.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "hw_reference/pgtable/page_table.hpp"
#include "hw_reference/smmu/command.hpp"
#include "hw_reference/smmu/registers.hpp"
#include "hw_reference/smmu/smmu.hpp"
#include "hw_reference/smmu/sparse_memory.hpp"

namespace hw_reference::pgtable {

static std::string name_of(const Shape& shape) {
  return std::string(shape.stage == Stage::one ? "S1" : "S2") + "_" +
         std::to_string((1U << shape.granule_shift) / 1024) + "K_" + std::to_string(shape.input_bits);
}

static void PrintTo(const Shape& shape, std::ostream* out) { *out << name_of(shape); }

}  // namespace hw_reference::pgtable

namespace {

using namespace hw_reference::pgtable;
namespace smmu = hw::smmu;

constexpr std::uint64_t kTables = 0x1000'0000;
constexpr std::uint64_t kTableBytes = 0x1000'0000;
constexpr std::uint64_t kStreams = 0x4000'0000;
constexpr std::uint64_t kContext = 0x4001'0000;
constexpr unsigned kStream = 1;
constexpr std::uint16_t kVmid = 3;
constexpr std::uint16_t kAsid = 5;

// Tables live in their own memory, structures elsewhere.
class JointBus final : public hw::Bus {
 public:
  explicit JointBus(TableMemory& tables) : tables_(tables) {}

  std::optional<std::uint64_t> read64(hw::PhysAddr address) override {
    if (!tables_.contains(address)) return rest.read64(address);
    freed_table_was_read |= freed.contains(address & ~(granule - 1));
    return __atomic_load_n(tables_.words(address), __ATOMIC_ACQUIRE);
  }
  bool write64(hw::PhysAddr address, std::uint64_t value) override {
    return !tables_.contains(address) && rest.write64(address, value);
  }
  std::optional<std::uint64_t> compare_exchange64(hw::PhysAddr address, std::uint64_t expected,
                                                  std::uint64_t desired) override {
    return tables_.contains(address) ? std::nullopt : rest.compare_exchange64(address, expected, desired);
  }
  bool read(hw::PhysAddr address, std::span<std::byte> into) override { return rest.read(address, into); }
  bool write(hw::PhysAddr address, std::span<const std::byte> from) override { return rest.write(address, from); }

  hw::SparseMemory rest;
  std::uint64_t granule = 4096;
  std::set<std::uint64_t> freed;
  bool freed_table_was_read = false;

 private:
  TableMemory& tables_;
};

class Board {
 public:
  // Without `reuse` no freed table is put in again, so that none may ever be read. With `coarse` large ranges are
  // invalidated by dropping all that there is.
  Board(const Shape& shape, const smmu::Policy& policy, bool reuse, bool coarse)
      : reuse_(reuse),
        coarse_(coarse),
        format_(Format::make(shape).value()),
        bus_(tables_),
        smmu_(bus_, features(shape), policy),
        table_(PageTable::make(format_, tables_, [this](std::uint64_t first, std::uint64_t last) {
          Gather gather;
          gather.add(first, last);
          gather.tables = true;
          gather.leaf_sizes = granule();
          invalidate(gather);
        })) {
    bus_.granule = granule();
    smmu_.watch(backlog_);
    smmu_.write64(smmu::reg::kStrtabBase, kStreams);
    smmu_.write32(smmu::reg::kStrtabBaseCfg, 4);
    write_structures();
    smmu_.write32(smmu::reg::kCr0, smmu::cr0::kSmmuEnable);
    while (smmu_.read32(smmu::reg::kCr0Ack) != smmu::cr0::kSmmuEnable) {
    }
  }
  ~Board() {
    smmu_.unwatch(backlog_);
    for (Gather& gather : retired_) gather.released(tables_, format_.shape().granule_shift);
    table_.reset();
    EXPECT_EQ(tables_.in_use(), 0U);
  }

  std::uint64_t granule() const { return std::uint64_t{1} << format_.shape().granule_shift; }
  const Format& format() const { return format_; }
  PageTable& table() { return *table_; }
  bool freed_table_was_read() const { return bus_.freed_table_was_read; }

  int map(std::uint64_t iova, std::uint64_t address, std::uint64_t size, std::uint64_t count, Prot prot) {
    if (reuse_) bus_.freed.clear();
    return table_->map_pages(iova, address, size, count, prot);
  }
  std::uint64_t unmap(std::uint64_t iova, std::uint64_t length) {
    Gather gather;
    const std::uint64_t done = table_->unmap(iova, length, gather);
    tables_removed += gather.tables;
    if (!gather.empty()) invalidate(gather);
    for (std::uint64_t at = gather.free_tables; at != 0; at = *tables_.words(at)) bus_.freed.insert(at);
    if (reuse_)
      gather.released(tables_, format_.shape().granule_shift);
    else
      retired_.push_back(gather);
    return done;
  }

  // What the SMMU makes of one access: the physical address, none if it faults.
  std::optional<std::uint64_t> reach(std::uint64_t iova, bool write) {
    const auto found = smmu_.translate({.stream = kStream, .address = iova, .access = {.write = write}});
    if (!found) return std::nullopt;
    return found->address;
  }

  unsigned tables_removed = 0;
  std::size_t misuses() const { return smmu_.misuses().size(); }

 private:
  static smmu::Features features(const Shape& shape) {
    smmu::Features features;
    features.output_bits = shape.output_bits;
    features.va52 = shape.input_bits > 48;
    return features;
  }

  void write_structures() {
    const RootFields root = format_.root_fields();
    smmu::Words ste{};
    if (format_.shape().stage == Stage::two) {
      ste = {1 | 6ull << 1, 0,
             kVmid | std::uint64_t{root.tsz} << 32 | std::uint64_t{root.sl0} << 38 | std::uint64_t{root.tg} << 46 |
                 std::uint64_t{root.size} << 48 | 1ull << 51 | 1ull << 58,
             table_->root()};
    } else {
      const smmu::Words cd{root.tsz | std::uint64_t{root.tg} << 6 | 1ull << 30 | 1ull << 31 |
                               std::uint64_t{root.size} << 32 | 1ull << 41 | 1ull << 45 | 1ull << 46 |
                               std::uint64_t{kAsid} << 48,
                           table_->root()};
      for (unsigned i = 0; i < cd.size(); ++i) bus_.rest.write64(kContext + 8 * i, cd[i]);
      ste = {1 | 5ull << 1 | kContext, 0, 0};
    }
    for (unsigned i = 0; i < ste.size(); ++i) bus_.rest.write64(kStreams + 64 * kStream + 8 * i, ste[i]);
    smmu_.execute(smmu::command::cfgi_all(), backlog_);
    smmu_.execute(smmu::command::tlbi_nsnh_all(), backlog_);
    smmu_.execute(smmu::command::sync(), backlog_);
  }

  void invalidate(const Gather& gather) {
    const bool second = format_.shape().stage == Stage::two;
    const std::uint64_t step = gather.leaf_sizes & ~(gather.leaf_sizes - 1);
    const std::uint64_t steps = (gather.last - gather.first) / step + 1;
    if (steps > (coarse_ ? 64 : 10'000)) {
      smmu_.execute(second ? smmu::command::tlbi_s12_vmall(kVmid) : smmu::command::tlbi_nh_asid(0, kAsid), backlog_);
    } else {
      for (std::uint64_t i = 0; i < steps; ++i) {
        const std::uint64_t at = gather.first + i * step;
        smmu_.execute(second ? smmu::command::tlbi_s2_ipa(kVmid, at, !gather.tables)
                             : smmu::command::tlbi_nh_va(0, kAsid, at, !gather.tables),
                      backlog_);
      }
    }
    smmu_.execute(smmu::command::sync(), backlog_);
  }

  const bool reuse_;
  const bool coarse_;
  const Format format_;
  TableMemory tables_{kTableBytes, kTables};
  JointBus bus_;
  smmu::Smmu smmu_;
  smmu::Backlog backlog_;
  std::unique_ptr<PageTable> table_;
  std::vector<Gather> retired_;
};

void run(const Shape& shape, const smmu::Policy& policy, unsigned steps) {
  Board board(shape, policy, policy.seed % 2 == 0, policy.seed % 3 == 0);
  smmu::Chooser chooser(policy.seed);
  const std::uint64_t granule = board.granule();
  const std::uint64_t block = std::uint64_t{1} << board.format().shift(2);
  const bool blocks = (board.format().page_sizes() & block) != 0;
  const std::uint64_t base = (std::uint64_t{1} << shape.input_bits) - 4 * block;  // at the top: every index bit counts
  unsigned reached = 0;
  const auto any_iova = [&] { return base + chooser.below(3) * block + chooser.below(6) * granule; };
  for (unsigned step = 0; step < steps; ++step) {
    const std::uint64_t iova = any_iova();
    switch (chooser.below(4)) {
      case 0: {
        const std::uint64_t size = blocks && chooser.below(4) == 0 ? block : granule;
        const bool whole_table = size == granule && chooser.below(3) == 0;
        const std::uint64_t count = size == block ? 1 : whole_table ? block / granule : 1 + chooser.below(4);
        const std::uint64_t from = iova & ~((whole_table ? block : size) - 1);
        const std::uint64_t address =
            (chooser.next() % ((std::uint64_t{1} << shape.output_bits) / size - count)) * size;
        const Prot prot = chooser.below(3) == 0 ? kRead : kRead | kWrite | kCache;
        board.map(from, address, size, count, prot);
        break;
      }
      case 1:
        if (chooser.below(2) == 0) {
          const std::uint64_t start = iova & ~(block - 1);
          board.unmap(start, block);
          // What a hole has left of it, so that the block is free for a whole table.
          for (std::uint64_t page = 0; page < 16; ++page) board.unmap(start + page * granule, granule);
          board.unmap(start + 16 * granule, block - 16 * granule);
        } else {
          board.unmap(iova, (1 + chooser.below(6)) * granule);
        }
        break;
      default: {
        const std::uint64_t at = iova + chooser.below(granule);
        const bool write = chooser.below(2) == 0;
        const auto expected = board.table().lookup(at);
        const bool permitted = expected && (!write || (expected->prot & kWrite) != 0);
        const auto found = board.reach(at, write);
        ASSERT_EQ(found.has_value(), permitted) << std::hex << at << " seed " << policy.seed << " step " << step;
        if (!permitted) break;
        ++reached;
        ASSERT_EQ(*found, expected->address) << std::hex << at << " seed " << policy.seed << " step " << step;
      }
    }
    ASSERT_FALSE(board.freed_table_was_read()) << "seed " << policy.seed << " step " << step;
  }
  EXPECT_EQ(board.misuses(), 0U);
  EXPECT_GT(reached, steps / 50);
  EXPECT_GT(board.tables_removed, steps / 200);
}

class PageTablesUnderSmmu : public testing::TestWithParam<Shape> {};

TEST_P(PageTablesUnderSmmu, AreWalkedAsBuilt) { run(GetParam(), smmu::Policy::exact(), 2'000); }

TEST_P(PageTablesUnderSmmu, AreInvalidatedEnoughForAnyCache) {
  for (std::uint64_t seed = 1; seed <= 7; ++seed) run(GetParam(), smmu::Policy::adversarial(seed), 1'000);
}

INSTANTIATE_TEST_SUITE_P(EachShape, PageTablesUnderSmmu,
                         testing::Values(Shape{Stage::one, 12, 48, 48}, Shape{Stage::one, 12, 39, 40},
                                         Shape{Stage::one, 14, 47, 48}, Shape{Stage::one, 14, 36, 44},
                                         Shape{Stage::one, 16, 48, 48}, Shape{Stage::one, 16, 52, 52},
                                         Shape{Stage::two, 12, 48, 48}, Shape{Stage::two, 12, 44, 44},
                                         Shape{Stage::two, 12, 42, 42}, Shape{Stage::two, 12, 40, 40},
                                         Shape{Stage::two, 12, 32, 32}, Shape{Stage::two, 14, 40, 40},
                                         Shape{Stage::two, 14, 48, 48}, Shape{Stage::two, 16, 42, 42},
                                         Shape{Stage::two, 16, 48, 48}, Shape{Stage::two, 16, 52, 52}),
                         [](const auto& shape) { return name_of(shape.param); });

}  // namespace
