// SPDX-License-Identifier: Apache-2.0
// The parts of a compiled model, in the order in which they stand in its text. One file each.
#pragma once

#include "model/emit/expressions.hpp"
#include "model/emit/writer.hpp"

namespace iolaw::emit {

void write_state(Context& context, Writer& out);       // the state, its equality, access by number
void write_maps(Context& context, Writer& out);        // at, slot and counts, computed from the objects
void write_lifetimes(Context& context, Writer& out);   // destroy, and the death of shared objects
void write_keys(Context& context, Writer& out);        // packed states
void write_canonical(Context& context, Writer& out);   // the one of all states that differ in the names of objects
void write_properties(Context& context, Writer& out);  // one function per invariant, step and cover
void write_rules(Context& context, Writer& out);       // one function per rule, and `step`
void write_calls(Context& context, Writer& out);       // every call of the scope in a state
void write_sites(const Context& context, Writer& out);
void write_interface(Context& context, Writer& out);  // the C interface that the explorer loads

// The C++ name of the state that a rule's expressions read.
inline const std::string kState = "s";

// A rule's parameters as the C++ functions take them: "const Ref p0_ioas, const u64 p1_iova".
std::string parameter_list(const Context& context, const Rule& rule);
std::string parameter_name(const Rule& rule, std::uint32_t parameter);
std::string parameter_type(const Context& context, const Rule& rule, std::uint32_t parameter);
// Binds the parameters' slots to those names.
void bind_parameters(const Context& context, const Rule& rule, Expressions& expressions);

// Where a rule's outcomes begin in the array of all outcomes: success first, then its branches.
std::uint32_t outcome_base(const Law& law, std::uint32_t rule);

// "ioas_map".
std::string rule_name(const Rule& rule);

}  // namespace iolaw::emit
