// SPDX-License-Identifier: Apache-2.0
// Mistakes seeded into the law, each a patch: the proof must refute the property that says so.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

namespace iolaw {
namespace {

namespace fs = std::filesystem;

struct Mistake {
  const char* patch;
  const char* rule;
  const char* property;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.patch; }

struct Ran {
  int code = -1;
  std::string text;
};

Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ran;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) ran.text.append(buffer.data(), got);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ran.code = WEXITSTATUS(status);
  return ran;
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

class MistakeTest : public testing::TestWithParam<Mistake> {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / (std::string("iolaw_mistake_") + GetParam().patch);
    fs::remove_all(folder_);
    fs::copy(fs::path(IOLAW_SOURCE_DIR) / "spec", folder_, fs::copy_options::recursive);
    const fs::path patch =
        fs::path(IOLAW_SOURCE_DIR) / "checker/test/mistakes" / (std::string(GetParam().patch) + ".patch");
    const Ran patched =
        run(std::string(PATCH_PROGRAM) + " -p1 -s -d " + quoted(folder_) + " < " + quoted(patch) + " 2>&1");
    ASSERT_EQ(patched.code, 0) << patched.text;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path root() const { return folder_ / "iommufd.law"; }

  fs::path folder_;
};

TEST_P(MistakeTest, ProofRefutesIt) {
  const Mistake& mistake = GetParam();
  const Ran ran = run(std::string(IOLAW_PROGRAM) + " prove " + quoted(root()) + " --json --rule " + mistake.rule +
                      " --invariant " + mistake.property);
  EXPECT_TRUE(ran.code == 12 || ran.code == 13) << ran.code << ran.text;
  bool refuted = false;
  const nlohmann::json report = nlohmann::json::parse(ran.text);
  for (const nlohmann::json& obligation : report["obligations"]) {
    refuted |= obligation["property"] == mistake.property &&
               (obligation["verdict"] == "violated" || obligation["verdict"] == "cti");
  }
  EXPECT_TRUE(refuted) << ran.text;
}

INSTANTIATE_TEST_SUITE_P(Seeded, MistakeTest,
                         testing::Values(Mistake{"unmap_ignores_pins", "ioas.unmap", "pin.mapped"},
                                         Mistake{"overlap_off_by_one", "ioas.map", "area.disjoint"},
                                         Mistake{"copy_does_not_share", "ioas.copy", "ioas.copy.shares"},
                                         Mistake{"wrap_unnoticed", "ioas.map", "kept.fits"},
                                         Mistake{"destroy_ignores_holders", "ioas.destroy", "Access.ioas.lives"}),
                         [](const auto& name) { return std::string(name.param.patch); });

}  // namespace
}  // namespace iolaw
