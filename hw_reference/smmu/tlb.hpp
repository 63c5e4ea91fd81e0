// SPDX-License-Identifier: Apache-2.0
// Everything about translations that an SMMU may hold (Arm IHI 0070, 3.17): final entries of stage 1, of stage 2 and of
// both combined, and intermediate entries of both stages. Not thread-safe: the SMMU's lock protects it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "hw_reference/smmu/policy.hpp"

namespace hw::smmu {

// What accesses an entry permits; both stages use the same six bits, and both must agree.
using Rights = std::uint8_t;
namespace rights {
inline constexpr Rights kUserRead = 1, kUserWrite = 2, kUserExecute = 4;
inline constexpr Rights kPrivilegedRead = 8, kPrivilegedWrite = 16, kPrivilegedExecute = 32;
inline constexpr Rights kAll = 63;
inline constexpr Rights kWrites = kUserWrite | kPrivilegedWrite;
}  // namespace rights

enum class EntryKind : std::uint8_t {
  stage1,        // VA → IPA, or → PA for a stream without stage 2
  combined,      // VA → PA through both stages; TLBI_S2_IPA need not remove it
  stage2,        // IPA → PA
  stage1_table,  // VA → next table
  stage2_table,  // IPA → next table
};
inline constexpr unsigned kEntryKinds = 5;

struct TlbEntry {
  std::uint16_t vmid = 0;
  std::uint16_t asid = 0;    // of the stage-1 kinds
  bool global = false;       // nG = 0: any ASID
  std::uint64_t input = 0;   // first byte
  unsigned shift = 12;       // covers 2^shift bytes
  std::uint64_t output = 0;  // first byte, or the address of the next table
  unsigned level = 3;        // of the descriptor; of the stage-1 one in a combined entry
  unsigned granule_shift = 12;
  Rights rights1 = rights::kAll;  // of a stage-1 table: what it leaves to its leaves
  Rights rights2 = rights::kAll;
  bool device_memory = false;                  // stage 2 says so
  std::uint64_t ipa = 0;                       // combined: of the first byte
  std::optional<std::uint64_t> table_pa = {};  // stage1_table in a nested stream: past stage 2

  bool operator==(const TlbEntry&) const = default;
};

// What an invalidation must remove at least.
struct Removal {
  enum class Asids : std::uint8_t { any, only, only_and_global };
  std::vector<EntryKind> kinds;
  std::optional<std::uint16_t> vmid;  // empty: all
  Asids asids = Asids::any;
  std::uint16_t asid = 0;
  std::uint64_t first = 0, last = ~0ull;  // closed
  // A range command reaches only entries of this granule, and leaves of this level, where given.
  std::optional<unsigned> granule_shift;
  std::optional<unsigned> leaf_level;
};

class Tlb {
 public:
  // All entries of the kind that translate `input`, oldest first of each size.
  void find(EntryKind kind, std::uint16_t vmid, std::uint16_t asid, std::uint64_t input,
            std::vector<TlbEntry>& found) const;

  // An intermediate entry at exactly this level, the oldest.
  std::optional<TlbEntry> find_table(EntryKind kind, std::uint16_t vmid, std::uint16_t asid, std::uint64_t input,
                                     unsigned shift) const;

  // Adds, or replaces an entry that differs in rights only. Up to four that disagree are kept side by side.
  void fill(EntryKind kind, const TlbEntry& entry);

  void remove(const Removal& removal);
  void clear();

  // Drops one entry that the chooser picks, if there is any. Linear in the number of entries.
  void evict(Chooser& chooser);

  std::size_t size() const { return size_; }
  std::size_t count(EntryKind kind) const { return store_[static_cast<unsigned>(kind)].entries.size(); }

  // Every entry, for tests.
  void visit(const std::function<void(EntryKind, const TlbEntry&)>& visitor) const;

 private:
  using Key = std::tuple<std::uint16_t, unsigned, std::uint64_t>;  // VMID, shift, input >> shift
  using Entries = std::multimap<Key, TlbEntry>;
  struct Store {
    Entries entries;
    std::array<std::size_t, 64> of_shift{};  // how many entries of each size
    std::uint64_t shifts = 0;                // the sizes that occur, so that the others cost nothing
  };

  Entries::iterator drop(Store& store, Entries::iterator entry);
  void remove_between(Store& store, Key low, Key high, const Removal& removal, bool leaves);

  std::array<Store, kEntryKinds> store_;
  std::size_t size_ = 0;
};

}  // namespace hw::smmu
