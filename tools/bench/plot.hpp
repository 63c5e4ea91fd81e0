// SPDX-License-Identifier: Apache-2.0
// Line plots with logarithmic axes, as SVG.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace iolaw::bench {

struct Series {
  std::string name;
  std::vector<std::pair<double, double>> points;  // above 0, ascending in x
  bool dashed = false;
};

struct Figure {
  std::string title;
  std::string x;  // what the axis counts
  std::vector<Series> series;
};

// Side by side. A figure without points is left out.
std::string draw(const std::vector<Figure>& figures);

}  // namespace iolaw::bench
