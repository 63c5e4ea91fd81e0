// SPDX-License-Identifier: Apache-2.0
#include "model/emit/parts.hpp"

namespace iolaw::emit {
namespace {

std::string c_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '"' || c == '\\') safe += '\\';
    safe += c;
  }
  return fmt::format("\"{}\"", safe);
}

// What depends on nothing of the law.
constexpr std::string_view kExpansion = R"(
// Makes successors of one state after another; or tells of each successor what leads to it, which is rare enough not to
// be compiled for itself.
struct Expander {
  Successors* successors;
  Totals* totals;
  void* context = nullptr;
  bool (*tell)(void*, const Edge*) = nullptr;
  bool more = true;
  void outcome(u32 which, u64 calls) { totals->outcomes[which] += calls; }
  void unspecified() {}
  void full(u64 calls) { totals->full += calls; }
  [[gnu::cold, gnu::noinline]] void wide() { ++totals->wide; }
  [[gnu::cold, gnu::noinline]] void violated(u32 property) {
    if (totals->wrong != Totals::kNothing) return;
    totals->wrong = Totals::kStep;
    totals->wrong_property = property;
  }
  template <class Arguments>
  void edge(u32 rule, u32 branch, const Arguments& arguments, const State& t) {
    ++totals->edges;
    const State& packable = indexed(t);
    Key key = pack_indexed(packable);
    if (kCanonical && (tell != nullptr || is_new(key))) {
      key = canonical(t, packable);
    } else if (kCanonical) {
      return;
    }
    if (tell != nullptr) [[unlikely]] {
      tell_of(rule, branch, arguments.data(), key);
      return;
    }
    if (successors->next == successors->end) [[unlikely]] successors->flush(successors);
    for (const u64 word : key) *successors->next++ = word;
  }
  bool is_new(const Key& key) {
    u64 hash = 0;
    for (const u64 word : key) hash = mix(hash, word);
    u64* entry = successors->recent + (hash & (successors->recent_keys - 1)) * kKeyWords;
    u64 difference = 0;
    for (u32 word = 0; word < kKeyWords; ++word) {
      difference |= entry[word] ^ key[word];
      entry[word] = key[word];
    }
    return difference != 0;
  }
  [[gnu::cold, gnu::noinline]] void tell_of(u32 rule, u32 branch, const u64* arguments, const Key& key) {
    if (!more) return;
    const Edge told{rule, branch, arguments, key.data()};
    more = tell(context, &told);
  }
};

inline void expand(const u64* keys, u64 states, Successors* successors, Totals* totals) {
  Expander sink{successors, totals};
  for (u64 index = 0; index < states; ++index) {
    const State s = unpack(keys + index * kKeyWords);
    try {
      check_state(s, totals);
      if (totals->wrong == Totals::kNothing) all_calls(s, sink);
    } catch (const Defect& found) {
      totals->wrong = Totals::kDefect;
      totals->wrong_site = found.site;
    } catch (const Crowded&) {
      ++totals->crowded;
    }
    if (totals->wrong != Totals::kNothing) [[unlikely]] {
      totals->wrong_state = index;
      return;
    }
    if (totals->wide != 0 || totals->crowded != 0) [[unlikely]] return;
  }
}

inline void tell_edges(const u64* key, void* context, bool (*tell)(void*, const Edge*)) {
  std::array<u64, kOutcomes + 1> outcomes{};
  Totals totals{};
  totals.outcomes = outcomes.data();
  Expander sink{nullptr, &totals, context, tell};
  try {
    all_calls(unpack(key), sink);
  } catch (const Defect&) {
    // Whoever asks has the edges up to it, and learns of the defect from the evaluator.
  }
}

inline void initial_key(u64* key) {
  const Key empty = pack(State{});
  for (const u64 word : empty) *key++ = word;
}

inline void canonical_key(const u64* key, u64* result) {
  for (const u64 word : canonical_of(unpack(key))) *result++ = word;
}

inline void make_key(const u64* live, void* context, void (*read)(void*, u32, u32, u32, u64*), u64* key) {
  State s;
  for (u32 kind = 0; kind < kKinds; ++kind) {
    set_live(s, kind, live[kind]);
    for (Mask left = live[kind]; left != 0; left &= left - 1) {
      for (u32 field = 0; field < kFields[kind]; ++field) {
        u64 words[2] = {0, 0};
        read(context, kind, lowest(left), field, words);
        write_field(s, kind, lowest(left), field, words);
      }
    }
  }
  for (const u64 word : pack(s)) *key++ = word;
}

inline u64 live_in(const u64* key, u32 kind) { return live_of(unpack(key), kind); }

inline void field_in(const u64* key, u32 kind, u32 object, u32 field, u64* words) {
  read_field(unpack(key), kind, object, field, words);
}
)";

}  // namespace

void write_sites(const Context& context, Writer& out) {
  out.line("// Where evaluation may find no value: file, begin, end, and why.");
  out.line("inline constexpr std::array<Place, {}> kSites{{{{", context.sites.size() + 1);
  for (const Site& site : context.sites) {
    out.line("  {{{}, {}, {}, {}}},", site.span.file, site.span.begin, site.span.end, c_text(site.what));
  }
  out.line("  {{0, 0, 0, nullptr}},");
  out.line("}}}};");
  out.blank();
}

void write_interface(Context& context, Writer& out) {
  out.line("inline constexpr bool kCanonical = {};", context.scope.canonical);
  out.open("inline void check_state(const State& s, [[maybe_unused]] Totals* totals)");
  for (std::size_t index = 0; index < context.law.properties.size(); ++index) {
    const Property& property = context.law.properties[index];
    if (property.tag == Property::Tag::invariant) {
      out.open("if (!holds_{}(s)) [[unlikely]]", index);
      out.line("totals->wrong = Totals::kInvariant;");
      out.line("totals->wrong_property = {};", index);
      out.line("return;");
      out.close();
    } else if (property.tag == Property::Tag::cover) {
      out.line("if (!totals->reached[{}] && holds_{}(s)) totals->reached[{}] = 1;", index, index, index);
    }
  }
  out.line("(void)s;");
  out.close();
  std::size_t outcomes = 0;
  for (const Rule& rule : context.law.rules) outcomes += 1 + rule.branches.size();
  out.line("inline constexpr u32 kOutcomes = {};", outcomes);
  out.paste(kExpansion);
  out.blank();
  out.line("inline constexpr Compiled kModel{{kCompiledVersion, kKeyBits, kKeyWords, kOutcomes, {}, {}, kSites.data(),",
           context.law.properties.size(), context.sites.size());
  out.line("                                 initial_key, expand, tell_edges, live_in, field_in,");
  out.line("                                 canonical_key, make_key}};");
  out.blank();
}

}  // namespace iolaw::emit
