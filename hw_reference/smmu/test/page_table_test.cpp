// SPDX-License-Identifier: Apache-2.0
// The tables of hw_reference/pgtable, walked by this SMMU: law 13, and laws 17, 18 and 22 with its gather.
#include "hw_reference/pgtable/page_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cerrno>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {
namespace {

namespace pgtable = hw_reference::pgtable;

// One stream whose tables a PageTable keeps.
struct Domain {
  Domain(const pgtable::Format& format, const Policy& policy)
      : fmt(format),
        // An IPA is no wider than a physical address can be.
        m({.output_bits = std::max({48u, format.shape().output_bits, format.shape().input_bits}),
           .va52 = format.shape().input_bits > 48},
          policy),
        tables(pgtable::PageTable::make(
            format, memory, [this](std::uint64_t first, std::uint64_t last) { invalidate(first, last, false, 0); })) {
    m.memory.elsewhere = [this](PhysAddr at) -> std::uint64_t* {
      return memory.contains(at) ? memory.words(at) : nullptr;
    };
    const pgtable::RootFields root = format.root_fields();
    Words stream{};
    if (stage2()) {
      stream = {1 | 6 << 1, 0,
                kVmid | std::uint64_t{root.tsz} << 32 | std::uint64_t{root.sl0} << 38 | std::uint64_t{root.tg} << 46 |
                    std::uint64_t{root.size} << 48 | 1ull << 51 | 1ull << 58,
                tables->root()};
    } else {
      const PhysAddr contexts = m.frames.allocate(64);
      m.write_words(contexts, {root.tsz | root.tg << 6 | 1ull << 30 | 1ull << 31 | std::uint64_t{root.size} << 32 |
                                   1ull << 41 | 1ull << 45 | 1ull << 46 | std::uint64_t{kAsid} << 48,
                               tables->root()});
      stream = Machine::stage1_stream(contexts);
    }
    m.write_stream(kStream, stream);
    EXPECT_TRUE(m.run({command::cfgi_ste(kStream, false)}));
  }

  bool stage2() const { return fmt.shape().stage == pgtable::Stage::two; }

  // Range commands for [first, last]: one for each 5-bit digit of the number of granules.
  void invalidate(std::uint64_t first, std::uint64_t last, bool leaf, unsigned level) {
    const unsigned granule = fmt.shape().granule_shift;
    std::uint64_t pages = (last - first + 1) >> granule;
    if (level == 0 && pages % 32 == 1) ++pages;  // NUM = SCALE = TTL = 0 is reserved
    while (pages != 0) {
      const unsigned scale = static_cast<unsigned>(__builtin_ctzll(pages));
      const unsigned num = (pages >> scale) & 31;
      const Command base =
          stage2() ? command::tlbi_s2_ipa(kVmid, first, leaf) : command::tlbi_nh_va(0, kAsid, first, leaf);
      m.send(command::with_range(base, (granule - 10) / 2, level, num - 1, scale));
      first += std::uint64_t{num} << (scale + granule);
      pages -= std::uint64_t{num} << scale;
    }
    EXPECT_TRUE(m.sync());
  }

  void finish(pgtable::Gather& gather) {
    if (!gather.empty()) {
      const bool one_size = !gather.tables && (gather.leaf_sizes & (gather.leaf_sizes - 1)) == 0;
      invalidate(gather.first, gather.last, !gather.tables, one_size ? *fmt.level_of(gather.leaf_sizes) : 0);
    }
    gather.released(memory, fmt.shape().granule_shift);
  }

  // What hardware finds agrees with what software says, for reading and for writing.
  bool agrees(std::uint64_t iova) {
    const auto said = tables->lookup(iova);
    const auto read = m.translate(iova), write = m.translate(iova, true);
    if (!said) return !read && !write;
    return read && read->address == said->address && static_cast<bool>(write) == ((said->prot & pgtable::kWrite) != 0);
  }

