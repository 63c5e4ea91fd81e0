// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/test/workload.hpp"

#include <array>
#include <set>

#include "hw_reference/smmu/dma.hpp"
#include "hw_reference/smmu/test/machine.hpp"

namespace hw::smmu::testing {

namespace {

constexpr unsigned kRegions = 4, kPages = 6;  // a region is what one level-2 entry covers
constexpr std::uint64_t kGuestOffset = 1ull << 40;
constexpr std::uint64_t kRetired = 0xdead'beef'dead'beef;

struct Mapping {
  PhysAddr frame = 0;
  bool writable = true;
};

class Workload {
 public:
  explicit Workload(const WorkloadOptions& options)
      : o_(options), chooser_(options.seed), m_(options.features, options.policy), tables_(make_tables()) {
    attach();
    m_.memory.on_read64 = [this](PhysAddr at) {
      if (freed_tables_.count(at & ~(tables_.table_bytes() - 1))) complain("a freed table was read");
    };
  }
  ~Workload() { m_.memory.on_read64 = nullptr; }

  std::optional<std::string> run() {
    for (unsigned step = 0; step < o_.steps && !complaint_; ++step) {
      one_step();
      check_retired();
    }
    if (!complaint_ && !m_.smmu.misuses().empty()) complain("misuse: " + std::string(m_.smmu.misuses().front().rule));
    return complaint_;
  }

 private:
  bool stage2_only() const { return o_.regimes == Regimes::stage2; }
  std::uint64_t offset() const { return o_.regimes == Regimes::nested ? kGuestOffset : 0; }
  std::uint16_t vmid() const { return o_.regimes == Regimes::stage1 ? 0 : kVmid; }

  TableBuilder make_tables() {
    if (stage2_only()) {
      const Stage2Setup setup{
          .granule_shift = o_.granule_shift, .input_bits = 42, .start_level = o_.granule_shift == 16 ? 2u : 1u};
      TableBuilder tables = m_.stage2_tables(setup);
      stream_ = Machine::stage2_stream(tables, setup);
      return tables;
    }
    const Stage1Setup setup{.granule_shift = o_.granule_shift, .input_bits = 42};
    TableBuilder tables = m_.stage1_tables(setup, offset());
    const PhysAddr contexts = m_.frames.allocate(64);
    m_.write_words(contexts, Machine::context(tables, setup));
    stream_ = Machine::stage1_stream(contexts + offset());
    if (o_.regimes == Regimes::nested) {
      const Stage2Setup outer{.input_bits = 42, .start_level = 1};
      TableBuilder second = m_.stage2_tables(outer);
      for (std::uint64_t gib = 0; gib < 256; ++gib) {
        second.map(kGuestOffset + (gib << 30), gib << 30, 1, kStage2);
      }
      stream_ = Machine::nested_stream(stream_, Machine::stage2_stream(second, outer));
    }
    return tables;
  }

  void complain(std::string what) {
    if (!complaint_) complaint_ = std::move(what);
  }

  // Input addresses.
  std::uint64_t region_at(unsigned region) const { return (1ull << 32) + region * tables_.size(2); }
  std::uint64_t page_at(unsigned region, unsigned page) const { return region_at(region) + page * tables_.size(3); }

  std::uint64_t attributes(bool writable) const {
    if (stage2_only()) return writable ? kStage2 : kStage2 & ~kStage2Write;
    return writable ? kStage1 : kStage1 | kReadOnly;
  }

  Command tlbi(std::uint64_t at, bool leaf) const {
    return stage2_only() ? command::tlbi_s2_ipa(vmid(), at, leaf) : command::tlbi_nh_va(vmid(), kAsid, at, leaf);
  }

  void sync() {
    if (o_.omission == Omission::sync) return;
    if (!m_.sync()) complain("CMD_SYNC failed");
  }

  void write_stream(const Words& words) {
    // V = 0 first, so that no mixture of old and new is ever valid.
    m_.memory.write64(m_.stream_slot(kStream), 0);
    configure();
    m_.write_stream(kStream, words);
    configure();
  }
  void configure() {
    if (o_.omission != Omission::configuration) m_.send(command::cfgi_ste(kStream, true));
    if (!m_.sync()) complain("CMD_SYNC failed");
  }
  void attach() {
    write_stream(stream_);
    attached_ = true;
  }
  void detach() {
    write_stream(Machine::abort_stream());
    attached_ = false;
  }

