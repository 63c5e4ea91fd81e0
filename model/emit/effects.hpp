// SPDX-License-Identifier: Apache-2.0
// A block of effects: first everything is computed in the state before it, then it is written.
#pragma once

#include <string>
#include <vector>

#include "model/emit/expressions.hpp"
#include "model/emit/parts.hpp"
#include "model/emit/writer.hpp"

namespace iolaw::emit {

class Effects {
 public:
  // `fresh`: a C++ pointer to the indexes that new objects take, null for the lowest free ones; empty where only those
  // do.
  Effects(Context& context, Expressions& expressions, const std::vector<Effect>& effects, std::string fresh)
      : context_(context), expressions_(expressions), effects_(effects), fresh_(std::move(fresh)) {}

  void write_computation(Writer& out);
  void write_changes(Writer& out) const;

  // A result is kept like a field: the checks, then "out.results[i] = …".
  static void write_result(Context& context, Expressions& expressions, const Result& result, std::size_t index,
                           Writer& out);

 private:
  struct Created {
    std::string name;
    std::uint32_t kind;
  };
  void name_new_objects(Writer& out);
  // `many`: the prefix of the arrays that the values of several objects go to; empty for one object.
  void compute_values(const Effect& effect, std::uint32_t kind, const std::string& object, const std::string& many,
                      Writer& out);
  std::string kept(const Type& type, const Column& column, const Term& term, const Expr& value, bool second,
                   Writer& out);
  std::string existing_object(const Effect& effect, Writer& out);
  void bind_member(const Effect& effect, const std::string& name);

  Context& context_;
  Expressions& expressions_;
  const std::vector<Effect>& effects_;
  std::string fresh_;
  std::vector<Created> created_;
  std::vector<std::string> changes_;
  std::vector<std::string> burials_;  // conditions under which a shared object may have lost its last holder
};

// How many new objects a block makes, and of which kinds.
std::vector<std::uint32_t> kinds_of_new_objects(const std::vector<Effect>& effects);

}  // namespace iolaw::emit
