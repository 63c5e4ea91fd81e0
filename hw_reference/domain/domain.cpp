// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/domain.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cerrno>

#include "hw_reference/domain/page_size.hpp"

namespace hw::domain {

hw_reference::Result<std::unique_ptr<Domain>> Domain::make(Driver& driver, const pgtable::Shape& shape, bool parent) {
  const auto format = pgtable::Format::make(shape);
  Tag tag;
  tag.second = shape.stage == pgtable::Stage::two;
  if (!format || (parent && !tag.second)) return {EINVAL, nullptr};
  if (shape.dirty && driver.smmu().features().hardware_update < 2) return {EINVAL, nullptr};
  const auto number = tag.second ? driver.vmids().take() : driver.asids().take();
  if (!number) return {ENOSPC, nullptr};
  (tag.second ? tag.vmid : tag.asid) = *number;
  tag.parent = parent;
  tag.granule_shift = shape.granule_shift;
  tag.ranges = driver.ranges();
  std::unique_ptr<Domain> domain;
  try {
    domain.reset(new Domain(driver, tag));
    Domain& made = *domain;
    // A block takes the place of an empty table: the SMMU must not walk into that any more.
    made.table_ = pgtable::PageTable::make(*format, driver.tables(), [&made](std::uint64_t first, std::uint64_t last) {
      made.invalidate_range({first, last, made.smallest_page(), true});
    });
  } catch (...) {
    if (!domain) (tag.second ? driver.vmids() : driver.asids()).give_back(*number);
    throw;
  }
  if (!domain->table_) return {ENOMEM, nullptr};  // the destructor gives the number back
  if (!tag.second) {
    const pgtable::RootFields root = format->root_fields();
    smmu::Words context{};
    context[0] = root.tsz | std::uint64_t{root.tg} << 6 | 1ULL << 30 /* EPD1 */ | 1ULL << 31 /* V */ |
                 std::uint64_t{root.size} << 32 | 1ULL << 41 /* AA64 */ | 1ULL << 45 /* R */ | 1ULL << 46 /* A */ |
                 std::uint64_t{tag.asid} << 48;
    if (shape.dirty) context[0] |= 1ULL << 42 /* HD */ | 1ULL << 43 /* HA */;
    context[1] = domain->table_->root();
    context[3] = 0x04'ff44;  // MAIR: not cached, write-back, device
    domain->context_words_ = context;
    domain->context_ = driver.write_context(tag.asid, context);
  }
  return {0, std::move(domain)};
}

Domain::~Domain() {
  assert(streams == 0);
  forget_number();
  table_.reset();
}

// Nothing with this number may be remembered when somebody else gets it.
void Domain::forget_number() {
  Batch batch = driver_.batch();
  invalidate_whole(tag_, [&batch](const smmu::Command& command) { batch.add(command); });
  batch.wait();
  (tag_.second ? driver_.vmids() : driver_.asids()).give_back(tag_.second ? tag_.vmid : tag_.asid);
}

smmu::Words Domain::stream_entry() const {
  smmu::Words entry{};
  if (!tag_.second) {
    entry[0] = 1 | 5ULL << 1 | context_;
    return entry;
  }
  const pgtable::RootFields root = format().root_fields();
  entry[0] = 1 | 6ULL << 1;
  entry[2] = tag_.vmid | std::uint64_t{root.tsz} << 32 | std::uint64_t{root.sl0} << 38 | std::uint64_t{root.tg} << 46 |
             std::uint64_t{root.size} << 48 | 1ULL << 51 /* S2AA64 */ | 1ULL << 58 /* S2R */;
  if (format().shape().dirty) entry[2] |= 1ULL << 55 /* S2HD */ | 1ULL << 56 /* S2HA */;
  entry[3] = table_->root();
  return entry;
}

// ---- map and unmap
// ----------------------------------------------------------------------------------------------------

int Domain::map(std::uint64_t iova, std::uint64_t address, std::uint64_t size, pgtable::Prot prot,
                std::uint64_t sizes) {
  sizes &= format().page_sizes();
  if (size == 0 || ((iova | address | size) & (smallest_page() - 1)) != 0) return EINVAL;
  const std::uint64_t inputs = std::uint64_t{1} << format().shape().input_bits;
  const std::uint64_t outputs = std::uint64_t{1} << format().shape().output_bits;
  if (size > inputs || iova > inputs - size || size > outputs || address > outputs - size) return ERANGE;
  for (std::uint64_t done = 0; done < size;) {
    const PageRun run = choose_pages(sizes, iova + done, address + done, size - done);
    const auto enter = [&] { return table_->map_pages(iova + done, address + done, run.page_size, run.count, prot); };
    int error = enter();
    if (error == ENOMEM && collect_tables()) error = enter();
    if (error != 0) {
      // The SMMU may have seen what was there for a moment.
      if (done > 0) unmap(iova, done);
      return error;
    }
    done += run.page_size * run.count;
  }
  return 0;
}

int Domain::map_each(std::uint64_t iova, std::span<const std::uint64_t> addresses, pgtable::Prot prot) {
  const int error = table_->map_each(iova, addresses, prot);
  return error == ENOMEM && collect_tables() ? table_->map_each(iova, addresses, prot) : error;
}

// Frees the tables that have become empty; false if there are none. Doubling keeps the cost of looking at all tables
// below that of putting them in.
bool Domain::collect_tables() {
  pgtable::Gather gather;
  table_->collect_empty(gather);
  collect_above_ = std::max(kSpareTables, 2 * table_->tables());
  if (gather.empty()) return false;
  invalidate_range({gather.first, gather.last, 0, true});
  gather.released(driver_.tables(), format().shape().granule_shift);
  return true;
}

std::uint64_t Domain::unmap_fast(std::uint64_t iova, std::uint64_t size, Unmapped& unmapped) {
  if (((iova | size) & (smallest_page() - 1)) != 0) return 0;
  pgtable::Gather& gather = unmapped.gather;
  pgtable::Gather fresh;
  const std::uint64_t done = table_->unmap(iova, size, fresh);
  if (fresh.empty()) return done;
  const bool touching = gather.empty() || (fresh.first <= gather.last + 1 && gather.first <= fresh.last + 1);
  if (!gather.empty() && (!touching || gather.leaf_sizes != fresh.leaf_sizes)) sync(unmapped);
  if (gather.empty()) {
    gather = fresh;
    return done;
  }
  gather.add(fresh.first, fresh.last);
  gather.tables |= fresh.tables;
  while (fresh.free_tables != 0) {
    const std::uint64_t table = fresh.free_tables;
    fresh.free_tables = __atomic_load_n(driver_.tables().words(table), __ATOMIC_RELAXED);
    gather.add_table(driver_.tables(), table);
  }
  return done;
}

void Domain::sync(Unmapped& unmapped) {
  pgtable::Gather& gather = unmapped.gather;
  if (gather.empty()) return;
  invalidate_range({gather.first, gather.last, gather.leaf_sizes, gather.tables});
  gather.released(driver_.tables(), format().shape().granule_shift);
}

std::uint64_t Domain::unmap(std::uint64_t iova, std::uint64_t size) {
  Unmapped unmapped;
  const std::uint64_t done = unmap_fast(iova, size, unmapped);
  sync(unmapped);
  if (table_->tables() > collect_above_) collect_tables();
  return done;
}

void Domain::read_dirty(std::uint64_t iova, std::uint64_t length, bool keep, const pgtable::PageTable::Found& found) {
  pgtable::Gather gather;
  table_->read_dirty(iova, length, keep, gather, found);
  // What is remembered as dirty would not be marked again.
  if (!gather.empty()) invalidate_range({gather.first, gather.last, gather.leaf_sizes, false});
}

// ---- what the SMMU and the endpoints remember
// -------------------------------------------------------------------------

void Domain::invalidate_endpoints(Batch& batch, std::uint64_t first, std::uint64_t last) {
  std::lock_guard lock(mutex_);
  if (endpoints_.empty()) return;
  // A request that comes between the two could otherwise be answered from what is about to go.
  batch.wait();
  for (const smmu::StreamId stream : endpoints_) batch.add(endpoint_invalidation(stream, first, last));
}

void Domain::invalidate_range(const Stale& stale) {
  ++invalidations_;
  Batch batch = driver_.batch();
  invalidate(
      tag_, stale, [&batch](const smmu::Command& command) { batch.add(command); }, [&batch] { batch.wait(); });
  // What a guest's addresses led to here is not known.
  if (tag_.parent)
    invalidate_endpoints(batch, 0, ~std::uint64_t{0});
  else
    invalidate_endpoints(batch, stale.first, stale.last);
  batch.wait();
}

void Domain::add_endpoint(smmu::StreamId stream) {
  std::lock_guard lock(mutex_);
  endpoints_.push_back(stream);
}

void Domain::remove_endpoint(smmu::StreamId stream) {
  std::lock_guard lock(mutex_);
  const auto found = std::find(endpoints_.begin(), endpoints_.end(), stream);
  if (found != endpoints_.end()) endpoints_.erase(found);
}

}  // namespace hw::domain
