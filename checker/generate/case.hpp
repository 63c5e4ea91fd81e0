// SPDX-License-Identifier: Apache-2.0
// A case of a suite, independent of the language that it is written in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checker/generate/closing.hpp"
#include "checker/generate/permitted.hpp"
#include "model/trace/sequence.hpp"

namespace iolaw {

// A call of a case with what the law expects of it.
struct CaseStep {
  SequenceStep call;
  std::uint32_t branch = kSuccess;
  std::vector<int> errors;                        // empty: success; otherwise any of these
  std::vector<std::optional<Word>> results;       // of a success; objects are indexes
  std::vector<std::optional<Argument>> objects;   // per result: the object it names, if an earlier step returned it
  std::vector<std::optional<Permitted>> choices;  // per result: the numbers it may be, if the implementation chooses

  const Permitted* choice(std::size_t result) const {
    return result < choices.size() && choices[result] ? &*choices[result] : nullptr;
  }
};

struct Case {
  std::string id;                  // the outcome of its subject: "ioas.map.overlap"
  std::uint32_t number = 1;        // the first, second, … case of that outcome
  std::vector<std::string> goals;  // all outcomes that its steps take
  std::string reason;              // what it was made for, if not for its outcome alone; a sentence
  std::size_t subject = 0;         // the step that is tested; later ones observe
  std::size_t calls = 0;           // steps before those that only look
  std::size_t closing = 0;         // the first step that ends what still lives
  std::uint32_t rule = 0;          // of the subject
  std::vector<CaseStep> steps;
};

// The case that plays `sequence`, then `telling`, which changes nothing, then looks at the state, then ends what lives,
// if `closing` is given. Its subject is step `subject`.
Case make_case(const Model& model, const Sequence& sequence, std::size_t subject,
               const std::vector<SequenceStep>& telling = {}, const Closing* closing = nullptr);

// The calls of a case.
Sequence calls_of(const Case& one);

// Whether a case stands before another: by rule and outcome as the law has them.
bool stands_before(const Case& a, const Case& b);

// Names them for the outcomes of their subjects, and numbers those of one outcome.
void number_cases(const Law& law, std::vector<Case>& cases);

}  // namespace iolaw
