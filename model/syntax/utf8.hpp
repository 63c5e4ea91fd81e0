// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace iolaw::syntax {

// The first byte that is no part of valid UTF-8 (RFC 3629: no overlong forms, no surrogates), or null.
const char* find_invalid_utf8(const char* first, const char* last);

}  // namespace iolaw::syntax
