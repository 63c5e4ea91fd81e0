// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/law/law.hpp"

namespace iolaw {

// Whether two expressions were made of one phrase of the law. What stands in no text is like nothing else.
inline bool same_text(const Span& a, const Span& b) {
  return a.file == b.file && a.begin == b.begin && a.end == b.end && a.begin < a.end;
}

}  // namespace iolaw
