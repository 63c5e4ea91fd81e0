// SPDX-License-Identifier: Apache-2.0
// Rules and probes, their items and effects.
#pragma once

#include "model/syntax/ast_adapted.hpp"
#include "model/syntax/grammar.hpp"
#include "model/syntax/recovery.hpp"
#include "model/syntax/tokens.hpp"
#include "model/syntax/tree.hpp"

namespace iolaw::syntax {

const x3::rule<struct LetId, ast::Let> let = "`let`";
const x3::rule<struct FailsId, ast::Fails> fails = "`fails`";
const x3::rule<struct UnspecifiedId, ast::Unspecified> unspecified = "`unspecified`";
const x3::rule<struct ChooseId, ast::Choose> choose = "`choose`";
const x3::rule<struct TallyId, ast::Tally> tally = "`tally`";
const x3::rule<struct ResultId, ast::Result> result = "`result`";
const x3::rule<struct ThenId, ast::Then> then = "`then`";
const x3::rule<struct EachId, ast::Each> each = "`each`";
const x3::rule<struct ItemId, ast::Item> item = "an item";
const x3::rule<struct ItemsId, std::vector<ast::Item>> items = "`{`";

const x3::rule<struct CreateId, ast::Create> create = "`new`";
const x3::rule<struct NewId, ast::New> new_object = "`new`";
const x3::rule<struct InitId, ast::Init> init = "the name of a field";
const x3::rule<struct InitsId, std::vector<ast::Init>> inits = "fields in braces";
const x3::rule<struct DestroyId, ast::Destroy> destroy = "`destroy`";
const x3::rule<struct DestroyAllId, ast::DestroyAll> destroy_all = "`destroy all`";
const x3::rule<struct UpdateId, ast::Update> update = "an update";
const x3::rule<struct UpdateAllId, ast::UpdateAll> update_all = "`set all`";
const x3::rule<struct EffectId, ast::Effect> effect = "an effect (new, destroy, set all, or a field = a value)";

const x3::rule<struct EffectBlockId, std::vector<ast::Effect>> effect_block = "effects in braces";
const x3::rule<struct EffectsId, std::vector<ast::Effect>> effects =
    "an effect (new, destroy, set all, or a field = a value)";
const x3::rule<struct ResultListId, std::vector<ast::Parameter>> result_list = "a result, such as area: Area";
const x3::rule<struct FailingId, ast::Failing> failing = "`fails`";
const x3::rule<struct ErrorsId, std::vector<ast::Name>> errors = "an error such as EINVAL";
const x3::rule<struct TagId, ast::Name> branch_tag = "a tag such as [length]";
const x3::rule<struct UnlessId, bool> when_or_unless = "`when` or `unless`";
const x3::rule<struct MembersId, ast::Members> members = "a variable, such as a: Area";
const x3::rule<struct MembersInId, ast::Expr> members_in = "`in`";
const x3::rule<struct MembersWhereId, ast::Expr> members_where = "`where`";
const x3::rule<struct ProbeId, bool> rule_word = "`rule`";
const x3::rule<struct ResultsId, std::vector<ast::Parameter>> results = "results";
const x3::rule<struct ResultParameterId, ast::Parameter> result_parameter = "a result, such as area: Area";
const x3::rule<struct CitationId, ast::Citation> citation = "`cites`";
const x3::rule<struct CitationsId, std::vector<ast::Citation>> citations = "`cites`";
const x3::rule<struct CitedPlaceId, ast::Name> cited_place = "the name of a function or section";
const x3::rule<struct AnchorId, std::vector<ast::Name>> anchor = "the name of a function or section";
const x3::rule<struct LetNameId, ast::Create> let_new = "`let`";
const x3::rule<struct NamedNewId, ast::Create> named_new = "a result";

inline constexpr const char* kItemOrEnd =
    "`}` or an item (`let`, `fails`, `may fail`, `then`, `but fails`, `each`, `choose`, `result`, `tally`, "
    "`unspecified`)";
inline constexpr const char* kEffectOrEnd = "`}` or an effect (`new`, `destroy`, `set all`, or a field = a value)";

struct SetItem {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).node = std::move(x3::_attr(context));
  }
};
struct SetObject {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).object = std::move(x3::_attr(context));
  }
};
struct SetMembers {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).members = std::move(x3::_attr(context));
  }
};
struct SetEffects {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).effects = std::move(x3::_attr(context));
  }
};
inline constexpr SetItem set_item;
inline constexpr SetObject set_object;
inline constexpr SetMembers set_members;
inline constexpr SetEffects set_effects;

