// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/kept_witnesses.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "tools/iolaw/load.hpp"
#include "tools/iolaw/write_file.hpp"

namespace iolaw {

KeptWitnesses load_witnesses(const std::string& law_path) {
  const std::string path = witness_path(law_path);
  const std::optional<std::string> text = std::filesystem::exists(path) ? read_file(path) : std::nullopt;
  if (!text) return {};
  std::vector<WitnessLine> wrong;
  KeptWitnesses kept = read_witnesses(*text, wrong);
  for (const WitnessLine& line : wrong) fmt::print(stderr, "{}:{}: left out: {}\n", path, line.line, line.what);
  return kept;
}

std::vector<std::vector<Call>> load_known_calls(const std::string& law_path, const Law& law) {
  return known_calls(law, load_witnesses(law_path));
}

void tell_stale_witnesses(const std::string& law_path, const KeptWitnesses& kept, const ProofReport& report) {
  const auto stale = std::count_if(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
    return !finding.kept && kept.count(finding.rule + " " + finding.property) > 0;
  });
  if (stale == 0) return;
  fmt::print(
      stderr,
      "{}: {} of {} witnesses lead elsewhere by this law; `iolaw prove --keep-witnesses` writes those it finds\n",
      witness_path(law_path), stale, kept.size());
}

bool keep_witnesses(const std::string& law_path, const Law& law, const ProofReport& report) {
  return write_file(witness_path(law_path), write_witnesses(law, report));
}

}  // namespace iolaw
