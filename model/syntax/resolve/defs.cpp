// SPDX-License-Identifier: Apache-2.0
// Defs: signatures first, then bodies; none may call itself, directly or not.
#include <algorithm>

#include "model/syntax/lexis.hpp"
#include "model/syntax/resolve/resolve.hpp"
#include "model/syntax/resolve/state_reader.hpp"
#include "model/syntax/resolve/typer.hpp"
#include "model/syntax/state.hpp"

namespace iolaw::syntax {
namespace {

using CallGraph = std::vector<std::set<std::uint32_t>>;

// Calls itself for what a def calls, at most kMaxDepth deep; so may whoever expands defs.
class Calls {
 public:
  Calls(Names& names, const CallGraph& calls)
      : names_(names), calls_(calls), progress_(calls.size(), Progress::none), depth_(calls.size()) {}

  void check() {
    for (std::uint32_t def = 0; def < calls_.size(); ++def) {
      if (progress_[def] == Progress::none) visit(def, 0);
    }
  }

 private:
  enum class Progress : std::uint8_t { none, open, done };

  void visit(std::uint32_t def, unsigned level) {
    progress_[def] = Progress::open;
    for (const std::uint32_t callee : calls_[def]) {
      if (progress_[callee] == Progress::none && level < kMaxDepth) visit(callee, level + 1);
      if (progress_[callee] == Progress::open) recursive(def, callee);
      const bool known = progress_[callee] == Progress::done;
      depth_[def] = std::max(depth_[def], known ? depth_[callee] + 1 : level < kMaxDepth ? 0 : kMaxDepth + 1);
    }
    if (depth_[def] > kMaxDepth) too_deep(def);
    progress_[def] = Progress::done;
  }

  void recursive(std::uint32_t def, std::uint32_t callee) {
    const Def& declared = names_.law.defs[callee];
    Diagnostic& diagnostic = names_.error(Code::recursive_def, declared.span,
                                          quote(declared.name) + " calls itself; a def is expanded, never run");
    if (callee != def) diagnostic.notes.push_back({names_.law.defs[def].span, "by way of this def"});
  }

  // Takes the body away, so that nobody walks the chain; says so once.
  void too_deep(std::uint32_t def) {
    Def& declared = names_.law.defs[def];
    declared.body = nullptr;
    depth_[def] = 0;
    if (reported_) return;
    reported_ = true;
    names_.error(Code::too_deep, declared.span,
                 "a chain of more than " + std::to_string(kMaxDepth) + " defs that call each other comes to " +
                     quote(declared.name));
  }

  Names& names_;
  const CallGraph& calls_;
  std::vector<Progress> progress_;
  std::vector<unsigned> depth_;  // how deep its calls nest
  bool reported_ = false;
};

// What a given function takes and gives: a value that is known without any state.
bool is_word(const Type& type) {
  return type.tag != TypeTag::interval && type.tag != TypeTag::reference && !type.maybe;
}

std::nullopt_t refuse(Names& names, const ast::Type& type) {
  names.error(Code::bad_type, type.name.span,
              "a given function takes and gives single values that need no state: bool, numbers, enums, flags");
  return std::nullopt;
}

}  // namespace

void resolve_defs(Names& names, const Declared& declared) {
  Law& law = names.law;
  names.def_types.resize(declared.defs.size());
  std::vector<std::vector<std::optional<Type>>> parameter_types(declared.defs.size());
  std::set<std::uint32_t> broken;
  for (std::size_t i = 0; i < declared.defs.size(); ++i) {
    const ast::Def& node = *declared.defs[i];
    names.enter("def", node.restriction);
    parameter_types[i].reserve(node.parameters.size());
    for (const ast::Parameter& parameter : node.parameters) {
      std::optional<Type> type = resolve_type(names, parameter.type);
      if (node.given && type && !is_word(*type)) type = refuse(names, parameter.type);
      if (!type) broken.insert(static_cast<std::uint32_t>(i));
      parameter_types[i].push_back(type);
      law.defs[i].parameters.push_back({parameter.name.text, type.value_or(Type{}), parameter.name.span});
    }
    names.def_types[i] = resolve_type(names, node.type);
    law.defs[i].type = names.def_types[i].value_or(Type{});
    if (node.given && names.def_types[i] && !is_word(*names.def_types[i])) {
      names.def_types[i] = refuse(names, node.type);
    }
  }
  // A call of a def with an unknown parameter type says nothing more: its result is unknown too.
  std::vector<std::optional<Type>> types = names.def_types;
  for (const std::uint32_t def : broken) names.def_types[def].reset();
  CallGraph calls;
  for (std::size_t i = 0; i < declared.defs.size(); ++i) {
    const ast::Def& node = *declared.defs[i];
    names.enter("def", node.restriction);
    Scope scope;
    Typer typer(names, scope);
    for (std::size_t p = 0; p < node.parameters.size(); ++p) {
      typer.declare(node.parameters[p].name, parameter_types[i][p]);
    }
    const std::optional<Type>& type = types[i];
    law.defs[i].body = type ? typer.value(node.body, *type) : typer.expression(node.body);
    law.defs[i].slots = scope.slots;
    calls.push_back(typer.called);
  }
  Calls(names, calls).check();
  StateReader reader(law);
  for (std::uint32_t i = 0; i < declared.defs.size(); ++i) {
    if (law.defs[i].given) check_given(names, i, reader);
  }
}

}  // namespace iolaw::syntax
