// SPDX-License-Identifier: Apache-2.0
// bench_report: a table and a plot of what the benchmarks of hw_reference wrote with --benchmark_out. Exit code 1 if a
// mark is missed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tools/bench/plot.hpp"

namespace {

using iolaw::bench::Figure;
using iolaw::bench::Series;

struct Figures {
  std::vector<nlohmann::json> runs;

  void load(const std::string& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("cannot read " + file);
    const nlohmann::json document = nlohmann::json::parse(in);
    for (const auto& run : document.at("benchmarks"))
      if (run.value("run_type", "iteration") == "iteration" && !run.value("error_occurred", false)) runs.push_back(run);
  }
  const nlohmann::json* find(const std::string& name) const {
    for (const auto& run : runs)
      if (run.at("name") == name) return &run;
    return nullptr;
  }
  // ns; `field`: a counter in seconds, or cpu_time, which has a unit of its own.
  std::optional<double> ns(const std::string& name, const std::string& field = "cpu_time") const {
    const nlohmann::json* run = find(name);
    if (run == nullptr || !run->contains(field)) return std::nullopt;
    const double value = run->at(field);
    if (field != "cpu_time" && field != "real_time") return 1e9 * value;
    const std::string unit = run->value("time_unit", "ns");
    return value * (unit == "ms" ? 1e6 : unit == "us" ? 1e3 : unit == "s" ? 1e9 : 1);
  }
};

struct Mark {
  const char* text;
  const char* name;
  const char* field;
  double limit;  // ns
};
constexpr Mark kMarks[] = {
    {"page table: map 1 x 4K", "map_4K/1/manual_time", "best/call", 57},
    {"page table: map 256 x 4K", "map_4K/256/manual_time", "best/call", 380},
    {"page table: unmap 256 x 4K", "unmap_4K/256/manual_time", "best/call", 350},
    {"IOAS: map + unmap 64 MiB, a page", "map_and_unmap/adjacent_frames/16384", "page", 20},
    {"IOAS: the same, no frames adjacent", "map_and_unmap/scattered_frames/16384", "page", 20},
};

bool print_marks(const Figures& figures) {
  bool met = true;
  fmt::print("{:<40} {:>10} {:>10}\n", "against marks", "ns", "mark ns");
  for (const Mark& mark : kMarks) {
    const auto value = figures.ns(mark.name, mark.field);
    if (!value) {
      fmt::print("{:<40} {:>10}\n", mark.text, "not run");
      continue;
    }
    met = met && *value <= mark.limit;
    fmt::print("{:<40} {:>10.1f} {:>10.0f}{}\n", mark.text, *value, mark.limit, *value <= mark.limit ? "" : "  MISSED");
  }
  return met;
}

constexpr const char* kDirections[] = {"map_4K", "unmap_4K", "map_2M", "unmap_2M"};
constexpr std::int64_t kPages[] = {1, 256, 1 << 18};

void print_tables(const Figures& figures, Figure& plot) {
  fmt::print("\n{:<24} {:>12} {:>12} {:>8}\n", "page table alone, a call", "ns", "baseline ns", "ratio");
  for (const char* direction : kDirections) {
    Series fast{direction, {}, false}, slow{std::string(direction) + ", one walk a page", {}, true};
    for (const std::int64_t pages : kPages) {
      const auto ours = figures.ns(fmt::format("{}/{}/manual_time", direction, pages), "best/call");
      const auto baseline = figures.ns(fmt::format("{}_baseline/{}/manual_time", direction, pages), "best/call");
      if (!ours || !baseline) continue;
      fmt::print("{:<24} {:>12.1f} {:>12.1f} {:>8.2f}\n", fmt::format("{} x {}", direction, pages), *ours, *baseline,
                 *baseline / *ours);
      fast.points.emplace_back(pages, *ours / static_cast<double>(pages));
      slow.points.emplace_back(pages, *baseline / static_cast<double>(pages));
    }
    plot.series.push_back(fast);
    plot.series.push_back(slow);
  }
}

void print_areas(const Figures& figures, Figure& plot) {
  fmt::print("\n{:<24} {:>16} {:>16} {:>12}\n", "areas", "unmap + map, ns", "refused map, ns", "bytes/area");
  Series pair{"unmap and map", {}, false}, refused{"map that is refused", {}, false};
  for (std::int64_t areas = 1'000; areas <= 10'000'000; areas *= 10) {
    const std::string name = fmt::format("unmap_and_map_among/{}", areas);
    const auto change = figures.ns(name), refuse = figures.ns(fmt::format("refused_map_among/{}", areas));
    if (!change || !refuse) continue;
    fmt::print("{:<24} {:>16.1f} {:>16.1f} {:>12.1f}\n", areas, *change, *refuse,
               figures.find(name)->value("bytes/area", 0.0));
    pair.points.emplace_back(areas, *change);
    refused.points.emplace_back(areas, *refuse);
  }
  plot.series.push_back(pair);
  plot.series.push_back(refused);
}

// All others, as they are.
void print_rest(const Figures& figures) {
  fmt::print("\n{:<48} {:>14} {:>14} {:>14}\n", "others", "CPU ns", "wall ns", "ns an item");
  for (const auto& run : figures.runs) {
    const std::string name = run.at("name");
    if (name.find("manual_time") != std::string::npos || name.find("_among/") != std::string::npos) continue;
    std::string item;
    for (const char* counter : {"page", "area"})
      if (run.contains(counter)) item = fmt::format("{:.1f}", 1e9 * run.at(counter).get<double>());
    fmt::print("{:<48} {:>14.1f} {:>14.1f} {:>14}\n", name, *figures.ns(name), *figures.ns(name, "real_time"), item);
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Prints a table of benchmark results, and draws a plot.");
  std::vector<std::string> files;
  std::string svg;
  app.add_option("files", files, "what --benchmark_out wrote")->required();
  app.add_option("--svg", svg, "where the plot goes");
  CLI11_PARSE(app, argc, argv);
  try {
    Figures figures;
    for (const std::string& file : files) figures.load(file);
    const bool met = print_marks(figures);
    Figure tables{"page table alone: ns a page", "pages in a call", {}};
    Figure areas{"address space: ns a call", "areas in it", {}};
    print_tables(figures, tables);
    print_areas(figures, areas);
    print_rest(figures);
    if (!svg.empty()) {
      std::ofstream out(svg);
      out << iolaw::bench::draw({tables, areas});
      if (!out.flush()) throw std::runtime_error("cannot write " + svg);
    }
    return met ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_report: {}\n", error.what());
    return 65;
  }
}
