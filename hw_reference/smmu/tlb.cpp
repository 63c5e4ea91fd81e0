// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/tlb.hpp"

#include <bit>

namespace hw::smmu {

namespace {

constexpr std::size_t kDisagreeing = 4;

bool is_table(EntryKind kind) { return kind == EntryKind::stage1_table || kind == EntryKind::stage2_table; }
bool is_stage2(EntryKind kind) { return kind == EntryKind::stage2 || kind == EntryKind::stage2_table; }

bool same_but_rights(TlbEntry a, const TlbEntry& b) {
  a.rights1 = b.rights1;
  a.rights2 = b.rights2;
  return a == b;
}

}  // namespace

void Tlb::find(EntryKind kind, std::uint16_t vmid, std::uint16_t asid, std::uint64_t input,
               std::vector<TlbEntry>& found) const {
  const Store& store = store_[static_cast<unsigned>(kind)];
  for (std::uint64_t left = store.shifts; left != 0; left &= left - 1) {
    const unsigned shift = static_cast<unsigned>(std::countr_zero(left));
    const Key key{vmid, shift, input >> shift};
    for (auto entry = store.entries.lower_bound(key); entry != store.entries.end() && entry->first == key; ++entry) {
      if (is_stage2(kind) || entry->second.global || entry->second.asid == asid) found.push_back(entry->second);
    }
  }
}

std::optional<TlbEntry> Tlb::find_table(EntryKind kind, std::uint16_t vmid, std::uint16_t asid, std::uint64_t input,
                                        unsigned shift) const {
  const Store& store = store_[static_cast<unsigned>(kind)];
  if (store.of_shift[shift] == 0) return std::nullopt;
  const Key key{vmid, shift, input >> shift};
  for (auto entry = store.entries.lower_bound(key); entry != store.entries.end() && entry->first == key; ++entry) {
    if (is_stage2(kind) || entry->second.asid == asid) return entry->second;
  }
  return std::nullopt;
}

void Tlb::fill(EntryKind kind, const TlbEntry& entry) {
  Store& store = store_[static_cast<unsigned>(kind)];
  const Key key{entry.vmid, entry.shift, entry.input >> entry.shift};
  std::size_t others = 0;
  for (auto old = store.entries.lower_bound(key); old != store.entries.end() && old->first == key; ++old) {
    if (same_but_rights(old->second, entry)) {
      old->second = entry;
      return;
    }
    ++others;
  }
  if (others >= kDisagreeing) return;
  store.entries.emplace(key, entry);
  ++store.of_shift[entry.shift];
  store.shifts |= 1ull << entry.shift;
  ++size_;
}

Tlb::Entries::iterator Tlb::drop(Store& store, Entries::iterator entry) {
  const unsigned shift = std::get<1>(entry->first);
  if (--store.of_shift[shift] == 0) store.shifts &= ~(1ull << shift);
  --size_;
  return store.entries.erase(entry);
}

void Tlb::remove_between(Store& store, Key low, Key high, const Removal& removal, bool leaves) {
  auto entry = store.entries.lower_bound(low);
  while (entry != store.entries.end() && entry->first <= high) {
    const TlbEntry& e = entry->second;
    bool goes = true;
    if (removal.asids == Removal::Asids::only) goes = !e.global && e.asid == removal.asid;
    if (removal.asids == Removal::Asids::only_and_global) goes = e.global || e.asid == removal.asid;
    if (removal.granule_shift && e.granule_shift != *removal.granule_shift) goes = false;
    if (removal.leaf_level) {
      // A level names the leaves that go; of the tables go those above it.
      if (leaves ? e.level != *removal.leaf_level : e.level >= *removal.leaf_level) goes = false;
    }
    entry = goes ? drop(store, entry) : std::next(entry);
  }
}

void Tlb::remove(const Removal& removal) {
  for (EntryKind kind : removal.kinds) {
    Store& store = store_[static_cast<unsigned>(kind)];
    const bool leaves = !is_table(kind);
    if (!removal.vmid) {
      remove_between(store, Key{0, 0, 0}, Key{0xffff, 63, ~0ull}, removal, leaves);
      continue;
    }
    for (std::uint64_t left = store.shifts; left != 0; left &= left - 1) {
      const unsigned shift = static_cast<unsigned>(std::countr_zero(left));
      remove_between(store, Key{*removal.vmid, shift, removal.first >> shift},
                     Key{*removal.vmid, shift, removal.last >> shift}, removal, leaves);
    }
  }
}

void Tlb::clear() {
  for (Store& store : store_) store = Store{};
  size_ = 0;
}

void Tlb::evict(Chooser& chooser) {
  if (size_ == 0) return;
  const std::uint64_t start = chooser.below(kEntryKinds);
  for (unsigned i = 0; i < kEntryKinds; ++i) {
    Store& store = store_[(start + i) % kEntryKinds];
    if (store.entries.empty()) continue;
    const auto some =
        std::next(store.entries.begin(), static_cast<std::ptrdiff_t>(chooser.below(store.entries.size())));
    drop(store, some);
    return;
  }
}

void Tlb::visit(const std::function<void(EntryKind, const TlbEntry&)>& visitor) const {
  for (unsigned kind = 0; kind < kEntryKinds; ++kind) {
    for (const auto& [key, entry] : store_[kind].entries) visitor(static_cast<EntryKind>(kind), entry);
  }
}

}  // namespace hw::smmu