  const pgtable::Format fmt;
  pgtable::TableMemory memory{std::size_t{256} << 20};
  Machine m;
  std::unique_ptr<pgtable::PageTable> tables;
};

struct Leaf {
  std::uint64_t iova, address, size;
};

// A random leaf, near other ones more often than not.
Leaf random_leaf(Chooser& chooser, const pgtable::Format& fmt) {
  std::uint64_t sizes = fmt.page_sizes();
  for (std::uint64_t skip = chooser.below(3); skip > 0 && (sizes & (sizes - 1)) != 0; --skip) sizes &= sizes - 1;
  Leaf leaf{};
  leaf.size = sizes & -sizes;
  const std::uint64_t reach = chooser.chance(192) ? low_bits(26) : low_bits(fmt.shape().input_bits);
  const std::uint64_t base = chooser.chance(128) ? 0 : low_bits(fmt.shape().input_bits) & ~reach;
  leaf.iova = align_down(base + (chooser.next() & reach), leaf.size);
  leaf.address = align_down(chooser.next() & low_bits(fmt.shape().output_bits), leaf.size);
  return leaf;
}

std::vector<pgtable::Format> all_formats() {
  std::vector<pgtable::Format> formats;
  for (pgtable::Stage stage : {pgtable::Stage::one, pgtable::Stage::two}) {
    for (unsigned granule : {12u, 14u, 16u}) {
      for (unsigned input : {32u, 36u, 39u, 40u, 42u, 44u, 47u, 48u, 52u}) {
        for (unsigned output : {40u, 48u, 52u}) {
          const auto format = pgtable::Format::make({stage, granule, input, output});
          if (format) formats.push_back(*format);
        }
      }
    }
  }
  return formats;
}

TEST(PageTable, law_13_hardware_walks_the_tables_that_software_built) {
  Chooser chooser(13);
  const auto formats = all_formats();
  ASSERT_GE(formats.size(), 80u);
  for (const pgtable::Format& format : formats) {
    Domain d(format, Policy::exact());
    const auto& shape = format.shape();
    for (unsigned i = 0; i < 40; ++i) {
      const Leaf leaf = random_leaf(chooser, format);
      const pgtable::Prot prot = pgtable::kRead | (chooser.chance(128) ? pgtable::kWrite : 0);
      const int error = d.tables->map_pages(leaf.iova, leaf.address, leaf.size, 1, prot);
      EXPECT_TRUE(error == 0 || error == EEXIST) << error;
      for (std::uint64_t iova : {leaf.iova, leaf.iova + leaf.size - 4, leaf.iova ^ leaf.size}) {
        EXPECT_TRUE((iova >> shape.input_bits) != 0 || d.agrees(iova))
            << "stage " << (d.stage2() ? 2 : 1) << " granule " << shape.granule_shift << " input " << shape.input_bits
            << " output " << shape.output_bits << " iova " << std::hex << iova;
      }
    }
    (void)d.m.events();
    EXPECT_TRUE(d.m.smmu.misuses().empty());
  }
}

// A random life of a page table; false if a DMA ever differed from what the software said.
bool live(const pgtable::Format& format, std::uint64_t seed, bool forgetful) {
  Chooser chooser(seed);
  Domain d(format, Policy::adversarial(seed));
  if (forgetful) d.m.drop = [](const Command& c) { return is_tlbi(c.opcode()); };
  std::vector<Leaf> leaves;
  for (unsigned step = 0; step < 80; ++step) {
    if (leaves.empty() || chooser.chance(128)) {
      const Leaf leaf = random_leaf(chooser, d.fmt);
      if (d.tables->map_pages(leaf.iova, leaf.address, leaf.size, 1, pgtable::kRead | pgtable::kWrite) == 0) {
        leaves.push_back(leaf);
        if (!d.agrees(leaf.iova)) return false;
      }
    } else {
      const std::size_t which = chooser.below(leaves.size());
      const Leaf leaf = leaves[which];
      leaves.erase(leaves.begin() + static_cast<std::ptrdiff_t>(which));
      if (!d.agrees(leaf.iova)) return false;
      pgtable::Gather gather;
      if (d.tables->unmap(leaf.iova, leaf.size, gather) != leaf.size) return false;
      d.finish(gather);
      if (!d.agrees(leaf.iova)) return false;
    }
    for (const Leaf& leaf : leaves) {
      if (chooser.chance(64) && !d.agrees(leaf.iova + (chooser.next() & (leaf.size - 1) & ~7ull))) return false;
    }
    if (step % 8 == 0) (void)d.m.events();
  }
  return d.m.smmu.misuses().empty();
}

TEST(PageTable, law_17_18_22_its_gather_covers_what_the_smmu_may_hold) {
  const auto formats = all_formats();
  EXPECT_TRUE(rc::check("maps take effect at once, unmaps after the gather was invalidated",
                        [&](std::uint64_t seed) { RC_ASSERT(live(formats[seed % formats.size()], seed, false)); }));
  unsigned found = 0;
  for (std::uint64_t seed = 0; seed < formats.size(); ++seed) found += !live(formats[seed], seed, true);
  EXPECT_EQ(found, formats.size()) << "a driver that forgets to invalidate goes unseen";
}

}  // namespace
}  // namespace hw::smmu::testing
