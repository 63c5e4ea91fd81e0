// SPDX-License-Identifier: Apache-2.0
// What commands write where the user said.
#pragma once

#include <string>

namespace iolaw {

// Writes a file as a whole: beside its place, then renamed, so that whoever reads it sees what it was or what it is
// now; what is no regular file (a pipe, /dev/stdout) is written directly. False, with a message on stderr, if that is
// impossible; a file that was there is then as it was.
bool write_file(const std::string& path, const std::string& text);

}  // namespace iolaw
