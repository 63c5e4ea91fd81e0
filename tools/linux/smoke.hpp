// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "tools/ports/dev_iommu_port.hpp"

namespace iolaw::smoke {

// Makes calls and remembers whether each was answered as expected. `line` is where the caller stands.
class Client {
 public:
  using Arguments = std::initializer_list<std::uint64_t>;

  explicit Client(Port& port) : port_(port) {}

  // Expects success; the first result, or kNoHandle.
  std::uint64_t make(std::string_view rule, Arguments arguments, unsigned line = __builtin_LINE());
  // Expects success.
  void does(std::string_view rule, Arguments arguments, unsigned line = __builtin_LINE());
  // Expects this errno.
  void fails(int error, std::string_view rule, Arguments arguments, unsigned line = __builtin_LINE());
  // Expects success and this one result.
  void gives(std::optional<std::uint64_t> expected, std::string_view rule, Arguments arguments,
             unsigned line = __builtin_LINE());

  // Expects two numbers to be equal.
  void expect(std::uint64_t got, std::uint64_t expected, const char* what, unsigned line = __builtin_LINE()) {
    if (got != expected) report("", {}, what, expected, got, line);
  }

  bool passed() const { return passed_; }

 private:
  PortAnswer ask(std::string_view rule, Arguments arguments, int error, unsigned line);
  void report(std::string_view rule, Arguments arguments, const char* what, std::uint64_t expected, std::uint64_t got,
              unsigned line);

  Port& port_;
  bool passed_ = true;
};

struct Case {
  const char* name;
  std::function<void(Client&)> body;
};

std::vector<Case> ioas_cases();
std::vector<Case> access_cases();
std::vector<Case> device_cases();
std::vector<Case> raw_cases();

inline std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto& group : {ioas_cases(), access_cases(), device_cases(), raw_cases()}) {
    cases.insert(cases.end(), group.begin(), group.end());
  }
  return cases;
}

// The law's constants.
inline constexpr std::uint64_t kMax = ~std::uint64_t{0};
inline constexpr std::uint64_t kPage = 4096;
inline constexpr std::uint64_t kMemory = 0x4000'0000;
inline constexpr std::uint64_t kMemoryEnd = 0x4001'0000;  // open
inline constexpr std::uint64_t kBase = 0x0100'0000;       // first address of a mock device's aperture
inline constexpr std::uint64_t kApertureLast = 0x7fff'ffff;
inline constexpr std::uint64_t kR = 1, kW = 2, kRW = 3;

}  // namespace iolaw::smoke
