// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/kept_witnesses.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "checker/prove/reachability.hpp"
#include "tools/iolaw/load.hpp"
#include "tools/iolaw/write_file.hpp"

namespace iolaw {

WitnessSections load_witnesses(const std::string& law_path, const Law& law) {
  std::vector<WitnessLine> wrong;
  WitnessSections sections = read_witnesses_beside(law_path, law, wrong);
  for (const WitnessLine& line : wrong) {
    fmt::print(stderr, "{}:{}: {}\n", witness_path(law_path), line.line, line.what);
  }
  return sections;
}

std::vector<std::vector<Call>> load_known_calls(const std::string& law_path, const Law& law) {
  return known_calls(law, witnesses_of_profile(law, load_witnesses(law_path, law)));
}

std::set<std::string> reached_elsewhere(const std::string& law_path, const Law& law, const WitnessSections& sections) {
  if (is_of_first_profile(law)) return {};
  const std::optional<Law> first = load_law(law_path, {{}, law.version});
  if (!first) return {};
  return kept_that_lead(*first, witnesses_of_profile(*first, sections));
}

void tell_stale_witnesses(const std::string& law_path, const Law& law, const KeptWitnesses& kept,
                          const ProofReport& report) {
  const auto stale = std::count_if(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
    return !finding.kept && !finding.absent && kept.count(name_of(finding)) > 0;
  });
  if (stale == 0) return;
  const std::string profile = is_of_first_profile(law) ? "" : " --profile " + law.profiles[*law.profile].name;
  fmt::print(
      stderr,
      "{}: {} of {} witnesses lead elsewhere by this law; `iolaw prove {}{} --keep-witnesses` writes those it finds\n",
      witness_path(law_path), stale, kept.size(), law_path, profile);
}

bool keep_witnesses(const std::string& law_path, const Law& law, const ProofReport& report, WitnessSections sections) {
  put_witnesses(law, report, sections);
  return write_file(witness_path(law_path), write_witnesses(sections));
}

}  // namespace iolaw
