// SPDX-License-Identifier: Apache-2.0
// What every compiled model needs; `iolaw emit` pastes it into what it writes, so that the result stands alone.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace iolaw_compiled {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
__extension__ typedef __int128 i128;

using Ref = u32;   // index of an object among those of its kind
using Mask = u64;  // a set of objects of one kind, bit i is object i
inline constexpr Ref kNoRef = ~Ref{0};
inline constexpr i128 kMax = ~u64{0};
inline constexpr i128 kInfinity = i128{1} << 120;

// How a call ends other than by the branch of that number.
inline constexpr u32 kSuccess = ~u32{0};
inline constexpr u32 kUnspecified = ~u32{1};
inline constexpr u32 kFull = ~u32{2};  // needs one more object than the scope has; nothing changed
inline constexpr u32 kWide = ~u32{3};  // keeps a number that the fields of this scope cannot; nothing changed

inline constexpr unsigned kMostResults = 8;

struct Outcome {
  int error = 0;
  std::array<bool, kMostResults> some{};
  std::array<u64, kMostResults> results{};
  u64 refused = 0;  // bit i: the call came to branch i, by which it may be refused
};

// An expression of the law that has no value in this state.
struct Defect {
  u32 site;  // index into kSites
};

[[noreturn, gnu::cold, gnu::noinline]] inline void defect(u32 site) { throw Defect{site}; }

inline bool lives(Mask live, Ref object) { return object < 64 && ((live >> object) & 1) != 0; }

inline Ref need(Mask live, Ref object, u32 site) {
  if (!lives(live, object)) [[unlikely]]
    defect(site);
  return object;
}

inline Ref the(Ref object, u32 site) {
  if (object == kNoRef) [[unlikely]]
    defect(site);
  return object;
}

template <class T>
inline T the(bool some, T value, u32 site) {
  if (!some) [[unlikely]]
    defect(site);
  return value;
}

// A reference from an argument: whatever is no index of an object refers to nothing.
inline Ref ref_of(u64 word) { return word < kNoRef ? static_cast<Ref>(word) : kNoRef; }
inline u64 word_of(Ref object) { return object == kNoRef ? ~u64{0} : object; }

inline Mask bit_of(Ref object) { return Mask{1} << object; }
inline Mask first_of(unsigned objects) { return (Mask{1} << objects) - 1; }  // 0..objects-1, at most 63

inline Ref lowest(Mask set) { return static_cast<Ref>(std::countr_zero(set)); }
inline u64 size_of(Mask set) { return static_cast<u64>(std::popcount(set)); }

template <class Body>
inline bool all_of(Mask set, Body body) {
  for (; set != 0; set &= set - 1) {
    if (!body(lowest(set))) return false;
  }
  return true;
}

template <class Body>
inline bool some_of(Mask set, Body body) {
  for (; set != 0; set &= set - 1) {
    if (body(lowest(set))) return true;
  }
  return false;
}

template <class Body>
inline i32 count_of(Mask set, Body body) {
  i32 sum = 0;
  for (; set != 0; set &= set - 1) sum += body(lowest(set)) ? 1 : 0;
  return sum;
}

template <class Body>
inline Mask subset_of(Mask set, Body body) {
  Mask chosen = 0;
  for (; set != 0; set &= set - 1) {
    if (body(lowest(set))) chosen |= set & (~set + 1);
  }
  return chosen;
}

// Narrow ranges of addresses, one by one.
template <class Int, class Body>
inline bool all_from(Int first, Int last, Body body) {
  for (Int x = first; x <= last; ++x) {
    if (!body(x)) return false;
  }
  return true;
}

// Inline, where a comparison of arrays would call memcmp.
template <class T, std::size_t N>
inline bool same(const std::array<T, N>& a, const std::array<T, N>& b) {
  T difference = 0;
  for (std::size_t i = 0; i < N; ++i) difference |= static_cast<T>(a[i] ^ b[i]);
  return difference == 0;
}

template <class Int>
inline Int unit_of(Int unit, u32 site) {
  if (unit <= 0) [[unlikely]]
    defect(site);
  return unit;
}

template <class Int>
inline Int rest_of(Int x, Int unit) {
  if ((unit & (unit - 1)) == 0) return x & (unit - 1);
  const Int rest = x % unit;
  return rest < Int{0} ? rest + unit : rest;
}

inline i128 product(i128 a, i128 b, u32 site) {
  i128 result = 0;
  if (__builtin_mul_overflow(a, b, &result) || result > kInfinity || result < -kInfinity) [[unlikely]]
    defect(site);
  return result;
}

// ---- quantifiers over addresses -------------------------------------------------------------------------------------

