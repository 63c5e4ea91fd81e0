// SPDX-License-Identifier: Apache-2.0
// Semantic actions that build the tree of an expression: `_val` is the node of the rule, `_attr` what was just parsed.
#pragma once

#include <algorithm>
#include <utility>

#include "model/syntax/ast.hpp"
#include "model/syntax/tokens.hpp"

namespace iolaw::syntax {

// Adds a child; refuses a tree that recursion could not walk.
template <typename Context>
void adopt(const Context& context, ast::Expr& node, ast::Expr&& child) {
  node.height = std::max(node.height, child.height + 1);
  if (node.height >= kMaxDepth) throw TooDeep{state_of(context).text.data() + child.span.begin};
  node.children.push_back(std::move(child));
}

// _val = _attr
struct Take {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context) = std::move(x3::_attr(context));
  }
};
inline constexpr Take take;

// _val = tag
struct Leaf {
  ast::Tag tag;
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).tag = tag;
  }
};
constexpr Leaf leaf(ast::Tag tag) { return {tag}; }

// _val = tag [_attr]
struct Wrap {
  ast::Tag tag;
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).tag = tag;
    adopt(context, x3::_val(context), std::move(x3::_attr(context)));
  }
};
constexpr Wrap wrap(ast::Tag tag) { return {tag}; }

// _val = tag [_val]
template <typename Context>
void become_parent(const Context& context, ast::Tag tag) {
  ast::Expr node;
  node.tag = tag;
  node.span = x3::_val(context).span;
  adopt(context, node, std::move(x3::_val(context)));
  x3::_val(context) = std::move(node);
}

struct Become {
  ast::Tag tag;
  template <typename Context>
  void operator()(const Context& context) const {
    become_parent(context, tag);
  }
};
constexpr Become become(ast::Tag tag) { return {tag}; }

// _val = _attr [_val]
struct BecomeAttribute {
  template <typename Context>
  void operator()(const Context& context) const {
    become_parent(context, x3::_attr(context));
  }
};
inline constexpr BecomeAttribute become_attribute;

// _val = tag [_val, _attr]
struct Join {
  ast::Tag tag;
  template <typename Context>
  void operator()(const Context& context) const {
    const std::uint32_t end = x3::_attr(context).span.end;
    become_parent(context, tag);
    x3::_val(context).span.end = end;
    adopt(context, x3::_val(context), std::move(x3::_attr(context)));
  }
};
constexpr Join join(ast::Tag tag) { return {tag}; }

// The same where one node takes any number of children: `a and b and c`.
struct Collect {
  ast::Tag tag;
  template <typename Context>
  void operator()(const Context& context) const {
    ast::Expr& node = x3::_val(context);
    // A parenthesised `(a and b)` on the left stays a child: its span then ends after its last child.
    if (node.tag != tag || node.span.end != node.children.back().span.end) become_parent(context, tag);
    x3::_val(context).span.end = x3::_attr(context).span.end;
    adopt(context, x3::_val(context), std::move(x3::_attr(context)));
  }
};
constexpr Collect collect(ast::Tag tag) { return {tag}; }

struct Append {
  template <typename Context>
  void operator()(const Context& context) const {
    adopt(context, x3::_val(context), std::move(x3::_attr(context)));
  }
};
inline constexpr Append append;

struct SetTag {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).tag = x3::_attr(context);
  }
};
inline constexpr SetTag set_tag;

struct SetBinders {
  template <typename Context>
  void operator()(const Context& context) const {
    for (const ast::Binder& each : x3::_attr(context)) {
      if (each.in) x3::_val(context).height = std::max(x3::_val(context).height, each.in->height + 1);
    }
    x3::_val(context).binders = std::move(x3::_attr(context));
  }
};
inline constexpr SetBinders set_binders;

struct SetName {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).name = std::move(x3::_attr(context));
  }
};
inline constexpr SetName set_name;

struct SetNameLeaf {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).tag = ast::Tag::name;
    x3::_val(context).name = std::move(x3::_attr(context));
  }
};
inline constexpr SetNameLeaf set_name_leaf;

struct SetArguments {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).tag = ast::Tag::call;
    for (ast::Expr& argument : x3::_attr(context)) adopt(context, x3::_val(context), std::move(argument));
  }
};
inline constexpr SetArguments set_arguments;

struct SetBoolean {
  template <typename Context>
  void operator()(const Context& context) const {
    x3::_val(context).tag = ast::Tag::boolean;
    x3::_val(context).value = x3::_attr(context);
  }
};
inline constexpr SetBoolean set_boolean;

// _val = _val . _attr
struct Select {
  template <typename Context>
  void operator()(const Context& context) const {
    become_parent(context, ast::Tag::field);
    x3::_val(context).span.end = x3::_attr(context).span.end;
    x3::_val(context).name = std::move(x3::_attr(context));
  }
};
inline constexpr Select select;

}  // namespace iolaw::syntax
