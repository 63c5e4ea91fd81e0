// SPDX-License-Identifier: Apache-2.0
#include "model/fuzz/meaning.hpp"

#include <algorithm>
#include <unordered_map>

namespace iolaw::fuzz {
namespace {

class Writer {
 public:
  std::string take() { return std::move(out_); }

  void write(bool value) { out_ += value ? "+ " : "- "; }
  void write(std::uint32_t value) { write(Word{value}); }
  void write(Word value) { out_ += std::to_string(value) + ' '; }
  void write(int value) { out_ += std::to_string(value) + ' '; }
  void write(const std::string& text) {
    write(Word{text.size()});
    out_ += text + ' ';
  }
  template <typename T>
  void write(const std::optional<T>& value) {
    write(value.has_value());
    if (value) write(*value);
  }
  template <typename T>
  void write(const std::vector<T>& values) {
    out_ += '[';
    for (const T& value : values) write(value);
    out_ += ']';
  }
  template <typename... Ts>
  void all(const Ts&... values) {
    (write(values), ...);
    out_ += '\n';
  }

  void write(const Type& type) { all(static_cast<int>(type.tag), type.maybe, type.id); }

  void write(const ExprPtr& e) {
    if (!e) {
      out_ += "null ";
      return;
    }
    const auto [known, fresh] = nodes_.emplace(e.get(), nodes_.size());
    if (!fresh) {
      out_ += '#';
      write(Word{known->second});
      return;
    }
    out_ += '(';
    write(static_cast<int>(e->op));
    all(e->type, e->value, e->index, e->kind, e->children);
    out_ += ')';
  }

  void write(const Enumeration& e) { all(e.name, e.constants, e.doc); }
  void write(const Constant& c) { all(c.name, c.type, c.value, c.last, c.doc); }
  void write(const Field& f) { all(f.name, f.type, static_cast<int>(f.role), f.doc); }
  void write(const Kind& k) {
    all(k.name, k.shared, static_cast<int>(k.container), k.parent, k.key, k.users, k.fields, k.doc);
  }
  void write(const CountTerm& t) { all(t.kind, t.field, t.where); }
  void write(const Count& c) { all(c.name, c.kind, c.terms, c.doc); }
  void write(const Parameter& p) { all(p.name, p.type); }
  void write(const Version& v) { all(v.major, v.minor); }
  void write(const Restriction& r) { all(r.only, r.since); }
  void write(const Profile& p) { all(p.name, p.title, p.includes, p.doc); }
  void write(const Axiom& a) { all(a.name, a.title, a.slots, a.slot_names, a.formula, a.doc); }
  void write(const NamedScope& s) {
    std::string text = s.text;  // white space in it means nothing
    text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
    all(s.name, s.title, text, s.doc);
  }
  void write(const Def& d) { all(d.name, d.parameters, d.given, d.slots, d.body, d.doc); }
  void write(const Citation& c) { all(c.source, c.file, c.anchor); }
  void write(const FieldValue& v) { all(v.field, v.value); }
  void write(const Effect& e) { all(static_cast<int>(e.tag), e.slot, e.kind, e.object, e.where, e.values); }
  void write(const Item& i) { all(static_cast<int>(i.tag), i.slot, i.type, i.expr, i.branch, i.each, i.name); }
  void write(const Branch& b) {
    all(b.tag, b.unspecified, b.may, b.keeps, b.errors, b.condition, b.unless, b.each, b.restriction, b.doc);
  }
  void write(const Tally& t) { all(t.slot, t.name, t.summand); }
  void write(const Each& e) { all(e.slot, e.kind, e.where, e.order, e.items, e.tallies, e.effects); }
  void write(const Result& r) { all(r.name, r.type, r.value); }
  void write(const Rule& r) {
    all(r.name, r.probe, r.parameters, r.slots, r.slot_names, r.items, r.branches, r.eaches, r.effects, r.late,
        r.results, r.citations, r.restriction, r.doc);
  }
  void write(const Property& p) {
    all(static_cast<int>(p.tag), p.name, p.title, p.generated, p.on, p.slots, p.slot_names, p.formula, p.doc);
  }

 private:
  std::string out_;
  std::unordered_map<const Expr*, std::size_t> nodes_;
};

}  // namespace

std::string meaning(const Law& law) {
  Writer writer;
  writer.all(law.constants, law.enums, law.flag_sets, law.kinds, law.counts, law.defs, law.rules, law.properties,
             law.axioms, law.scopes, law.profiles, law.profile, law.version, law.modules);
  return writer.take();
}

}  // namespace iolaw::fuzz