// Exact for the whole 64-bit space: the body is evaluated at the first address of what is left of the range, and each
// operation whose outcome depends on the address narrows how far that may grow before the outcome can change. An
// integer carries, for each address that is being swept, by how much it grows when that address grows by one.
inline constexpr unsigned kSweepDepth = 4;
inline constexpr u64 kMostPieces = 1'000'000;

struct Swept {
  i128 v = 0;
  std::array<i32, kSweepDepth> slope{};
  bool depends() const { return (slope[0] | slope[1] | slope[2] | slope[3]) != 0; }
};

inline Swept swept(i128 v) { return Swept{v, {}}; }
inline Swept swept(const Swept& x) { return x; }

struct Sweep {
  std::array<i128, kSweepDepth> room{};
  unsigned depth = 0;
  u64 pieces = 0;

  // The outcome of an operation on `x` stays while it is within low..high, which it is now.
  void narrow(const Swept& x, i128 low, i128 high) {
    i128 up = high - x.v;
    i128 down = x.v - low;
    for (unsigned level = depth; level-- > 0;) {
      const i32 slope = x.slope[level];
      if (slope == 0) continue;
      i128& slack = slope > 0 ? up : down;
      const i128 steep = slope > 0 ? slope : -slope;
      const i128 steps = steep == 1 ? slack : slack / steep;
      if (steps < room[level]) room[level] = steps;
      slack -= steep * room[level];
    }
  }
};

inline Swept plus(const Swept& a, const Swept& b, i32 sign, u32 site) {
  Swept sum;
  sum.v = a.v + sign * b.v;
  for (unsigned level = 0; level < kSweepDepth; ++level) {
    sum.slope[level] = a.slope[level] + sign * b.slope[level];
    if (sum.slope[level] < -100 || sum.slope[level] > 100) [[unlikely]]
      defect(site);
  }
  return sum;
}

inline Swept times(const Swept& a, const Swept& b, u32 site) {
  if (a.depends() && b.depends()) [[unlikely]]
    defect(site);
  Swept result{product(a.v, b.v, site), {}};
  const i128 factor = a.depends() ? b.v : a.v;
  const Swept& other = a.depends() ? a : b;
  for (unsigned level = 0; level < kSweepDepth; ++level) {
    if (other.slope[level] == 0) continue;
    if (factor > 100 || factor < -100) [[unlikely]]
      defect(site);
    result.slope[level] = other.slope[level] * static_cast<i32>(factor);
    if (result.slope[level] < -100 || result.slope[level] > 100) [[unlikely]]
      defect(site);
  }
  return result;
}

inline bool negative(Sweep& sweep, const Swept& x) {
  x.v < 0 ? sweep.narrow(x, -kInfinity, -1) : sweep.narrow(x, 0, kInfinity);
  return x.v < 0;
}

inline bool less(Sweep& sweep, const Swept& a, const Swept& b, u32 site) {
  return negative(sweep, plus(a, b, -1, site));
}

inline bool less_equal(Sweep& sweep, const Swept& a, const Swept& b, u32 site) {
  return !negative(sweep, plus(b, a, -1, site));
}

inline bool equal(Sweep& sweep, const Swept& a, const Swept& b, u32 site) {
  const Swept difference = plus(a, b, -1, site);
  if (difference.v == 0) {
    sweep.narrow(difference, 0, 0);
  } else if (difference.v < 0) {
    sweep.narrow(difference, -kInfinity, -1);
  } else {
    sweep.narrow(difference, 1, kInfinity);
  }
  return difference.v == 0;
}

inline bool overflows(Sweep& sweep, const Swept& x) {
  if (x.v < 0) {
    sweep.narrow(x, -kInfinity, -1);
  } else if (x.v > kMax) {
    sweep.narrow(x, kMax + 1, kInfinity);
  } else {
    sweep.narrow(x, 0, kMax);
    return false;
  }
  return true;
}

inline Swept wrapping(Sweep& sweep, const Swept& x) {
  const i128 rest = rest_of(x.v, kMax + 1);
  sweep.narrow(x, x.v - rest, x.v - rest + kMax);
  return Swept{rest, x.slope};
}

inline bool aligned(Sweep& sweep, const Swept& x, i128 unit) {
  const i128 rest = rest_of(x.v, unit);
  if (unit > 1) rest == 0 ? sweep.narrow(x, x.v, x.v) : sweep.narrow(x, x.v - rest + 1, x.v - rest + unit - 1);
  return rest == 0;
}

inline Swept align_down(Sweep& sweep, const Swept& x, i128 unit) {
  if (unit == 1) return x;
  const i128 rest = rest_of(x.v, unit);
  sweep.narrow(x, x.v - rest, x.v - rest + unit - 1);
  return swept(x.v - rest);
}

