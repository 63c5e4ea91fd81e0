// SPDX-License-Identifier: Apache-2.0
// How an answer reaches a user: before anybody can see what was made, or after what was done.
#pragma once

#include <functional>

#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// Called with what a call is about to answer, as the last thing that can fail: an errno undoes the call and becomes its
// answer. Nothing: the answer always arrives. It must not call back.
template <class Answer>
using Respond = std::function<int(const Answer&)>;

// Called with what a call has done: an errno becomes its answer, and what was done stays. Nothing: the answer always
// arrives. It must not call back, nor throw.
template <class Answer>
using Report = std::function<int(const Answer&)>;

template <class Answer>
int respond_with(const Respond<Answer>& respond, const Answer& answer) {
  return respond ? respond(answer) : 0;
}

template <class Answer>
Result<Answer> report_with(const Report<Answer>& report, Result<Answer> done) {
  if (done.ok() && report) done.error = report(done.value);
  return done;
}

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
