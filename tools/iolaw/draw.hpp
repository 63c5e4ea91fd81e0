// SPDX-License-Identifier: Apache-2.0
// Graphs drawn by Graphviz.
#pragma once

#include <optional>
#include <string>

namespace iolaw {

// A graph in the language of dot as SVG, by the program `dot`. Empty optional if it is missing or fails.
std::optional<std::string> draw_graph(const std::string& dot);

}  // namespace iolaw
