// SPDX-License-Identifier: Apache-2.0
// The names by which programs make the calls of a law.
//
// A rule that cites a header of user space (its path has `uapi/`, or it is a test driver's, `…_test.h`) with an anchor
// in capitals says by which command it is asked for: `cites linux "include/uapi/linux/iommufd.h" IOMMU_IOAS_MAP`.
// Several rules may share a command, and a rule may have several.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::show {

bool names_call(const Citation& citation);

// "IOMMU_IOAS_MAP"; none for what is no ioctl (a file that is closed, an event of the hardware).
std::vector<std::string> call_names(const Rule& rule);

// Rules that belong together: those of one command, or where a rule has none, those whose names begin alike.
struct CallFamily {
  std::string name;  // "IOMMU_IOAS_MAP", or "region.*"
  bool is_command = false;
  std::vector<std::uint32_t> rules;  // indexes into Law::rules, in the order of the law
};

// Commands by name, then the other families. A rule is in the family of its first command. Probes are left out, unless
// asked for.
std::vector<CallFamily> call_families(const Law& law, bool probes);

// Outcomes of rules: success, and every failure that the law specifies; and how many different errnos.
struct OutcomeCounts {
  std::size_t rules = 0;
  std::size_t outcomes = 0;
  std::size_t errnos = 0;
};
OutcomeCounts count_outcomes(const Law& law, const std::vector<std::uint32_t>& rules);

// The families as a table in Markdown, with totals.
std::string outcome_table(const Law& law);

}  // namespace iolaw::show
