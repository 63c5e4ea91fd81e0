// SPDX-License-Identifier: Apache-2.0
// Calls every rule of the law's iommufd modules on a real kernel, by hand-written sequences with known answers, and
// reports KTAP. It tests the port dev_iommu before a generated suite relies on it; it needs nothing of the law's tools.
//
// A case is named after the outcome it is about (`ioas.map.overlap`).
#include <cerrno>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "tools/linux/smoke.hpp"

namespace iolaw::smoke {

void Client::report(std::string_view rule, std::initializer_list<std::uint64_t> arguments, const char* what,
                    std::uint64_t expected, std::uint64_t got, unsigned line) {
  passed_ = false;
  std::printf("  # line %u: %.*s(", line, static_cast<int>(rule.size()), rule.data());
  const char* separator = "";
  for (const std::uint64_t argument : arguments) {
    std::printf("%s0x%" PRIx64, separator, argument);
    separator = ", ";
  }
  std::printf("): %s: expected 0x%" PRIx64 ", got 0x%" PRIx64 "\n", what, expected, got);
}

PortAnswer Client::ask(std::string_view rule, std::initializer_list<std::uint64_t> arguments, int error,
                       unsigned line) {
  PortAnswer answer = port_.call(rule, {arguments.begin(), arguments.size()});
  if (answer.status != PortAnswer::Status::answered) {
    std::printf("  # %s\n", answer.note.c_str());
    report(rule, arguments, "status", 0, static_cast<std::uint64_t>(answer.status), line);
  } else if (answer.error != error) {
    report(rule, arguments, "errno", static_cast<std::uint64_t>(error), static_cast<std::uint64_t>(answer.error), line);
  }
  return answer;
}

std::uint64_t Client::make(std::string_view rule, std::initializer_list<std::uint64_t> arguments, unsigned line) {
  const PortAnswer answer = ask(rule, arguments, 0, line);
  return answer.results.empty() ? kNoHandle : answer.results[0].value_or(kNoHandle);
}

void Client::does(std::string_view rule, std::initializer_list<std::uint64_t> arguments, unsigned line) {
  ask(rule, arguments, 0, line);
}

void Client::fails(int error, std::string_view rule, std::initializer_list<std::uint64_t> arguments, unsigned line) {
  ask(rule, arguments, error, line);
}

void Client::gives(std::optional<std::uint64_t> expected, std::string_view rule,
                   std::initializer_list<std::uint64_t> arguments, unsigned line) {
  const PortAnswer answer = ask(rule, arguments, 0, line);
  if (answer.status != PortAnswer::Status::answered || answer.error != 0) return;
  if (answer.results.size() != 1 || answer.results[0] != expected) {
    const auto number = [](std::optional<std::uint64_t> value) { return value.value_or(kNoHandle); };
    report(rule, arguments, "result", number(expected), answer.results.empty() ? 0xbad : number(answer.results[0]),
           line);
  }
}

namespace {

int run(Port& port) {
  int number = 0;
  int failed = 0;
  const auto cases = all_cases();
  std::printf("KTAP version 1\n1..%zu\n", cases.size());
  for (const Case& test : cases) {
    port.reset();
    Client client(port);
    test.body(client);
    failed += client.passed() ? 0 : 1;
    std::printf("%s %d %s\n", client.passed() ? "ok" : "not ok", ++number, test.name);
    std::fflush(stdout);
  }
  port.reset();
  std::printf("# Totals: pass:%d fail:%d\n", number - failed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace iolaw::smoke

int main() {
  try {
    const auto port = iolaw::make_dev_iommu_port();
    return iolaw::smoke::run(*port);
  } catch (const std::exception& error) {
    std::printf("Bail out! %s\n", error.what());
    return 1;
  }
}
