// SPDX-License-Identifier: Apache-2.0
// The witnesses that are kept beside a law, for the commands that use and write them.
#pragma once

#include <set>
#include <string>

#include "checker/prove/witness_file.hpp"

namespace iolaw {

// Those of all profiles of the law with this root file; none if it has no such file. Lines that are no witnesses, and
// names of no profile, are told on stderr.
WitnessSections load_witnesses(const std::string& law_path, const Law& law);

// The calls of those of its profile, where they are calls of the law.
std::vector<std::vector<Call>> load_known_calls(const std::string& law_path, const Law& law);

// Names of what the law's first profile reaches by the witnesses kept for that one; none if `law` is of that profile.
std::set<std::string> reached_elsewhere(const std::string& law_path, const Law& law, const WitnessSections& sections);

// Says on stderr how many of `kept` do not lead there any more.
void tell_stale_witnesses(const std::string& law_path, const Law& law, const KeptWitnesses& kept,
                          const ProofReport& report);

// Writes what a proof of the whole law found; what `sections` keep of other profiles stays. False, with a message, if
// that is impossible.
bool keep_witnesses(const std::string& law_path, const Law& law, const ProofReport& report, WitnessSections sections);

}  // namespace iolaw
