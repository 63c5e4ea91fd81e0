// SPDX-License-Identifier: Apache-2.0
// The cache of proofs: kept, damaged, out of reach.
#include "checker/prove/cache.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "checker/prove/prove.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

namespace fs = std::filesystem;

class CacheTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("iolaw_cache_") + test->name());
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string text() const {
    std::ifstream file(folder_ / "answers");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& text) const { std::ofstream(folder_ / "answers") << text; }

  fs::path folder_;
};

const smt::Digest kKey = smt::digest_of("a question");
const smt::Digest kOther = smt::digest_of("another");

TEST_F(CacheTest, KeepsWhatWasAdded) {
  {
    Cache cache(folder_.string());
    EXPECT_FALSE(cache.find(kKey));
    cache.add(kKey, "c - pin.mapped");
    cache.save();
    EXPECT_FALSE(cache.warning());
  }
  Cache again(folder_.string());
  EXPECT_EQ(again.find(kKey), "c - pin.mapped");
  EXPECT_FALSE(again.find(kOther));
}

TEST_F(CacheTest, WithoutFolderForgets) {
  Cache cache{{}};
  cache.add(kKey, "x");
  cache.save();
  EXPECT_FALSE(cache.warning());
}

TEST_F(CacheTest, LeavesOutDamagedLinesAndMendsThem) {
  {
    Cache cache(folder_.string());
    cache.add(kKey, "one two");
    cache.add(kOther, "three");
    cache.save();
  }
  const std::string whole = text();
  for (std::size_t end = 0; end < whole.size(); ++end) {
    write(whole.substr(0, end));
    Cache cache(folder_.string());
    const auto found = cache.find(kKey);
    EXPECT_TRUE(!found || *found == "one two") << end;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] ^= 1;
    write(damaged);
    Cache cache(folder_.string());
    const auto found = cache.find(kKey);
    EXPECT_TRUE(!found || *found == "one two") << at;
  }
  write("iolaw proofs 1\n" + whole.substr(20));
  Cache cache(folder_.string());
  cache.add(kKey, "one two");
  cache.save();
  EXPECT_EQ(Cache(folder_.string()).find(kKey), "one two");
}

TEST_F(CacheTest, KeepsWhatOthersWroteMeanwhile) {
  Cache mine(folder_.string());
  Cache theirs(folder_.string());
  mine.add(kKey, "mine");
  theirs.add(kOther, "theirs");
  theirs.save();
  mine.save();
  Cache both(folder_.string());
  EXPECT_EQ(both.find(kKey), "mine");
  EXPECT_EQ(both.find(kOther), "theirs");
}

TEST_F(CacheTest, WarnsOnceWhereItCannotWrite) {
  std::ofstream(folder_) << "no folder";
  Cache cache(folder_.string());
  cache.add(kKey, "x");
  cache.save();
  ASSERT_TRUE(cache.warning());
  EXPECT_NE(cache.warning()->find("cannot write"), std::string::npos) << *cache.warning();
  cache.add(kOther, "y");
  cache.save();
  EXPECT_EQ(cache.find(kKey), "x");
}

TEST_F(CacheTest, FullDiskLeavesTheOldFile) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  Cache cache(folder_.string());
  cache.add(kKey, "x");
  cache.save();
  const std::string before = text();
  // The file beside is made by name: a link there leads to a device that is always full.
  fs::create_symlink("/dev/full", folder_ / ("answers." + std::to_string(getpid())));
  cache.add(kOther, "y");
  cache.save();
  ASSERT_TRUE(cache.warning());
  EXPECT_NE(cache.warning()->find("No space left"), std::string::npos) << *cache.warning();
  EXPECT_EQ(text(), before);
}

TEST_F(CacheTest, IsBounded) {
  Cache cache(folder_.string());
  for (std::size_t i = 0; i < Cache::kMostEntries + 10; ++i) cache.add(smt::digest_of(std::to_string(i)), "x");
  cache.save();
  Cache again(folder_.string());
  EXPECT_FALSE(again.find(smt::digest_of("0")));
  EXPECT_TRUE(again.find(smt::digest_of(std::to_string(Cache::kMostEntries + 9))));
}

Law lamps(const std::string& more) {
  Parsed parsed = parse_law_texts({{"lamps.law", R"(
object Lamp { on: bool, watts: u64 }
rule lamp.make(watts: u64) -> lamp: Lamp {
  fails EINVAL [bright] when watts > 100
  then lamp = new Lamp { on = false, watts }
}
rule lamp.light(lamp: Lamp) {
  fails ENOENT [lamp] unless lamp lives
  then lamp.on = true
}
invariant lamp.dim "Lamps are dim": all l: Lamp: l.watts <= 100
)" + more}});
  if (!parsed.law) throw std::runtime_error("the law is wrong");
  return std::move(*parsed.law);
}

TEST_F(CacheTest, WarmRunGivesTheSameVerdicts) {
  const Law law = lamps("");
  ProveOptions options;
  options.cache = folder_.string();
  const ProofReport cold = prove(law, options);
  const ProofReport warm = prove(law, options);
  ASSERT_EQ(cold.findings.size(), warm.findings.size());
  std::size_t cached = 0;
  for (std::size_t i = 0; i < cold.findings.size(); ++i) {
    EXPECT_EQ(cold.findings[i].verdict, warm.findings[i].verdict);
    EXPECT_EQ(cold.findings[i].core, warm.findings[i].core);
    EXPECT_EQ(cold.findings[i].witness, warm.findings[i].witness);
    EXPECT_FALSE(cold.findings[i].cached);
    cached += warm.findings[i].cached ? 1 : 0;
    EXPECT_TRUE(warm.findings[i].cached || warm.findings[i].untouched) << warm.findings[i].property;
  }
  EXPECT_GT(cached, 5U);
}

TEST_F(CacheTest, EditedRuleIsProvedAgain) {
  ProveOptions options;
  options.cache = folder_.string();
  prove(lamps(""), options);
  // Another rule before: what is asked of the others stays the same question.
  Law edited =
      lamps("rule lamp.brighten(lamp: Lamp) {\n  fails ENOENT [lamp] unless lamp lives\n  then lamp.watts = 200\n}\n");
  const ProofReport report = prove(edited, options);
  for (const Finding& finding : report.findings) {
    if (finding.untouched) continue;
    EXPECT_EQ(finding.cached, finding.rule != "lamp.brighten") << finding.rule << " / " << finding.property;
    const bool wrong = finding.rule == "lamp.brighten" && finding.property == "lamp.dim";
    EXPECT_EQ(finding.verdict, wrong ? Verdict::violated : Verdict::proved) << finding.rule << finding.property;
  }
}

}  // namespace
}  // namespace iolaw
