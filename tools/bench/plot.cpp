// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace iolaw::bench {

namespace {

constexpr double kWidth = 460, kHeight = 300, kLeft = 60, kTop = 40, kLegend = 18;
constexpr const char* kColours[] = {"#1b6ca8", "#c1440e", "#2e7d32", "#7b3f9d"};

// Whole decades around what is to be seen.
struct Axis {
  double low = std::numeric_limits<double>::max(), high = std::numeric_limits<double>::lowest();
  void see(double value) {
    low = std::min(low, std::floor(std::log10(value)));
    high = std::max(high, std::ceil(std::log10(value)));
  }
  double at(double value, double length) const {
    return high > low ? (std::log10(value) - low) / (high - low) * length : length / 2;
  }
};

std::string power(int exponent) {
  if (exponent >= 0 && exponent < 4) return fmt::format("{}", std::pow(10, exponent));
  return fmt::format("10<tspan dy=\"-4\" font-size=\"8\">{}</tspan>", exponent);
}

std::string panel(const Figure& figure, double left) {
  Axis x, y;
  for (const Series& one : figure.series)
    for (const auto& [at, value] : one.points) {
      x.see(at);
      y.see(value);
    }
  std::string svg = fmt::format("<g transform=\"translate({},{})\">\n", left + kLeft, kTop);
  svg += fmt::format("<text x=\"0\" y=\"-14\" font-weight=\"bold\">{}</text>\n", figure.title);
  for (int e = static_cast<int>(x.low); e <= static_cast<int>(x.high); ++e) {
    const double at = x.at(std::pow(10, e), kWidth);
    svg += fmt::format("<line x1=\"{0:.1f}\" y1=\"0\" x2=\"{0:.1f}\" y2=\"{1}\" stroke=\"#ddd\"/>", at, kHeight);
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", at, kHeight + 16, power(e));
  }
  for (int e = static_cast<int>(y.low); e <= static_cast<int>(y.high); ++e) {
    const double at = kHeight - y.at(std::pow(10, e), kHeight);
    svg += fmt::format("<line x1=\"0\" y1=\"{0:.1f}\" x2=\"{1}\" y2=\"{0:.1f}\" stroke=\"#ddd\"/>", at, kWidth);
    svg += fmt::format("<text x=\"-6\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", at + 4, power(e));
  }
  svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n", kWidth / 2, kHeight + 34, figure.x);
  double legend = kHeight + 54;
  std::size_t colour = 0;
  for (const Series& one : figure.series) {
    if (one.points.empty()) continue;
    // A dashed line is the peer of the one before, in the same colour.
    const char* const stroke = kColours[(one.dashed && colour > 0 ? colour - 1 : colour++) % std::size(kColours)];
    const char* const dash = one.dashed ? " stroke-dasharray=\"5 4\"" : "";
    std::string points;
    for (const auto& [at, value] : one.points) {
      const double px = x.at(at, kWidth), py = kHeight - y.at(value, kHeight);
      points += fmt::format("{:.1f},{:.1f} ", px, py);
      svg += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\"/>", px, py, stroke);
    }
    svg += fmt::format("\n<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}/>\n", points, stroke,
                       dash);
    svg += fmt::format("<line x1=\"0\" y1=\"{0}\" x2=\"26\" y2=\"{0}\" stroke=\"{1}\" stroke-width=\"2\"{2}/>",
                       legend - 4, stroke, dash);
    svg += fmt::format("<text x=\"34\" y=\"{}\">{}</text>\n", legend, one.name);
    legend += kLegend;
  }
  return svg + "</g>\n";
}

}  // namespace

std::string draw(const std::vector<Figure>& figures) {
  std::string panels;
  double left = 0;
  std::size_t most = 0;
  for (const Figure& figure : figures) {
    const auto drawn = static_cast<std::size_t>(std::count_if(figure.series.begin(), figure.series.end(),
                                                              [](const Series& one) { return !one.points.empty(); }));
    if (drawn == 0) continue;
    panels += panel(figure, left);
    left += kLeft + kWidth + 40;
    most = std::max(most, drawn);
  }
  const double height = kTop + kHeight + 60 + kLegend * static_cast<double>(most);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
      "font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" "
      "fill=\"white\"/>\n{2}</svg>\n",
      left, height, panels);
}

}  // namespace iolaw::bench
