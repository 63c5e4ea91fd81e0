// SPDX-License-Identifier: Apache-2.0
// Files that hold a line of JSON for each thing.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace iolaw {

// Hands over each line of the text; the first is 1. Throws CaseFileError, with the line and then the advice, if it is
// no JSON or if `take` throws.
void for_each_json_line(std::string_view text,
                        const std::function<void(std::size_t number, const nlohmann::json& line)>& take,
                        std::string_view advice = "");

// Throws CaseFileError if this is not how a file of cases (cases.jsonl) begins.
void check_head(const nlohmann::json& line);

}  // namespace iolaw
