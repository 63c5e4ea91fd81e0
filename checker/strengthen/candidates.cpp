// SPDX-License-Identifier: Apache-2.0
#include "checker/strengthen/candidates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace iolaw {
namespace {

// What is reached from an object by its fields: "q.vintf.ioas".
struct Path {
  std::string text;
  Type type;
  std::size_t steps = 0;
};

constexpr std::size_t kLongestPath = 2;

class Maker {
 public:
  Maker(const Law& law, const std::set<std::uint32_t>& kinds) : law_(law), kinds_(kinds) {}

  std::vector<Candidate> run() {
    for (const std::uint32_t kind : kinds_) about(kind);
    std::stable_sort(candidates_.begin(), candidates_.end(),
                     [](const Candidate& a, const Candidate& b) { return a.formula.size() < b.formula.size(); });
    return std::move(candidates_);
  }

 private:
  void about(std::uint32_t kind) {
    kind_ = kind;
    name_ = law_.kinds[kind].name;
    variable_ = std::string(1, static_cast<char>(std::tolower(static_cast<unsigned char>(name_[0]))));
    paths_.clear();
    add_paths({variable_, {TypeTag::reference, false, kind}, 0});
    compare_paths();
    follow();
    keep_to_constants();
    order_slots();
    map_spans();
    compare_pairs();
  }

  void add_paths(const Path& from) {
    if (from.type.tag != TypeTag::reference || from.type.maybe || from.steps == kLongestPath) return;
    for (const Field& field : law_.kinds[from.type.id].fields) {
      paths_.push_back({from.text + "." + field.name, field.type, from.steps + 1});
      add_paths(Path(paths_.back()));
    }
  }

  void add(const std::string& body, const std::string& title) {
    candidates_.push_back({title + " of every " + name_, fmt::format("all {}: {}: {}", variable_, name_, body)});
  }

  // Without the variable: "vintf.ioas".
  std::string shown(const Path& path) const { return path.text.substr(variable_.size() + 1); }

  void relate(const std::string& body, const Path& a, const std::string& relation, const Path& b) {
    add(body, shown(a) + relation + shown(b));
  }

  void compare_paths() {
    for (const Path& a : paths_) {
      for (const Path& b : paths_) {
        // Of one object two fields, or a field and what is reached by another.
        if (&a == &b || a.steps + b.steps > 3 || a.type.maybe || b.type.maybe) continue;
        const bool first = a.steps < b.steps || (a.steps == b.steps && &a < &b);
        if (a.type == b.type && a.type.tag != TypeTag::interval && first) {
          relate(a.text + " == " + b.text, a, " is ", b);
          if (a.type.tag == TypeTag::reference) relate(a.text + " != " + b.text, a, " is not ", b);
        }
        if (a.type.is_integer() && b.type.is_integer()) {
          relate(a.text + " <= " + b.text, a, " is at most ", b);
          relate(a.text + " < " + b.text, a, " is less than ", b);
        }
        if (a.type.tag == TypeTag::interval && b.type.tag == TypeTag::interval) {
          relate(a.text + " in " + b.text, a, " lies in ", b);
        }
      }
    }
  }

  struct Fact {
    std::string text;
    std::string title;
  };

  std::vector<Fact> facts() const {
    std::vector<Fact> all;
    for (const Path& path : paths_) {
      if (path.type.tag == TypeTag::boolean) {
        all.push_back({path.text, shown(path)});
        all.push_back({"not " + path.text, "not " + shown(path)});
      } else if (path.type.tag == TypeTag::enumeration) {
        for (const std::string& constant : law_.enums[path.type.id].constants) {
          all.push_back({path.text + " == " + constant, shown(path) + " is " + constant});
          all.push_back({path.text + " != " + constant, shown(path) + " is not " + constant});
        }
      } else if (path.type.maybe) {
        all.push_back({path.text + " is some", shown(path) + " is there"});
        all.push_back({path.text + " is none", shown(path) + " is not there"});
      } else if (path.type.is_integer()) {
        all.push_back({path.text + " > 0", shown(path) + " is positive"});
        all.push_back({path.text + " == 0", shown(path) + " is zero"});
      }
      if (path.type.tag == TypeTag::reference && !path.type.maybe) add_counts(path.text, path.type.id, all);
    }
    add_counts(variable_, kind_, all);
    return all;
  }

  void add_counts(const std::string& owner, std::uint32_t kind, std::vector<Fact>& all) const {
    for (std::uint32_t c = 0; c < law_.counts.size(); ++c) {
      const Count& count = law_.counts[c];
      if (count.kind != kind || law_.kinds[kind].users == c) continue;
      const std::string text = owner + "." + count.name;
      const std::string title = text.substr(variable_.size() + 1);
      all.push_back({text + " > 0", title + " is positive"});
      all.push_back({text + " == 0", title + " is zero"});
      all.push_back({text + " <= 1", title + " is at most one"});
    }
  }

  void follow() {
    const std::vector<Fact> all = facts();
    for (const Fact& fact : all) add(fact.text, fact.title);
    for (const Fact& given : all) {
      for (const Fact& then : all) {
        if (&given == &then) continue;
        add(given.text + " implies " + then.text, then.title + " if " + given.title + ",");
      }
    }
  }