const auto members_in_def = word("in") > range;
const auto members_where_def = word("where") > expression;
const auto members_def = name_token > symbol(":") > kind_token > -members_in > -members_where;

const auto let_def = word("let") > name_token > symbol("=") > expression;
const auto errors_def = error_token % word("or");
const auto branch_tag_def = symbol("[") > tag_token > symbol("]");
const auto when_or_unless_def = (word("when") >> x3::attr(false)) | (word("unless") >> x3::attr(true));
const auto failing_def = (word("fails") >> x3::attr(ast::Failing::always)) |
                         (word("may") >> (x3::attr(ast::Failing::maybe) > word("fail"))) |
                         (word("but") >> (x3::attr(ast::Failing::kept) > word("fails")));
const auto fails_def = located(failing > errors > branch_tag > restriction > when_or_unless > expression);
const auto unspecified_def = located(word("unspecified") > branch_tag > restriction > when_or_unless > expression);
const auto choose_def = word("choose") > name_token > symbol(":") > type > -members_where;
const auto tally_def = word("tally") > name_token > symbol("+=") > expression;
const auto result_def = word("result") > name_token > symbol("=") > expression;

const auto init_def = field_token > -(symbol("=") > expression);
const auto inits_def = symbol("{") > -(init % symbol(",")) > -symbol(",") > symbol("}");
const auto new_object_def = located(word("new") > kind_token > inits);
const auto let_new_def = word("let") >> x3::attr(true) >> name_token >> symbol("=") >> new_object;
const auto named_new_def = x3::attr(false) >> -(name_token >> symbol("=")) >> new_object;
const auto create_def = let_new[take] | named_new[take];
const auto destroy_def = located(word("destroy") > expression[set_object]);
const auto destroy_all_def = located(word("destroy") >> word("all") > members[set_members]);
const auto update_def = target > symbol("=") > expression;
const auto update_all_def =
    located(word("set") >> word("all") > members > symbol(":") > target > symbol("=") > expression);
const auto effect_def = create[take] | let[take] | destroy_all[take] | destroy[take] | update_all[take] | update[take];
const auto effect_block_def = block(effect, Entries::effects, kEffectOrEnd);
const auto effects_def = effect_block | x3::repeat(1)[nested(effect)];
const auto then_def = located(word("then") > effects[set_effects]);

const auto items_def = block(item, Entries::items, kItemOrEnd);
const auto each_def = located(word("each") > members > word("ascending") > expression > items);
const auto item_def = located(let[set_item] | fails[set_item] | unspecified[set_item] | choose[set_item] |
                              tally[set_item] | result[set_item] | then[set_item] | nested(each)[set_item]);

const auto cited_place_def = anchor_token | section_token;
const auto anchor_def = x3::repeat(0, 1)[cited_place];
const auto citation_def = word("cites") > name_token > file_token > anchor;
const auto citations_def = *citation;
const auto result_parameter_def = name_token > symbol(":") > type;
const auto result_list_def = result_parameter % symbol(",");
const auto results_def = (symbol("->") > result_list) | x3::attr(std::vector<ast::Parameter>());
const auto rule_word_def = (word("rule") >> x3::attr(false)) | (word("probe") >> x3::attr(true));
const auto rule_declaration_def = rule_word > rule_token > parameters > results > restriction > citations > items;

BOOST_SPIRIT_DEFINE(effect_block, effects, result_list, cited_place, members_in, members_where, members, let, errors,
                    branch_tag, when_or_unless, failing, fails, unspecified, choose, tally, result, init, inits,
                    new_object, let_new, named_new, create, destroy, destroy_all, update, update_all, effect, then,
                    items, each, item, anchor, citation, citations, result_parameter, results, rule_word,
                    rule_declaration)

}  // namespace iolaw::syntax
