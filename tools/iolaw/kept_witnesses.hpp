// SPDX-License-Identifier: Apache-2.0
// The witnesses that are kept beside a law, for the commands that use and write them.
#pragma once

#include <string>

#include "checker/prove/witness_file.hpp"

namespace iolaw {

// Of the law with this root file; none if it has no such file. Lines that are no witnesses are told on stderr.
KeptWitnesses load_witnesses(const std::string& law_path);

// Their calls, where they are calls of the law.
std::vector<std::vector<Call>> load_known_calls(const std::string& law_path, const Law& law);

// Says on stderr how many of `kept` do not lead there any more.
void tell_stale_witnesses(const std::string& law_path, const KeptWitnesses& kept, const ProofReport& report);

// Writes what a proof of the whole law found. False, with a message, if that is impossible.
bool keep_witnesses(const std::string& law_path, const Law& law, const ProofReport& report);

}  // namespace iolaw
