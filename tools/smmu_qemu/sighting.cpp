// SPDX-License-Identifier: Apache-2.0
#include "tools/smmu_qemu/sighting.hpp"

#include <fmt/format.h>

namespace smmu_qemu {

std::string Outcome::text() const {
  if (code >= kStopped) return fmt::format("queue stopped at {} by error {}", input, code - kStopped);
  if (code == 0) return input == 0 ? "done" : fmt::format("done, at {:#x}", input);
  if (code == kSilent) return "silence";
  std::string text = fmt::format("event {:#04x} of stream {}", code, stream);
  if (code >= 0x10 || code == 0x0b) {
    constexpr const char* kAt[] = {"CD", "TT", "IN", "?"};
    text += fmt::format(" S2={} CLASS={} {} input {:#x} IPA {:#x}", stage2 ? 1 : 0, kAt[at & 3],
                        read ? "read" : "write", input, ipa);
  }
  return text;
}

void Report::add(const Sighting& sighting, const std::string& text) {
  ++accesses_;
  if (sighting.ours == sighting.theirs) {
    ++agreed_[sighting.ours.code];
    return;
  }
  const std::string both =
      fmt::format("ours: {}\n      QEMU: {}\n      {}", sighting.ours.text(), sighting.theirs.text(), text);
  const Difference* difference = find_difference(sighting);
  unknown_ += difference == nullptr ? 1 : 0;
  Seen& seen =
      difference != nullptr
          ? explained_[difference->name]
          : unexplained_[{sighting.ours.code, sighting.theirs.code, sighting.ours.stage2, sighting.theirs.stage2}];
  if (seen.count++ == 0) seen.first = both;
}

void Report::print() const {
  fmt::print("{}: {} accesses\n", title_, accesses_);
  fmt::print("  agreed:");
  for (const auto& [code, count] : agreed_)
    fmt::print(" {} {}",
               code == 0                  ? "done"
               : code == Outcome::kSilent ? "silence"
                                          : fmt::format("{:#04x}", code),
               count);
  fmt::print("\n");
  for (const auto& [name, seen] : explained_) fmt::print("  known difference, {}: {}\n", name, seen.count);
  for (const auto& [what, seen] : unexplained_)
    fmt::print("  UNKNOWN DIFFERENCE, {} times, first\n      {}\n", seen.count, seen.first);
}

}  // namespace smmu_qemu
