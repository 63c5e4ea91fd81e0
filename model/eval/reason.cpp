// SPDX-License-Identifier: Apache-2.0
#include "model/eval/reason.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "model/law/same_text.hpp"

namespace iolaw::eval {
namespace {

constexpr std::size_t kMostLines = 40;
constexpr int kMostObjects = 4;  // of a quantifier, each shown with why it is no witness

bool is_quantifier(Op op) {
  return op == Op::all_objects || op == Op::some_object || op == Op::all_addresses || op == Op::some_address;
}

bool worth_showing(Op op) {
  switch (op) {
    case Op::literal:
    case Op::none:
    case Op::interval:
    case Op::conditional:
    case Op::negation:
    case Op::conjunction:
    case Op::disjunction:
    case Op::implication:
    case Op::equivalence:
    case Op::equal:
    case Op::less:
    case Op::less_equal:
    case Op::is_some:
    case Op::overflows:
    case Op::aligned:
    case Op::flags_contain:
    case Op::lives:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::string source_text(const Law& law, Span span, std::size_t limit) {
  if (span.file >= law.files.size() || span.end > law.files[span.file].text.size() || span.begin >= span.end) return {};
  std::string folded;
  bool comment = false;
  const std::string_view text(law.files[span.file].text);
  for (std::uint32_t at = span.begin; at < span.end; ++at) {
    if (text.substr(at, 2) == "//") comment = true;
    if (text[at] == '\n') comment = false;
    const bool blank = comment || text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r';
    if (!blank) {
      folded += text[at];
    } else if (!folded.empty() && folded.back() != ' ') {
      folded += ' ';
    }
  }
  while (!folded.empty() && folded.back() == ' ') folded.pop_back();
  if (folded.size() > limit) folded = folded.substr(0, limit) + "…";
  return folded;
}

std::string Narrator::text(NodeId node) const {
  return source_text(machine_.law(), machine_.program().nodes[node].source->span);
}

void Narrator::note(int depth, const std::string& line) {
  std::string indented = std::string(static_cast<std::size_t>(2 * depth), ' ') + line;
  if (lines_.size() < kMostLines && std::find(lines_.begin(), lines_.end(), indented) == lines_.end()) {
    lines_.push_back(std::move(indented));
  }
}

std::string Narrator::show(NodeId id) {
  const Machine::Mark mark = machine_.mark();
  try {
    const Type& type = machine_.program().nodes[id].source->type;
    const Value value = machine_.value(id);
    const auto exact = [](Int number) {
      if (number >= 0 && number <= kMax) {
        const auto word = static_cast<Word>(number);
        return word == ~Word{0} ? std::string("MAX") : word < 10 ? std::to_string(word) : fmt::format("{:#x}", word);
      }
      const bool negative = number < 0;
      auto magnitude = static_cast<unsigned __int128>(negative ? -number : number);
      std::string digits;
      for (; magnitude != 0; magnitude >>= 4) digits.insert(digits.begin(), "0123456789abcdef"[magnitude & 15]);
      return (negative ? "-0x" : "0x") + digits;
    };
    if (type.tag == TypeTag::interval) return exact(value.a.v) + ".." + exact(value.b.v);
    if (type.is_integer()) return value.a.v == kAbsent ? "none" : exact(value.a.v);
    const Word words[2] = {static_cast<Word>(value.a.v), value.a.v == kAbsent ? Word{0} : Word{1}};
    return to_string(machine_.law(), type, words);
  } catch (const EvaluationError& error) {
    machine_.restore(mark);
    return fmt::format("no value ({})", error.what());
  }
}

std::string Narrator::describe(std::uint32_t kind, Word object) {
  const Law& law = machine_.law();
  const Type reference{TypeTag::reference, false, kind};
  std::string described = to_string(law, reference, &object);
  if (!machine_.state().lives(kind, object)) return described + " (does not live)";
  const std::vector<Field>& fields = law.kinds[kind].fields;
  for (std::uint32_t field = 0; field < fields.size(); ++field) {
    described += fmt::format("{}{} = {}", field == 0 ? " (" : ", ", fields[field].name,
                             to_string(law, fields[field].type, machine_.state().field(kind, object, field)));
  }
  return fields.empty() ? described : described + ")";
}

void Narrator::why(NodeId node) {
  const Machine::Mark mark = machine_.mark();
  try {
    const bool value = machine_.truth(node);
    walk(node, value, 0);
    if (lines_.empty()) note(0, fmt::format("`{}` is {}", text(node), value));
  } catch (const EvaluationError& error) {
    machine_.restore(mark);
    note(0, fmt::format("`{}` has no value: {}", text(node), error.what()));
  }
}

// What the front end spelt out of one phrase of the law ("overlaps(a, b)") is shown as that phrase.
bool Narrator::is_atom(NodeId id) const {
  const Node& node = machine_.program().nodes[id];
  if (is_quantifier(node.op)) return false;
  bool spelt_out = false;
  for (std::uint32_t which = 0; which < node.child_count; ++which) {
    const Node& child = machine_.program().nodes[machine_.program().child(node, which)];
    if (child.shape != Shape::boolean) continue;
    if (!same_text(child.source->span, node.source->span)) return false;
    spelt_out = true;
  }
  return spelt_out;
}

// What stands in no words of its own: "a.ioas == ioas" of "some a: Area in ioas".
bool Narrator::is_implicit(NodeId id) const {
  const Node& node = machine_.program().nodes[id];
  const Span& span = node.source->span;
  if (is_quantifier(node.op)) return false;
  for (const Span& quantifier : quantifiers_) {
    if (same_text(span, quantifier)) return true;
  }
  for (std::uint32_t which = 0; which < node.child_count; ++which) {
    const Node& child = machine_.program().nodes[machine_.program().child(node, which)];
    if (child.shape != Shape::boolean && same_text(child.source->span, span) && node.op == Op::equal) return true;
  }
  return false;
}

void Narrator::walk_children(const Node& node, bool wanted, int depth) {
  for (std::uint32_t which = 0; which < node.child_count; ++which) {
    const NodeId child = machine_.program().child(node, which);
    if (machine_.truth(child) == wanted) return walk(child, wanted, depth);
  }
}

void Narrator::walk(NodeId id, bool value, int depth) {
  const Node node = machine_.program().nodes[id];
  const auto operand = [&](std::uint32_t which) { return machine_.program().child(node, which); };
  if (is_atom(id)) {
    atom(id, value, depth);
    // Of a disjunction of quantifiers ("ioas is busy") the witness is worth more than the values.
    for (std::uint32_t which = 0; which < node.child_count; ++which) {
      const Op op = machine_.program().nodes[operand(which)].op;
      if (value && node.op == Op::disjunction && op == Op::some_object && machine_.truth(operand(which))) {
        return walk_objects(operand(which), true, depth + 1);
      }
    }
    return;
  }
  switch (node.op) {
    case Op::conjunction:
    case Op::disjunction:
      if (value == (node.op == Op::disjunction)) return walk_children(node, value, depth);
      for (std::uint32_t which = 0; which < node.child_count; ++which) walk(operand(which), value, depth);
      return;
    case Op::negation:
      return walk(operand(0), !value, depth);
    case Op::implication:
      if (!machine_.truth(operand(0))) return walk(operand(0), false, depth);
      if (!value) walk(operand(0), true, depth);
      return walk(operand(1), value, depth);
    case Op::conditional: {
      const bool condition = machine_.truth(operand(0));
      walk(operand(0), condition, depth);
      return walk(operand(condition ? 1 : 2), value, depth);
    }
    case Op::variable:
      if (node.let != kNoNode) {
        note(depth, fmt::format("{} is {}: {}", text(id), value, text(node.let)));
        return walk(node.let, value, depth + 1);
      }
      return atom(id, value, depth);
    case Op::call:
      atom(id, value, depth);
      machine_.in_call(id, [&](NodeId body) { walk(body, value, depth + 1); });
      return;
    case Op::all_objects:
    case Op::some_object:
      return walk_objects(id, value, depth);
    case Op::all_addresses:
    case Op::some_address:
      return walk_addresses(id, value, depth);
    case Op::after:
      note(depth, "after the step:");
      machine_.in_after([&] { walk(operand(0), value, depth + 1); });
      return;
    default:
      return atom(id, value, depth);
  }
}

void Narrator::walk_objects(NodeId id, bool value, int depth) {
  const Node node = machine_.program().nodes[id];
  const NodeId body = machine_.program().child(node, 0);
  const std::string& kind = machine_.law().kinds[node.kind].name;
  const bool wanted = node.op == Op::some_object;  // the value of the body at a witness
  quantifiers_.push_back(node.source->span);
  int shown = 0;
  for (Word object = 0; object < machine_.state().slots(node.kind); ++object) {
    if (!machine_.state().lives(node.kind, object)) continue;
    machine_.set_slot(node.index, {{static_cast<Int>(object), 0}, {}});
    if ((machine_.truth(body) == wanted) != (value == wanted)) continue;
    const std::string described = describe(node.kind, object);
    if (value == wanted) {
      note(depth, described);
      walk(body, wanted, depth + 1);
      break;
    }
    // An object that is out of the question for what the law does not even spell out ("in ioas") is passed over.
    const std::size_t length = lines_.size();
    note(depth, described + (wanted ? " does not meet it:" : " meets it:"));
    const std::size_t with_head = lines_.size();
    walk(body, !wanted, depth + 1);
    if (lines_.size() == with_head) {
      lines_.resize(length);
    } else if (++shown == kMostObjects) {
      note(depth, "and so on");
      break;
    }
  }
  if (value != wanted && shown == 0) {
    note(depth, fmt::format("`{}` is {}: no {} comes into question", text(id), value, kind));
  }
  quantifiers_.pop_back();
}

void Narrator::walk_addresses(NodeId id, bool value, int depth) {
  const Node node = machine_.program().nodes[id];
  const bool wanted = node.op == Op::some_address;
  const NodeId first = machine_.program().child(node, 0);
  const NodeId last = machine_.program().child(node, 1);
  if (value == wanted && machine_.find_address(id, wanted)) {
    note(depth, fmt::format("at the address {:#x}, the lowest such of {}..{}",
                            static_cast<Word>(machine_.slot(node.index).a.v), show(first), show(last)));
    return walk(machine_.program().child(node, 2), wanted, depth + 1);
  }
  note(depth, fmt::format("`{}` is {} for every address of {}..{}", text(machine_.program().child(node, 2)), !wanted,
                          show(first), show(last)));
}

void Narrator::atom(NodeId id, bool value, int depth) {
  if (is_implicit(id)) return;
  std::vector<std::string> parts;
  const Span outer = machine_.program().nodes[id].source->span;
  const Node node = machine_.program().nodes[id];
  for (std::uint32_t which = 0; which < node.child_count; ++which) {
    operands(machine_.program().child(node, which), outer, parts);
  }
  std::string line = fmt::format("`{}` is {}", text(id), value);
  for (std::size_t which = 0; which < parts.size(); ++which) line += (which == 0 ? ": " : ", ") + parts[which];
  note(depth, line);
}

void Narrator::operands(NodeId id, const Span& outer, std::vector<std::string>& parts) {
  const Node node = machine_.program().nodes[id];
  const bool quantifier = is_quantifier(node.op) || node.op == Op::count_objects;
  if (worth_showing(node.op) && !same_text(node.source->span, outer) && !quantifier) {
    const std::string name = text(id);
    const std::string part = name + " = " + show(id);
    if (!name.empty() && name != show(id) && std::find(parts.begin(), parts.end(), part) == parts.end()) {
      parts.push_back(part);
    }
    const bool arithmetic = node.op == Op::add || node.op == Op::subtract || node.op == Op::multiply ||
                            node.op == Op::wrapping || node.op == Op::align_down;
    if (!arithmetic && node.op != Op::after && node.op != Op::call && node.op != Op::at && node.op != Op::slot) return;
  }
  if (quantifier || node.op == Op::after) return;  // what is inside is bound or read elsewhere
  for (std::uint32_t which = 0; which < node.child_count; ++which) {
    operands(machine_.program().child(node, which), outer, parts);
  }
}

}  // namespace iolaw::eval