// The lowest u64 of lo..hi where the body has the value `wanted`; false if there is none.
template <class Body>
inline bool sweep_range(Sweep& sweep, Swept lo, Swept hi, bool wanted, u32 site, i128* found, Body body) {
  if (lo.v < 0) {
    sweep.narrow(lo, -kInfinity, 0);
    lo = Swept{};
  } else {
    sweep.narrow(lo, 0, kInfinity);
  }
  if (hi.v > kMax) {
    sweep.narrow(hi, kMax, kInfinity);
    hi = swept(kMax);
  } else {
    sweep.narrow(hi, -kInfinity, kMax);
  }
  const Swept length = plus(hi, lo, -1, site);  // less one
  if (negative(sweep, length)) return false;
  if (sweep.depth == kSweepDepth) defect(site);
  // A range whose length depends on an outer address ends elsewhere at the next one.
  sweep.narrow(length, length.v, length.v);
  const unsigned level = sweep.depth;
  for (i128 offset = 0; offset <= length.v;) {
    if (++sweep.pieces > kMostPieces) [[unlikely]]
      defect(site);
    sweep.room[level] = length.v - offset;
    sweep.depth = level + 1;
    Swept x{lo.v + offset, lo.slope};
    x.slope[level] = 1;
    const bool truth = body(x);
    sweep.depth = level;
    if (truth == wanted) {
      if (found != nullptr) *found = x.v;
      return true;
    }
    offset += sweep.room[level] + 1;
  }
  return false;
}

// The gap or the interval around a key in a map, while the map is searched.
struct Around {
  i128 low = -kInfinity;
  i128 high = kInfinity;
  // Whether the key is in first..last.
  bool meets(i128 key, i128 first, i128 last) {
    if (key < first) {
      if (first - 1 < high) high = first - 1;
      return false;
    }
    if (key > last) {
      if (last + 1 > low) low = last + 1;
      return false;
    }
    // What was searched before comes first where it begins inside this one.
    if (first > low) low = first;
    if (last < high) high = last;
    return true;
  }
};

// ---- packed states --------------------------------------------------------------------------------------------------

inline void put(u64* key, unsigned at, unsigned bits, u64 value) {
  const unsigned shift = at % 64;
  key[at / 64] |= value << shift;
  if (shift + bits > 64) key[at / 64 + 1] |= value >> (64 - shift);
}

inline u64 get(const u64* key, unsigned at, unsigned bits) {
  const unsigned shift = at % 64;
  u64 value = key[at / 64] >> shift;
  if (shift + bits > 64) value |= key[at / 64 + 1] << (64 - shift);
  return bits == 64 ? value : value & ((u64{1} << bits) - 1);
}

// A search meets few different numbers, however wide they are: keys hold the index of a number among those met so far.
// All threads share the table; an index never changes.
struct Crowded {};  // more different numbers than indexes

template <unsigned Bits>
class Numbers {
 public:
  u64 index(u64 value) {
    if (value == 0) return 0;  // dead objects are zeros
    for (u32 at = start(value);; at = (at + 1) % kSlots) {
      const u32 index = slots_[at].load(std::memory_order_acquire);
      if (index == 0) return add(value);
      if (values_[index] == value) return index;
    }
  }
  u64 value(u64 index) const { return values_[index]; }

 private:
  static constexpr u32 kSlots = u32{4} << Bits;
  static u32 start(u64 value) { return static_cast<u32>((value * 0x9e3779b97f4a7c15) >> 40) % kSlots; }

  [[gnu::cold, gnu::noinline]] u64 add(u64 value) {
    while (busy_.test_and_set(std::memory_order_acquire)) {
    }
    u32 at = start(value);
    for (u32 index = 0; (index = slots_[at].load(std::memory_order_relaxed)) != 0; at = (at + 1) % kSlots) {
      if (values_[index] != value) continue;
      busy_.clear(std::memory_order_release);
      return index;  // another thread was quicker
    }
    if (used_ == values_.size()) {
      busy_.clear(std::memory_order_release);
      throw Crowded{};
    }
    values_[used_] = value;
    slots_[at].store(used_, std::memory_order_release);
    const u64 index = used_++;
    busy_.clear(std::memory_order_release);
    return index;
  }

  std::array<u64, std::size_t{1} << Bits> values_{};  // written once, before their index can be seen
  std::array<std::atomic<u32>, kSlots> slots_{};
  std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
  u32 used_ = 1;  // the first is 0
};

// ---- canonical states -----------------------------------------------------------------------------------------------

inline u64 mix(u64 a, u64 b) {
  u64 x = (a ^ b) * 0x9e3779b97f4a7c15;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93;
  return x ^ (x >> 29);
}

}  // namespace iolaw_compiled