  void map(std::optional<Mapping>& mapping, std::uint64_t at, unsigned level) {
    mapping = Mapping{m_.frames.allocate(tables_.size(level)), chooser_.chance(192)};
    tables_.map(at, mapping->frame + offset(), level, attributes(mapping->writable));
  }
  void unmap(std::optional<Mapping>& mapping, std::uint64_t at, unsigned level) {
    tables_.unmap(at, level);
    if (o_.omission != Omission::leaf_invalidation) m_.send(tlbi(at, true));
    sync();
    m_.memory.write64(mapping->frame, kRetired);
    retired_.push_back(mapping->frame);
    mapping.reset();
  }
  void prune(unsigned region) {
    const PhysAddr table = tables_.slot(region_at(region), 3) & ~(tables_.table_bytes() - 1);
    tables_.set(region_at(region), 2, 0);
    m_.send(tlbi(region_at(region), o_.omission == Omission::table_invalidation));
    sync();
    freed_tables_.insert(table);
    has_table_[region] = false;
  }

  bool any_page(unsigned region) const {
    for (const auto& page : pages_[region]) {
      if (page) return true;
    }
    return false;
  }

  void one_step() {
    const unsigned region = static_cast<unsigned>(chooser_.below(kRegions));
    const unsigned page = static_cast<unsigned>(chooser_.below(kPages));
    switch (chooser_.below(12)) {
      case 0:
      case 1:
        if (!blocks_[region] && !pages_[region][page]) {
          map(pages_[region][page], page_at(region, page), 3);
          has_table_[region] = true;
        }
        break;
      case 2:
        if (!blocks_[region] && !has_table_[region]) map(blocks_[region], region_at(region), 2);
        break;
      case 3:
      case 4:
        if (pages_[region][page]) {
          unmap(pages_[region][page], page_at(region, page), 3);
        } else if (blocks_[region]) {
          unmap(blocks_[region], region_at(region), 2);
        }
        break;
      case 5:
        if (has_table_[region] && !any_page(region)) prune(region);
        break;
      case 6:
        if (chooser_.chance(64)) attached_ ? detach() : attach();
        break;
      default:
        dma(region, page);
        break;
    }
  }

  // One DMA, which has to succeed or to abort as the driver's own record says.
  void dma(unsigned region, unsigned page) {
    const std::uint64_t at = page_at(region, page);
    PhysAddr expected = 0;
    bool writable = false, mapped = false;
    if (const auto& one = pages_[region][page]) {
      expected = one->frame, writable = one->writable, mapped = true;
    } else if (const auto& block = blocks_[region]) {
      expected = block->frame + (at - region_at(region)), writable = block->writable, mapped = true;
    }
    const std::uint64_t tag = chooser_.next();
    std::uint64_t value = tag;
    if (chooser_.chance(128)) {
      const bool allowed = attached_ && mapped && writable;
      const bool done = device_.write64(at, tag) == DmaStatus::done;
      if (done != allowed) return complain(done ? "a write went through" : "a write was refused");
      if (done && m_.memory.read64(expected) != tag) complain("a write went elsewhere");
    } else {
      if (mapped) m_.memory.write64(expected, tag);
      value = 0;
      const bool done = device_.read64(at, value) == DmaStatus::done;
      if (done != (attached_ && mapped)) return complain(done ? "a read went through" : "a read was refused");
      if (done && value != tag) complain("a read came from elsewhere");
    }
  }

  void check_retired() {
    for (PhysAddr frame : retired_) {
      if (m_.memory.read64(frame) != kRetired) complain("a frame was written after its unmap");
    }
  }

  const WorkloadOptions o_;
  Chooser chooser_;
  Machine m_;
  Words stream_{};
  TableBuilder tables_;
  DmaEngine device_{m_.smmu, kStream};
  bool attached_ = false;
  std::array<std::array<std::optional<Mapping>, kPages>, kRegions> pages_;
  std::array<std::optional<Mapping>, kRegions> blocks_;
  std::array<bool, kRegions> has_table_{};
  std::vector<PhysAddr> retired_;
  std::set<PhysAddr> freed_tables_;
  std::optional<std::string> complaint_;
};

}  // namespace

std::optional<std::string> run_workload(const WorkloadOptions& options) { return Workload(options).run(); }

}  // namespace hw::smmu::testing
