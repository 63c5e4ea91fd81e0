// SPDX-License-Identifier: Apache-2.0
// Expressions, from the operator that binds least to the one that binds most:
//   iff · implies (to the right) · or · and · not, if, quantifiers (as far to the right as possible) ·
//   == != < <= > >= in is lives (one at most) · .. (one at most) · + - | · * · the · .field [key] (arguments)
#pragma once

#include "model/syntax/ast_adapted.hpp"
#include "model/syntax/grammar.hpp"
#include "model/syntax/tokens.hpp"
#include "model/syntax/tree.hpp"

namespace iolaw::syntax {

using ast::Tag;

template <typename Id>
using ExprRule = x3::rule<Id, ast::Expr>;

const ExprRule<struct EquivalenceId> equivalence = "an expression";
const ExprRule<struct ImplicationId> implication = "an expression";
const ExprRule<struct DisjunctionId> disjunction = "an expression";
const ExprRule<struct ConjunctionId> conjunction = "an expression";
const ExprRule<struct NegationId> negation = "an expression";
const ExprRule<struct QuantifierId> quantifier = "a quantifier";
const ExprRule<struct ConditionalId> conditional = "`if`";
const ExprRule<struct ComparisonId> comparison = "an expression";
const ExprRule<struct SumId> sum = "an expression";
const ExprRule<struct ProductId> product = "an expression";
const ExprRule<struct PrefixId> prefix = "an expression";
const ExprRule<struct PrimaryId> primary = "an expression";
const ExprRule<struct CallId> call = "an expression";
const x3::rule<struct ArgumentsId, std::vector<ast::Expr>> arguments = "arguments in parentheses";
const x3::rule<struct BinderId, ast::Binder> binder = "a variable, such as a: Area";
const x3::rule<struct BindersId, std::vector<ast::Binder>> binders = "a variable, such as a: Area";
const x3::rule<struct BinderRangeId, ast::Expr> binder_range = "an expression";
const x3::rule<struct BinderKindId, ast::Type> binder_type = "a type";
const x3::rule<struct AdjectiveId, Tag> adjective = "`some`, `none`, `busy` or `empty`";
const x3::rule<struct QuantifierWordId, Tag> quantifier_word = "a quantifier";
// `e is some NAME`: not the name that the next effect starts with.
const x3::rule<struct BoundNameId, ast::Name> bound_name = "a name";

const auto expression_def = nested(equivalence);
const auto equivalence_def = implication[take] >> *(word("iff") > implication[join(Tag::equivalence)]);
const auto implication_def = disjunction[take] >> -(word("implies") > nested(implication)[join(Tag::implication)]);
const auto disjunction_def = conjunction[take] >> *(word("or") > conjunction[collect(Tag::disjunction)]);
const auto conjunction_def = negation[take] >> *(word("and") > negation[collect(Tag::conjunction)]);
const auto negation_def = located((word("not") > nested(negation)[wrap(Tag::negation)]) | quantifier[take] |
                                  conditional[take] | comparison[take]);

const auto quantifier_word_def = (word("all") >> x3::attr(Tag::all)) | (word("some") >> x3::attr(Tag::some)) |
                                 (word("no") >> x3::attr(Tag::no)) | (word("count") >> x3::attr(Tag::count));
const auto binder_range_def = word("in") > range;
const auto binder_type_def = symbol(":") > type;
const auto binder_def = name_token >> -binder_type >> -binder_range;
const auto binders_def = binder % symbol(",");
const auto quantifier_def = located(quantifier_word[set_tag] > binders[set_binders] >
                                    -(word("where") > expression[append]) > symbol(":") > expression[append]);

const auto conditional_def = located((word("if") >> x3::attr(Tag::conditional))[set_tag] > expression[append] >
                                     word("then") > expression[append] > word("else") > expression[append]);

const auto adjective_def = (word("some") >> x3::attr(Tag::is_some)) | (word("none") >> x3::attr(Tag::is_none)) |
                           (word("busy") >> x3::attr(Tag::is_busy)) | (word("empty") >> x3::attr(Tag::is_empty));
const auto bound_name_def = indented >> name_token >> !(symbol(".") | symbol("="));
const auto comparison_def = located(
    range[take] >> -((symbol("==") > range[join(Tag::equal)]) | (symbol("!=") > range[join(Tag::unequal)]) |
                     (symbol("<=") > range[join(Tag::less_equal)]) | (symbol("<") > range[join(Tag::less)]) |
                     (symbol(">=") > range[join(Tag::greater_equal)]) | (symbol(">") > range[join(Tag::greater)]) |
                     (word("in") > range[join(Tag::in)]) | word("lives")[become(Tag::lives)] |
                     (word("is") > adjective[become_attribute] > -bound_name[set_name])));

const auto range_def = located(sum[take] >> -(symbol("..") > sum[join(Tag::interval)]));
const auto sum_def = product[take] >>
                     *((symbol("+") > product[join(Tag::add)]) | (symbol("-") > product[join(Tag::subtract)]) |
                       (symbol("|") > product[join(Tag::flags_union)]));
const auto product_def = prefix[take] >> *(symbol("*") > prefix[join(Tag::multiply)]);
const auto prefix_def = located((word("the") > nested(prefix)[wrap(Tag::the)]) | target[take]);
const auto target_def = located(primary[take] >> *((symbol(".") > field_token[select]) |
                                                   (symbol("[") > expression[join(Tag::index)] > symbol("]"))));

const auto arguments_def = symbol("(") > -(expression % symbol(",")) > symbol(")");
const auto call_def = located(name_token[set_name_leaf] >> -arguments[set_arguments]);
const auto primary_def =
    located(number_token[take] | (word("true") >> x3::attr(Word{1}))[set_boolean] |
            (word("false") >> x3::attr(Word{0}))[set_boolean] | word("MAX")[leaf(Tag::maximum)] |
            word("none")[leaf(Tag::none)] | (symbol("(") > expression[take] > symbol(")")) | call[take]);

BOOST_SPIRIT_DEFINE(expression, range, target, equivalence, implication, disjunction, conjunction, negation, quantifier,
                    conditional, comparison, sum, product, prefix, primary, call, arguments, binder, binders,
                    binder_range, binder_type, adjective, quantifier_word, bound_name)

}  // namespace iolaw::syntax
