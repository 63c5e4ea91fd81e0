// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0
// Plays the generated cases and prints KTAP (Documentation/dev-tools/ktap.rst of Linux).
#include <sys/utsname.h>

#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "generated_tests/harness/ports.hpp"
#include "generated_tests/tap_runner/play.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw::tap {
namespace {

constexpr int kFailed = 1;
constexpr int kUsageError = 64;
// No case could run at all: what CI shows as skipped, never as passed.
constexpr int kAllSkipped = 77;
// How the ports are called whose calls the running kernel answers.
constexpr std::string_view kKernelPorts = "dev_iommu";

struct Options {
  std::string port;
  std::string only;  // what an ID begins with
  bool list = false;
};

void print_usage(const char* program) {
  std::fprintf(stderr, "usage: %s [--port=NAME] [--only=BEGINNING_OF_IDS] [--list]\nports:", program);
  for (const std::string& name : port_names()) std::fprintf(stderr, " %s", name.c_str());
  std::fprintf(stderr, "\n");
}

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--port=")) {
      options.port = argument.substr(7);
    } else if (argument.starts_with("--only=")) {
      options.only = argument.substr(7);
    } else if (argument == "--list") {
      options.list = true;
    } else {
      return false;
    }
  }
  return true;
}

// 0.0 where the port is no kernel: then every case may run.
KernelVersion running_kernel(std::string_view port) {
  KernelVersion version;
  utsname name{};
  if (!port.starts_with(kKernelPorts) || uname(&name) != 0) return version;
  if (std::sscanf(name.release, "%u.%u", &version.major, &version.minor) != 2) return {};
  return version;
}

bool is_older(const KernelVersion& a, const KernelVersion& b) {
  return a.major != 0 && (a.major < b.major || (a.major == b.major && a.minor < b.minor));
}

// KTAP ends a description at a `#`, and everything at the end of the line.
std::string on_one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
    if (c == '#') c = '=';
  }
  return text;
}

Verdict play_if_possible(Port& port, const Case& one, const KernelVersion& kernel) {
  if (!is_older(kernel, one.needed)) return play(port, one);
  return {Verdict::Tag::skipped,
          "needs Linux " + std::to_string(one.needed.major) + "." + std::to_string(one.needed.minor) + ", this is " +
              std::to_string(kernel.major) + "." + std::to_string(kernel.minor),
          {}};
}

int play_all(Port& port, const std::vector<const Case*>& cases) {
  const KernelVersion kernel = running_kernel(port.name());
  std::map<std::string, int> reasons;
  int passed = 0, failed = 0, skipped = 0, number = 0;
  std::printf("KTAP version 1\n1..%zu\n", cases.size());
  for (const Case* one : cases) {
    const Verdict verdict = play_if_possible(port, *one, kernel);
    std::string name = one->id;
    if (one->number > 1) name += " (" + std::to_string(one->number) + ")";
    ++number;
    switch (verdict.tag) {
      case Verdict::Tag::passed:
        ++passed;
        std::printf("ok %d - %s\n", number, name.c_str());
        break;
      case Verdict::Tag::skipped:
        ++skipped;
        ++reasons[verdict.why];
        std::printf("ok %d - %s # SKIP %s\n", number, name.c_str(), on_one_line(verdict.why).c_str());
        break;
      case Verdict::Tag::failed:
        ++failed;
        for (const std::string& note : verdict.notes) std::printf("# %s\n", on_one_line(note).c_str());
        std::printf("not ok %d - %s\n", number, name.c_str());
        break;
    }
    std::fflush(stdout);  // a kernel may die of the next one
  }
  std::printf("# Totals: pass:%d fail:%d xfail:0 xpass:0 skip:%d error:0\n", passed, failed, skipped);
  for (const auto& [reason, count] : reasons) std::printf("# skipped %d: %s\n", count, on_one_line(reason).c_str());
  if (failed > 0) return kFailed;
  return passed == 0 ? kAllSkipped : 0;
}

int run(int argc, char** argv) {
  suite::register_suite_ports();
  Options options;
  if (!read_options(argc, argv, options)) {
    print_usage(argv[0]);
    return kUsageError;
  }
  std::vector<const Case*> cases;
  for (const Case* one : all_cases()) {
    if (std::string_view(one->id).starts_with(options.only)) cases.push_back(one);
  }
  if (cases.empty()) {
    std::fprintf(stderr, "tap: no case begins with '%s'\n", options.only.c_str());
    return kUsageError;
  }
  if (options.list) {
    for (const Case* one : cases) std::printf("%s %d\n", one->id, one->number);
    return 0;
  }
  if (options.port.empty()) options.port = port_names().front();
  std::unique_ptr<Port> port;
  std::string trouble;
  try {
    port = make_port(options.port);
  } catch (const std::exception& error) {
    trouble = error.what();
  }
  if (port) return play_all(*port, cases);
  if (trouble.empty()) {
    std::fprintf(stderr, "tap: no port is named '%s'\n", options.port.c_str());
    print_usage(argv[0]);
    return kUsageError;
  }
  // A kernel without the device or its test driver: nothing fails, and nobody should think that anything passed.
  std::printf("KTAP version 1\n1..0 # SKIP %s\n", on_one_line(trouble).c_str());
  std::fprintf(stderr, "tap: port %s: %s\n", options.port.c_str(), trouble.c_str());
  return kAllSkipped;
}

}  // namespace
}  // namespace iolaw::tap

int main(int argc, char** argv) { return iolaw::tap::run(argc, argv); }
