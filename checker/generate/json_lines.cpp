// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/json_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "checker/generate/read_cases.hpp"

namespace iolaw {

void for_each_json_line(std::string_view text,
                        const std::function<void(std::size_t number, const nlohmann::json& line)>& take,
                        std::string_view advice) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    try {
      take(number, nlohmann::json::parse(line));
    } catch (const std::exception& error) {
      throw CaseFileError(fmt::format("line {}: {}{}", number, error.what(), advice));
    }
  }
}

void check_head(const nlohmann::json& line) {
  if (line.value("format", "") != "iolaw cases") throw CaseFileError("no file of cases that this program knows");
}

}  // namespace iolaw
