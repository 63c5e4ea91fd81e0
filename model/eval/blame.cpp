// SPDX-License-Identifier: Apache-2.0
// Which part of a property fails, and for which objects.
#include <fmt/core.h>

#include "model/eval/model_impl.hpp"
#include "model/eval/reason.hpp"

namespace iolaw {

std::vector<Reason> Model::blame(const Property& property, const State& before, const State* after,
                                 const Call* call) const {
  if (property.tag == Property::Tag::step && !Impl::concerns(property, call)) return {};
  impl_->open(property, before, after, call);
  const eval::NodeId node = impl_->node_of(law(), property);
  const bool cover = property.tag == Property::Tag::cover;
  std::string text = cover ? property.name + " is not covered here" : property.name + " does not hold";
  if (!property.title.empty()) text += fmt::format(" (\"{}\")", property.title);
  if (call != nullptr) text += " across " + to_string(law(), *call);
  eval::Narrator narrator(impl_->machine);
  narrator.why(node);
  for (const std::string& line : narrator.lines()) text += "\n  " + line;
  return {{text, property.span}};
}

}  // namespace iolaw