  void keep_to_constants() {
    for (const Path& path : paths_) {
      for (const Constant& constant : law_.constants) {
        if (path.steps > 1 || path.type.maybe) continue;
        if (path.type.is_integer() && constant.type.is_integer()) {
          add(path.text + " < " + constant.name, shown(path) + " is less than " + constant.name);
          add(path.text + " <= " + constant.name, shown(path) + " is at most " + constant.name);
        } else if (path.type.tag == TypeTag::interval && constant.type.tag == TypeTag::interval) {
          add(path.text + " in " + constant.name, shown(path) + " lies in " + constant.name);
        }
      }
    }
  }

  void order_slots() {
    const Kind& kind = law_.kinds[kind_];
    if (kind.container != Container::slot_map) return;
    const std::string parent = variable_ + "." + kind.fields[*kind.parent].name;
    const std::string key = variable_ + "." + kind.fields[*kind.key].name;
    add(fmt::format("{0} > 0 implies {1}.slot[{0} - 1] is some", key, parent), "the slot below that");
    candidates_.push_back(
        {"every slot below that of every " + name_,
         fmt::format("all {0}: {1}, j: u64 where j < {2}: {3}.slot[j] is some", variable_, name_, key, parent)});
  }

  bool has_map(const Path& path) const {
    if (path.type.tag != TypeTag::reference || path.type.maybe) return false;
    return std::any_of(law_.kinds.begin(), law_.kinds.end(), [&](const Kind& kind) {
      return kind.container == Container::interval_map && kind.fields[*kind.parent].type.id == path.type.id;
    });
  }

  void map_spans() {
    for (const Path& span : paths_) {
      if (span.type.tag != TypeTag::interval || span.steps > 1) continue;
      for (const Path& path : paths_) {
        if (!has_map(path)) continue;
        candidates_.push_back(
            {fmt::format("{} is mapped in {} of every {}", shown(span), shown(path), name_),
             fmt::format("all {}: {}, x in {}: {}.at[x] is some", variable_, name_, span.text, path.text)});
      }
    }
  }

  // Of two objects, read as `a` and `b`.
  void compare_pairs() {
    const std::string both = fmt::format("all a: {0}, b: {0}", name_);
    candidates_.push_back({"at most one " + name_, both + ": a == b"});
    std::vector<std::pair<std::string, std::string>> given{{"a != b", ""}};
    for (const Field& field : law_.kinds[kind_].fields) {
      if (field.type.tag != TypeTag::reference || field.type.maybe) continue;
      given.emplace_back(fmt::format("a != b and a.{0} == b.{0}", field.name), " in one " + field.name);
    }
    for (const auto& [condition, where] : given) {
      for (const Field& field : law_.kinds[kind_].fields) {
        if (condition.find("a." + field.name + " ==") != std::string::npos || field.type.maybe) continue;
        const bool interval = field.type.tag == TypeTag::interval;
        const bool number = field.type.is_integer() || field.type.tag == TypeTag::reference;
        if (!interval && !number) continue;
        const std::string apart = fmt::format(
            interval ? fmt::runtime("not overlaps(a.{0}, b.{0})") : fmt::runtime("a.{0} != b.{0}"), field.name);
        candidates_.push_back({fmt::format("two {}s{} never share a {}", name_, where, field.name),
                               fmt::format("{} where {}: {}", both, condition, apart)});
      }
    }
  }

  const Law& law_;
  const std::set<std::uint32_t>& kinds_;
  std::uint32_t kind_ = 0;
  std::string name_;
  std::string variable_;
  std::vector<Path> paths_;
  std::vector<Candidate> candidates_;
};

void find_kinds(const Law& law, const Expr& expr, std::set<std::uint32_t>& kinds) {
  if (expr.op == Op::all_objects || expr.op == Op::some_object) kinds.insert(expr.kind);
  if (expr.type.tag == TypeTag::reference) kinds.insert(expr.type.id);
  if (expr.op == Op::call) find_kinds(law, *law.defs[expr.index].body, kinds);
  for (const ExprPtr& child : expr.children) find_kinds(law, *child, kinds);
}

}  // namespace

std::vector<Candidate> make_candidates(const Law& law, const std::set<std::uint32_t>& kinds) {
  return Maker(law, kinds).run();
}

std::set<std::uint32_t> kinds_around(const Law& law, const std::vector<const Expr*>& formulas) {
  std::set<std::uint32_t> spoken;
  for (const Expr* formula : formulas) find_kinds(law, *formula, spoken);
  std::set<std::uint32_t> kinds = spoken;
  for (std::uint32_t k = 0; k < law.kinds.size(); ++k) {
    for (const Field& field : law.kinds[k].fields) {
      if (field.type.tag != TypeTag::reference) continue;
      if (spoken.contains(field.type.id)) kinds.insert(k);
      if (spoken.contains(k)) kinds.insert(field.type.id);
    }
  }
  return kinds;
}

}  // namespace iolaw
