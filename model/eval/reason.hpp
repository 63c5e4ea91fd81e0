// SPDX-License-Identifier: Apache-2.0
// Why a formula has its value: walks it along the parts that decide, and notes their values in the law's words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/eval/machine.hpp"

namespace iolaw::eval {

// The text of a span, blanks and line ends folded to one blank; cut at `limit` bytes. Empty if the law has no text.
std::string source_text(const Law& law, Span span, std::size_t limit = 200);

class Narrator {
 public:
  explicit Narrator(Machine& machine) : machine_(machine) {}

  // Notes what makes `node` true or false in the machine's frame and state. A part that has no value is noted as such.
  void why(NodeId node);

  // "overlaps(a.span, span): a.span = 0x1000..0x1fff, …": one line each, none twice.
  const std::vector<std::string>& lines() const { return lines_; }

  // The value of any node as the law would write it; "no value (…)" if it has none.
  std::string show(NodeId node);

  // "area0 (ioas = ioas0, span = 0x1000..0x1fff, …)" in the state that is read now.
  std::string describe(std::uint32_t kind, Word object);

 private:
  void walk(NodeId node, bool value, int depth);
  void walk_children(const Node& node, bool wanted, int depth);
  void walk_objects(NodeId id, bool value, int depth);
  void walk_addresses(NodeId id, bool value, int depth);
  void atom(NodeId node, bool value, int depth);
  void operands(NodeId node, const Span& outer, std::vector<std::string>& parts);
  bool is_atom(NodeId node) const;
  bool is_implicit(NodeId node) const;
  std::string text(NodeId node) const;
  void note(int depth, const std::string& line);

  Machine& machine_;
  std::vector<std::string> lines_;
  std::vector<Span> quantifiers_;  // that are being walked
};

}  // namespace iolaw::eval
