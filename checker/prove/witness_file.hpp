// SPDX-License-Identifier: Apache-2.0
// Witnesses that are kept beside the law that they are of, so that nobody has to look for them again:
// "iommufd.witnesses" beside "iommufd.law". They are hints: each is made again on the law at hand before it is
// believed, and one that does not lead there any more costs a search, nothing else.
//
//   # comment
//   ioas.map reachable.overlap: ioas.alloc 0; ioas.map 0 0x1000 0x1000 0 1 0; …
//
//   [core]
//   ioas.map reachable.overlap: ioas.alloc 0; ioas.map 0 0x2000 0x2000 0 1 0; …
//
// A line for each outcome or cover: the name of the rule and of the property, then calls from the initial state, with
// their arguments as words. Objects are named by their index in the state, `none` is no object. What stands below the
// name of a profile is of that one, and of those that include it, and hides the line of that name above: the first
// lines are of the law's first profile.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/prove/prove.hpp"

namespace iolaw {

// "ioas.map reachable.overlap"
std::string name_of(const Finding& finding);

// The calls, as text, by the name of what they reach.
using KeptWitnesses = std::map<std::string, std::string>;

struct WitnessLine {
  std::size_t line = 0;  // from 1
  std::string what;      // is wrong with it
};

// By the names of profiles; "" of the first lines.
using WitnessSections = std::map<std::string, KeptWitnesses>;

// Lines that are no witnesses are left out, and told in `wrong`; so are names of no other profile of the law, but what
// stands below them is kept.
WitnessSections read_witnesses(std::string_view text, const Law& law, std::vector<WitnessLine>& wrong);

// Those beside the law with this root file; none if there is no such file.
WitnessSections read_witnesses_beside(const std::string& law_path, const Law& law, std::vector<WitnessLine>& wrong);

// Whether the law is read for the first profile that it declares; true where it declares none.
bool is_of_first_profile(const Law& law);

// Those to try by the profile that the law is read for.
KeptWitnesses witnesses_of_profile(const Law& law, const WitnessSections& sections);

// Puts those of a whole proof in the place of what was kept of its profile. Other sections stay.
void put_witnesses(const Law& law, const ProofReport& report, WitnessSections& sections);

// The whole file, in the order of names.
std::string write_witnesses(const WitnessSections& sections);

// "rule words; rule words": calls as they stand in a line.
std::string text_of_calls(const Law& law, const std::vector<Call>& calls);

// The inverse; nullopt where the text is none of these calls by this law, which may have changed since.
std::optional<std::vector<Call>> calls_from_text(const Law& law, const std::string& text);

// The calls of all that are calls of the law.
std::vector<std::vector<Call>> known_calls(const Law& law, const KeptWitnesses& kept);

// "spec/iommufd.witnesses" of "spec/iommufd.law".
std::string witness_path(const std::string& law_path);

}  // namespace iolaw
