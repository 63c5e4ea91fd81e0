// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/pgtable/test/slow_walk.hpp"

namespace hw_reference::pgtable {

SlowWalk slow_walk(const TableMemory& memory, const RootFields& fields, Stage stage, std::uint64_t root,
                   std::uint64_t input) {
  SlowWalk walk;
  const int granule = fields.tg == 0 ? 12 : fields.tg == 1 ? 16 : 14;
  const int per_level = granule - 3;
  const int input_size = 64 - static_cast<int>(fields.tsz);
  if (input_size < 64 && input >> input_size != 0) return walk;

  int level = 0;
  if (stage == Stage::two) {
    level = fields.tg == 0 ? 2 - static_cast<int>(fields.sl0) : 3 - static_cast<int>(fields.sl0);
  } else {
    // The lowest level whose tables, stacked, still resolve the whole input.
    level = 3;
    while (granule + (4 - level) * per_level < input_size) --level;
  }
  std::uint64_t table = root;
  for (int high = input_size;; ++level) {
    const int low = granule + (3 - level) * per_level;
    const std::uint64_t index = (input >> low) & ((1ull << (high - low)) - 1);
    walk.visited.insert((table + 8 * index) >> granule << granule);
    const std::uint64_t descriptor = *memory.words(table + 8 * index);
    if ((descriptor & 1) == 0) return walk;
    std::uint64_t address = descriptor & 0x0000'ffff'ffff'f000;
    if (fields.size == 6 && granule == 16) address |= (descriptor >> 12 & 0xf) << 48;
    address = address >> granule << granule;
    if (level < 3 && (descriptor & 2) != 0) {
      table = address;
      high = low;
      continue;
    }
    if (level == 3 && (descriptor & 2) == 0) return walk;
    walk.reached = true;
    walk.leaf = descriptor;
    walk.size = 1ull << low;
    walk.address = (address >> low << low) | (input & (walk.size - 1));
    return walk;
  }
}

}  // namespace hw_reference::pgtable
