// SPDX-License-Identifier: Apache-2.0
// One rule in the making: items (rules.cpp) and effects (effects.cpp) share its frame and its results.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/syntax/resolve/resolve.hpp"
#include "model/syntax/resolve/typer.hpp"

namespace iolaw::syntax {

class RuleBuilder {
 public:
  RuleBuilder(Names& names, Rule& rule, const ast::Rule& node)
      : names_(names), rule_(rule), node_(node), typer_(names, scope_) {}

  void build();

 private:
  struct Output {
    std::uint32_t index = 0;    // into Rule::results
    std::optional<Span> given;  // where its value is
  };

  // rules.cpp
  void parameters();
  void results();
  void finish();
  void item(const ast::Item& item, std::vector<Item>& items);
  void add(const ast::Let& node, Span span, std::vector<Item>& items);
  void add(const ast::Fails& node, Span span, std::vector<Item>& items);
  void add(const ast::Unspecified& node, Span span, std::vector<Item>& items);
  void add(const ast::Choose& node, Span span, std::vector<Item>& items);
  void add(const ast::Tally& node, Span span, std::vector<Item>& items);
  void add(const ast::Result& node, Span span, std::vector<Item>& items);
  void add(const ast::Then& node, Span span, std::vector<Item>& items);
  void add(const ast::Each& node, Span span, std::vector<Item>& items);
  void branch(Branch branch, const ast::Name& tag, const ast::Restriction& restriction, const ast::Expr& condition,
              std::vector<Item>& items);
  std::vector<int> errors(const std::vector<ast::Name>& names);
  // The declared result of that name, not yet given; null after reporting.
  Output* take_result(const ast::Name& name);
  void misplaced(Span span, std::string message) { names_.error(Code::misplaced_item, span, std::move(message)); }

  // effects.cpp
  void effect(const ast::Effect& effect, std::vector<Item>& items, std::vector<Effect>& effects);
  void add(const ast::Create& node, std::vector<Effect>& effects);
  void add(const ast::Destroy& node, std::vector<Effect>& effects);
  void add(const ast::DestroyAll& node, std::vector<Effect>& effects);
  void add(const ast::Update& node, std::vector<Effect>& effects);
  void add(const ast::UpdateAll& node, std::vector<Effect>& effects);
  // What happens to all members of a kind. Declares their variable, for as long as the caller's scope.
  Effect of_members(Effect::Tag tag, const ast::Members& members, std::uint32_t kind, Span span);
  std::vector<FieldValue> initial_values(const ast::New& node, std::uint32_t kind);
  // object.field as an update may name it; nullopt after reporting.
  std::optional<std::pair<ExprPtr, std::uint32_t>> target(const ast::Expr& node);
  bool may_destroy(std::uint32_t kind, Span span);
  void check_bulk_destroy(std::uint32_t kind, const ExprPtr& object, Span span);
  // Refuses to change a field by which a count decides of objects that refer to this one.
  void check_count_conditions(std::uint32_t kind, std::uint32_t field, Span span);
  bool emptied(std::uint32_t kind, const ExprPtr& parent) const;

  Names& names_;
  Rule& rule_;
  const ast::Rule& node_;
  Scope scope_;
  Typer typer_;
  std::map<std::string, Output, std::less<>> outputs_;
  std::set<std::string, std::less<>> broken_results_;  // of a type that is none
  std::map<std::string, Span, std::less<>> tags_;
  std::optional<std::uint32_t> each_;  // the `each` whose items are being added
  Each* open_each_ = nullptr;
  std::optional<Span> then_;  // of this block of items
  // What an `each … in parent` of this rule destroyed without exception: the kind, and the slot of the parent.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> emptied_;
};

}  // namespace iolaw::syntax
