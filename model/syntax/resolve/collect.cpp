// SPDX-License-Identifier: Apache-2.0
// The first pass: every global name gets its index, and no two things share one.
#include <type_traits>
#include <utility>

#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/calls.hpp"
#include "model/syntax/resolve/documentation.hpp"
#include "model/syntax/resolve/resolve.hpp"

namespace iolaw::syntax {
namespace {

constexpr std::size_t kMaxFlags = 64;

class Collector {
 public:
  explicit Collector(Names& names) : names_(names) {}

  Declared take(const std::vector<ast::Declaration>& declarations) {
    for (const ast::Declaration& declaration : declarations) {
      const ast::Restriction* restriction = restriction_of(declaration);
      if (restriction && !names_.visible.shows(*restriction)) {
        hide(declaration, *restriction);
        continue;
      }
      span_ = declaration.span;
      doc_ = documentation_before(names_.law.files[span_.file].text, span_.begin);
      std::visit([this](const auto& node) { add(node); }, declaration.node);
    }
    return std::move(declared_);
  }

 private:
  // Whether the name is free; reports it otherwise.
  bool claim(std::map<std::string, Span>& taken, const ast::Name& name) {
    const auto [other, fresh] = taken.emplace(name.text, name.span);
    if (fresh) return true;
    Diagnostic& diagnostic = names_.error(Code::duplicate_name, name.span, quote(name.text) + " is declared twice");
    diagnostic.notes.push_back({other->second, "the first declaration is here"});
    return false;
  }

  void hide(const ast::Declaration& declaration, const ast::Restriction& restriction) {
    const ast::Name name = name_of(declaration);
    const auto put = [&](Code code, const ast::Name& hidden) {
      names_.outside.emplace(hidden.text, Outside{code, &restriction, hidden.span});
    };
    if (const auto* enumeration = std::get_if<ast::Enum>(&declaration.node)) {
      put(Code::unknown_type, name);
      for (const ast::Name& constant : enumeration->constants) put(Code::unknown_name, constant);
    } else if (std::holds_alternative<ast::Object>(declaration.node)) {
      put(Code::unknown_type, name);
      names_.outside_scope.insert(name.text);
    } else if (std::holds_alternative<ast::Const>(declaration.node)) {
      put(Code::unknown_name, name);
    } else if (std::holds_alternative<ast::Def>(declaration.node)) {
      put(Code::unknown_def, name);
    } else if (const auto* rule = std::get_if<ast::Rule>(&declaration.node)) {
      put(Code::unknown_rule, name);
      names_.outside_scope.insert(name.text + ".*");
      for (const ast::Parameter& parameter : rule->parameters) {
        names_.outside_scope.insert({parameter.name.text, name.text + "." + parameter.name.text});
      }
    } else if (std::holds_alternative<ast::Count>(declaration.node)) {
      put(Code::unknown_field, {name.text.substr(name.text.find('.') + 1), name.span});
    }
  }

  void add(const ast::Use&) {}
  void add(const ast::Profile&) {}

  void add(const ast::Const& node) {
    if (!claim(values_, node.name)) return;
    names_.constants.emplace(node.name.text, names_.law.constants.size());
    names_.law.constants.push_back({node.name.text, {}, 0, 0, doc_, node.name.span});
    declared_.constants.push_back(&node);
  }

  void add(const ast::Enum& node) {
    if (!claim(types_, node.name)) return;
    auto& list = node.flags ? names_.law.flag_sets : names_.law.enums;
    auto& table = node.flags ? names_.flag_sets : names_.enums;
    const auto id = static_cast<std::uint32_t>(list.size());
    table.emplace(node.name.text, id);
    Enumeration enumeration{node.name.text, {}, doc_, node.name.span};
    if (node.flags && node.constants.size() > kMaxFlags) {
      names_.error(Code::too_many_flags, node.name.span, "a set has at most 64 flags");
    }
    for (const ast::Name& constant : node.constants) {
      if (node.flags && enumeration.constants.size() == kMaxFlags) break;
      const Word index = enumeration.constants.size();
      enumeration.constants.push_back(constant.text);
      if (!claim(values_, constant)) continue;
      const Type type{node.flags ? TypeTag::flags : TypeTag::enumeration, false, id};
      names_.symbolics.emplace(constant.text, Symbolic{type, node.flags ? Word{1} << index : index, constant.span});
    }
    list.push_back(std::move(enumeration));
  }

  void add(const ast::Object& node) {
    if (!claim(types_, node.name)) return;
    names_.kinds.emplace(node.name.text, names_.law.kinds.size());
    Kind kind;
    kind.name = node.name.text;
    kind.shared = node.shared;
    kind.doc = doc_;
    kind.span = node.name.span;
    names_.law.kinds.push_back(std::move(kind));
    declared_.objects.push_back(&node);
  }

  void add(const ast::Count& node) { declared_.counts.push_back(&node); }

  void add(const ast::Def& node) {
    if (is_builtin(node.name.text)) {
      names_.error(Code::duplicate_name, node.name.span, quote(node.name.text) + " is built into the language");
      return;
    }
    if (!claim(defs_, node.name)) return;
    names_.defs.emplace(node.name.text, names_.law.defs.size());
    Def def;
    def.name = node.name.text;
    def.given = node.given;
    def.doc = doc_;
    def.span = node.name.span;
    names_.law.defs.push_back(std::move(def));
    declared_.defs.push_back(&node);
  }

  void add(const ast::Rule& node) {
    if (!claim(rules_, node.name)) return;
    names_.rules.emplace(node.name.text, names_.law.rules.size());
    Rule rule;
    rule.name = node.name.text;
    rule.probe = node.probe;
    rule.doc = doc_;
    rule.restriction = names_.visible.profiles().resolve(node.restriction);
    rule.span = node.name.span;
    names_.law.rules.push_back(std::move(rule));
    declared_.rules.push_back(&node);
  }

  void add(const ast::Property& node) {
    if (!claim(properties_, node.name)) return;
    names_.properties.emplace(node.name.text, names_.law.properties.size());
    Property property;
    property.tag = node.tag;
    property.name = node.name.text;
    property.title = node.title.text;
    property.doc = doc_;
    property.span = node.name.span;
    names_.law.properties.push_back(std::move(property));
    declared_.properties.push_back(&node);
  }

  void add(const ast::Axiom& node) {
    if (!claim(properties_, node.name)) return;
    names_.law.axioms.push_back({node.name.text, node.title.text, 0, {}, nullptr, doc_, node.name.span});
    declared_.axioms.push_back(&node);
  }

  void add(const ast::Scope& node) {
    if (!claim(scopes_, node.name)) return;
    names_.law.scopes.push_back({node.name.text, node.title.text, node.text.text, doc_, node.name.span});
    declared_.scopes.push_back(&node);
  }

  Names& names_;
  Declared declared_;
  Span span_;
  std::string doc_;
  std::map<std::string, Span> types_, values_, defs_, rules_, properties_, scopes_;
};

}  // namespace

Declared collect(Names& names, const std::vector<ast::Declaration>& declarations) {
  return Collector(names).take(declarations);
}

}  // namespace iolaw::syntax
