// SPDX-License-Identifier: Apache-2.0
// Runs the suite against one port: --port=NAME, --list-ports, and GoogleTest's own options.
#include <gtest/gtest.h>

#include <cstdio>
#include <exception>
#include <map>
#include <string>

#include "generated_tests/harness/ports.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw::suite {
namespace {

constexpr int kUsageError = 64;
// No case could run at all: what CI shows as skipped, never as passed.
constexpr int kAllSkipped = 77;

std::unique_ptr<Port> chosen_port;
std::map<std::string, int> skipped;  // reason -> number of cases

// 0, or the exit code with which to stop at once.
int choose_port(std::string name) {
  const std::vector<std::string> names = port_names();
  if (name.empty() && !names.empty()) name = names.front();
  try {
    chosen_port = make_port(name);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "suite: port %s: %s\n", name.c_str(), error.what());
    return kUsageError;
  }
  if (chosen_port) return 0;
  std::fprintf(stderr, "suite: no port is named '%s'; there are:", name.c_str());
  for (const std::string& one : names) std::fprintf(stderr, " %s", one.c_str());
  std::fprintf(stderr, "\n");
  return kUsageError;
}

int run(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  register_suite_ports();
  std::string name;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("--port=")) {
      name = argument.substr(7);
    } else if (argument == "--list-ports") {
      for (const std::string& one : port_names()) std::printf("%s\n", one.c_str());
      return 0;
    } else {
      std::fprintf(stderr, "suite: unknown argument '%s'; usage: %s [--port=NAME] [--list-ports] [--gtest_…]\n",
                   argv[i], argv[0]);
      return kUsageError;
    }
  }
  if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
  if (const int code = choose_port(name)) return code;
  const int code = RUN_ALL_TESTS();
  const testing::UnitTest& suite = *testing::UnitTest::GetInstance();
  std::printf("suite on %s: %d cases, %d passed, %d failed, %d skipped\n", std::string(chosen_port->name()).c_str(),
              suite.test_to_run_count(), suite.successful_test_count(), suite.failed_test_count(),
              suite.skipped_test_count());
  for (const auto& [reason, cases] : skipped) std::printf("  skipped %d: %s\n", cases, reason.c_str());
  chosen_port.reset();
  if (suite.test_to_run_count() == 0) {
    std::fprintf(stderr, "suite: no case was run\n");
    return kUsageError;
  }
  if (code == 0 && suite.successful_test_count() == 0) return kAllSkipped;
  return code;
}

}  // namespace

Port& suite_port() { return *chosen_port; }

void note_skipped(std::string_view rule, std::string_view reason) {
  ++skipped[std::string(rule) + ": " + std::string(reason)];
}

}  // namespace iolaw::suite

int main(int argc, char** argv) { return iolaw::suite::run(argc, argv); }
