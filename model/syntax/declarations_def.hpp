// SPDX-License-Identifier: Apache-2.0
// Everything that stands at the left margin, but for rules.
#pragma once

#include "model/syntax/ast_adapted.hpp"
#include "model/syntax/grammar.hpp"
#include "model/syntax/recovery.hpp"
#include "model/syntax/tokens.hpp"
#include "model/syntax/tree.hpp"

namespace iolaw::syntax {

const x3::rule<struct UseId, ast::Use> use_declaration = "`use`";
const x3::rule<struct ConstId, ast::Const> const_declaration = "`const`";
const x3::rule<struct EnumId, ast::Enum> enum_declaration = "`enum`";
const x3::rule<struct ObjectId, ast::Object> object_declaration = "`object`";
const x3::rule<struct CountId, ast::Count> count_declaration = "`count`";
const x3::rule<struct DefId, ast::Def> def_declaration = "`def`";
const x3::rule<struct PropertyId, ast::Property> property_declaration = "a property";

const x3::rule<struct ProfileId, ast::Profile> profile_declaration = "`profile`";
const x3::rule<struct IncludesId, std::vector<ast::Name>> includes = "`includes`";
const x3::rule<struct ProfileNamesId, std::vector<ast::Name>> profile_names = "the name of a profile";
const x3::rule<struct SinceId, ast::Since> since = "`since`";
const x3::rule<struct AxiomId, ast::Axiom> axiom_declaration = "`axiom`";
const x3::rule<struct ScopeId, ast::Scope> scope_declaration = "`scope`";
const x3::rule<struct GivenId, bool> def_word = "`def`";

const x3::rule<struct ConstantId, ast::Name> constant = "a name";
const x3::rule<struct ConstantEndId> constant_end = "`,` or `}`";
const x3::rule<struct ConstantsId, std::vector<ast::Name>> constants = "`{`";
const x3::rule<struct FlagsWordId, bool> enum_word = "`enum`";
const x3::rule<struct SharedId, bool> shared = "`shared`";
const x3::rule<struct RoleId, FieldRole> role = "`in` or `holds`";
const x3::rule<struct KeyWordId, bool> key_word = "`at` or `slot`";
const x3::rule<struct KeyId, ast::Key> key = "`at` or `slot`";
const x3::rule<struct FieldId, ast::Field> field = "a field";
const x3::rule<struct FieldsId, std::vector<ast::Field>> fields = "`{`";
const x3::rule<struct CountTermId, ast::CountTerm> count_term = "a field of a kind, such as Device.ioas";
const x3::rule<struct CountTermsId, std::vector<ast::CountTerm>> count_terms = "a field of a kind, such as Device.ioas";
const x3::rule<struct ParameterId, ast::Parameter> parameter = "a parameter";
const x3::rule<struct PropertyWordId, Property::Tag> property_word = "a property";
const x3::rule<struct RuleNamesId, std::vector<ast::Name>> rule_names = "the name of a rule, such as ioas.map";
const x3::rule<struct OnId, std::vector<ast::Name>> on = "`on`";
const x3::rule<struct ConditionId, ast::Expr> where = "`where`";

struct SetModule {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).module = std::move(x3::_attr(context));
  }
};
struct SetNode {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).node = std::move(x3::_attr(context));
  }
};
struct AddOnly {
  template <typename Context>
  void operator()(const Context& context) const {
    for (ast::Name& name : x3::_attr(context)) x3::_val(context).only.push_back(std::move(name));
  }
};
struct AddSince {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).since.push_back(std::move(x3::_attr(context)));
  }
};
inline constexpr AddOnly add_only;
inline constexpr AddSince add_since;
inline constexpr SetModule set_module;
inline constexpr SetNode set_node;

const auto maybe_word = (word("maybe") >> x3::attr(true)) | x3::attr(false);
const auto type_def = maybe_word >> type_token;
const auto parameter_def = name_token > symbol(":") > type;
const auto parameters_def = symbol("(") > -(parameter % symbol(",")) > symbol(")");
const auto where_def = word("where") > expression;

const auto profile_names_def = profile_token % symbol(",");
const auto since_def = located(word("since") > name_token > version_token);
const auto restriction_def = placed(*((word("only") > profile_names[add_only]) | since[add_since]));

const auto includes_def = (word("includes") > profile_names) | x3::attr(std::vector<ast::Name>());
const auto profile_declaration_def = word("profile") > profile_token > includes > title_token;

const auto use_declaration_def = word("use") > module_token[set_module];
const auto const_declaration_def = word("const") > name_token > symbol(":") > type > restriction >
                                   symbol("=") > expression;

const auto enum_word_def = (word("enum") >> x3::attr(false)) | (word("flags") >> x3::attr(true));
const auto constant_end_def = symbol(",") | &symbol("}");
const auto constant_def = name_token > constant_end;
const auto constants_def = block(constant, Entries::constants, "a name", false);
const auto enum_declaration_def = enum_word > kind_token > restriction > constants;

const auto shared_def = (word("shared") >> x3::attr(true)) | x3::attr(false);
const auto role_def = (word("in") >> x3::attr(FieldRole::parent)) | (word("holds") >> x3::attr(FieldRole::holds)) |
                      x3::attr(FieldRole::plain);
const auto key_word_def = (word("at") >> x3::attr(false)) | (word("slot") >> x3::attr(true));
const auto key_def = key_word > name_token;
const auto field_def = role >> field_token > symbol(":") > type > -key > -symbol(",");
const auto fields_def = block(field, Entries::fields, "`}` or a field");
const auto object_declaration_def = word("object") > kind_token > shared > restriction > fields;

const auto count_term_def = term_token > -where;
const auto count_terms_def = count_term % symbol("+");
const auto count_declaration_def = word("count") > term_token > restriction > symbol("=") > count_terms;

const auto def_word_def = (word("def") >> x3::attr(false)) | (word("given") >> x3::attr(true));
const auto def_declaration_def = def_word > name_token > parameters > symbol("->") > type > restriction >
                                 symbol("=") > expression;

const auto property_word_def = (word("invariant") >> x3::attr(Property::Tag::invariant)) |
                               (word("step") >> x3::attr(Property::Tag::step)) |
                               (word("cover") >> x3::attr(Property::Tag::cover));
const auto rule_names_def = rule_token % symbol(",");
const auto on_def = (word("on") > rule_names) | x3::attr(std::vector<ast::Name>());
const auto property_declaration_def = property_word > property_token > title_token > on > restriction >
                                      symbol(":") > expression;

const auto axiom_declaration_def = word("axiom") > property_token > title_token > restriction >
                                   symbol(":") > expression;
const auto scope_declaration_def = word("scope") > scope_token > title_token > restriction >
                                   symbol(":") > scope_text_token;

const auto declaration_def =
    located(use_declaration[set_node] | profile_declaration[set_node] | const_declaration[set_node] |
            enum_declaration[set_node] | object_declaration[set_node] | count_declaration[set_node] |
            def_declaration[set_node] | property_declaration[set_node] | rule_declaration[set_node] |
            axiom_declaration[set_node] | scope_declaration[set_node]);

BOOST_SPIRIT_DEFINE(rule_names, type, parameter, parameters, where, use_declaration, const_declaration, enum_word,
                    constant_end, constant, constants, enum_declaration, shared, role, key_word, key, field, fields,
                    object_declaration, count_term, count_terms, count_declaration, def_declaration, property_word, on,
                    property_declaration, declaration, restriction, profile_names, since, includes, profile_declaration,
                    axiom_declaration, scope_declaration, def_word)

}  // namespace iolaw::syntax
