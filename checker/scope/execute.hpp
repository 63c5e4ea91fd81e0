// SPDX-License-Identifier: Apache-2.0
// One call of a rule in a finite scope, whole: its checks in order, its loops piece by piece, its effects; every
// outcome at once.
#pragma once

#include <memory>
#include <vector>

#include "checker/scope/cells.hpp"

namespace iolaw::scope {

struct Execution {
  const Rule* rule = nullptr;
  std::vector<Value> arguments;
  std::vector<Term> taken;  // per branch: the call ends there, or may
  Term success = nullptr;
  Term progress = nullptr;  // it succeeds, or fails after something was done
  Term unspecified = nullptr;
  Term misfit = nullptr;       // it would keep a value that does not fit: the law is wrong
  Term room = nullptr;         // the scope had room for every new object
  std::vector<Term> choices;   // what the implementation's choices meet
  std::vector<Value> results;  // of success
  Cells after;
  std::vector<std::shared_ptr<const void>> kept;  // what lazy values refer to
};

// `given`: values of the first parameters, as far as they are known; one without parts is not.
Execution execute(Translator& translator, const Rule& rule, const Cells& before, const Sizes& sizes,
                  const std::string& prefix, std::vector<Term>& constraints, const std::vector<Value>& given = {});

}  // namespace iolaw::scope
