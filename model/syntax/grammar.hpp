// SPDX-License-Identifier: Apache-2.0
// The rules of the grammar that other parts of it use. Their definitions: expressions_def.hpp, declarations_def.hpp,
// rules_def.hpp; each is instantiated by the .cpp of the same name.
#pragma once

#include "model/syntax/ast.hpp"
#include "model/syntax/config.hpp"

namespace iolaw::syntax {

struct ExpressionTag;
struct RangeTag;
struct TargetTag;
struct TypeTag_;
struct ParametersTag;
struct RuleTag;
struct DeclarationTag;
struct RestrictionTag;

using ExpressionRule = x3::rule<ExpressionTag, ast::Expr>;
using RangeRule = x3::rule<RangeTag, ast::Expr>;
using TargetRule = x3::rule<TargetTag, ast::Expr>;
using TypeRule = x3::rule<TypeTag_, ast::Type>;
using ParametersRule = x3::rule<ParametersTag, std::vector<ast::Parameter>>;
using RuleRule = x3::rule<RuleTag, ast::Rule>;
using RestrictionRule = x3::rule<RestrictionTag, ast::Restriction>;
using DeclarationRule = x3::rule<DeclarationTag, ast::Declaration>;

const ExpressionRule expression = "an expression";
const RangeRule range = "an expression";  // binds closer than comparisons: `a..b`, `access.ioas`
const TargetRule target = "a field, such as access.ioas";
const TypeRule type = "a type";
const ParametersRule parameters = "parameters in parentheses";
const RestrictionRule restriction = "`only` or `since`";
const RuleRule rule_declaration = "a rule";
const DeclarationRule declaration = "a declaration";

BOOST_SPIRIT_DECLARE(ExpressionRule, RangeRule, TargetRule, TypeRule, ParametersRule, RuleRule, DeclarationRule,
                     RestrictionRule)

}  // namespace iolaw::syntax
