// SPDX-License-Identifier: Apache-2.0
// Every diagnostic that iolaw can make, by its stable number. A number is never used for anything else.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/diagnostics/diagnostic.hpp"

namespace iolaw {

enum class Code : int {
  // Files.
  cannot_read = 1,
  invalid_utf8 = 2,
  empty_law = 3,
  missing_module = 4,
  // Text.
  expected = 10,
  stray_text = 11,
  malformed_number = 12,
  number_too_large = 13,
  unterminated_text = 14,
  too_deep = 15,
  // Names.
  unknown_name = 20,
  unknown_type = 21,
  unknown_field = 22,
  unknown_def = 23,
  unknown_rule = 24,
  unknown_error = 25,
  duplicate_name = 26,
  duplicate_tag = 27,
  shadows = 28,
  // Types.
  wrong_type = 30,
  not_comparable = 31,
  wrong_arguments = 32,
  maybe_none = 33,
  not_maybe = 34,
  not_pow2 = 35,
  not_literal = 36,
  bad_type = 37,
  recursive_def = 38,
  // Objects.
  two_parents = 40,
  two_maps = 41,
  no_such_map = 42,
  bad_key = 43,
  missing_field = 44,
  bad_constant = 45,
  parent_cycle = 46,
  shared_misuse = 47,
  too_many_flags = 48,
  // Rules.
  missing_result = 50,
  result_twice = 51,
  probe_changes = 52,
  misplaced_item = 53,
  choose_without_result = 54,
  bad_target = 55,
  bulk_destroy_counted = 56,
  // Properties.
  after_misplaced = 60,
  bound_before = 61,
  count_misplaced = 62,
  // Views.
  unknown_profile = 70,
  profile_cycle = 71,
  outside_view = 72,
  bad_since = 73,
  // Environment.
  reads_state = 74,
  bad_scope = 75,
  axiom_fails = 76,
  // Proofs.
  unprovable = 77,
  // Views, again.
  too_many_views = 78,
};

// The page of a code: what `iolaw explain` prints.
struct CodePage {
  Code code;
  std::string_view title;
  std::string_view text;   // what is wrong, and why the language refuses it
  std::string_view wrong;  // an example that gets this diagnostic
  std::string_view right;  // the same, corrected
};

// In ascending order of the codes.
std::span<const CodePage> code_pages();
const CodePage* find_page(Code code);
// "LAW0012", "law12" or "12"; nullopt if it is none.
const CodePage* find_page(std::string_view name);

Diagnostic make(Code code, Span span, std::string message);

// The name that was probably meant, by edit distance; empty if none is close.
std::string closest(std::string_view name, const std::vector<std::string_view>& names);

}  // namespace iolaw
