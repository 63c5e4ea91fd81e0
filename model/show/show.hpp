// SPDX-License-Identifier: Apache-2.0
// The law for people to look things up in: a rule as a table, an errno by call, an object with its holders.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::show {

// Objects, rules with their outcomes, properties: one line each.
std::string overview(const Law& law);

// The rule's branches in order, what success does, and the sources.
std::string rule_page(const Law& law, const Rule& rule);

// Fields; whom it holds, who holds it; which rules make it and end it; what must hold of it.
std::string kind_page(const Law& law, std::uint32_t kind);

// The sentence, the formula, and where it stands.
std::string property_page(const Law& law, const Property& property);

// Every branch that ends in one errno, by call.
std::string errno_page(const Law& law, int error);

// A line per call, with every errno that it may return, in the order of the table.
std::string errno_by_call(const Law& law);

// The lines of one rule that end in one errno. Empty optional: no rule has that name.
std::optional<std::string> errno_page_of(const Law& law, const std::string& rule_name, int error);

// The page of whatever `id` names: a rule, a branch ("ioas.map.overlap"), an object, a property, a constant, a def, an
// errno ("EINVAL"). If nothing has that very name: the rules of a command ("IOMMU_IOAS_MAP"), those that cite a
// function
// ("iommufd_ioas_map"), those whose names begin or end so ("ioas", "map"). Empty optional: nothing is meant by it.
std::optional<std::string> page(const Law& law, const std::string& id);

// All names that page() knows, for suggestions.
std::vector<std::string> names(const Law& law);

enum class GraphFormat { dot, mermaid };

// Who holds whom and who lives in whom: solid arrows hold, dashed arrows live in.
std::string graph(const Law& law, GraphFormat format);

}  // namespace iolaw::show
