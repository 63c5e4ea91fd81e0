// SPDX-License-Identifier: Apache-2.0
// The only place that names the grammar's iterator, skipper and context.
#pragma once

#include <boost/spirit/home/x3.hpp>

#include "model/syntax/state.hpp"

namespace iolaw::syntax {

namespace x3 = boost::spirit::x3;

using Iterator = const char*;

// White space and comments. Documentation comments are comments to the grammar; see documentation.hpp.
struct Skipper : x3::parser<Skipper> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;

  template <typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context&, RuleContext&, Attribute&) const {
    const Iterator begin = first;
    while (first != last) {
      if (*first == ' ' || *first == '\n' || *first == '\t' || *first == '\r') {
        ++first;
      } else if (*first == '/' && last - first > 1 && first[1] == '/') {
        while (first != last && *first != '\n') ++first;
      } else {
        break;
      }
    }
    return first != begin;
  }
};

struct state_tag;

using StateContext = x3::context<state_tag, ParseState>;
using Context = x3::context<x3::skipper_tag, const Skipper, StateContext>;

}  // namespace iolaw::syntax
