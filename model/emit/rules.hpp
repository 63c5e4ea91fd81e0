// SPDX-License-Identifier: Apache-2.0
// The items of a rule in their order, for the two functions that begin a call in the same way: `step`, which makes one,
// and `calls`, which makes them all.
#pragma once

#include <functional>

#include "model/emit/parts.hpp"

namespace iolaw::emit {

// Items before the first `each`: they read the state and change nothing.
std::size_t first_each(const Rule& rule);
bool has_each(const Rule& rule);

// The values that a choice may take, for a C++ loop: the header of a `for`, and the term that its variable is.
struct Loop {
  std::string header;
  Term variable;
};
Loop choice_loop(Context& context, const Item& item);

// "const Ref p0_ioas, …, const u64 c3_base": parameters and what was chosen before the first `each`.
std::string tail_parameters(const Context& context, const Rule& rule);
std::string tail_arguments(const Rule& rule);
std::string choice_name(const Item& item);
std::string choice_type(const Context& context, const Item& item);
void bind_choices(const Context& context, const Rule& rule, Expressions& expressions);

}  // namespace iolaw::emit
