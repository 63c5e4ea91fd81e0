// SPDX-License-Identifier: Apache-2.0
// What goes wrong around a proof: Ctrl-C, a cache that cannot be written or read, a solver without memory, a second
// solver that dies. Through the command as users call it.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "checker/test/run_command.hpp"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

using iolaw::Ran;

// With what it says on stderr.
Ran run(const std::string& command) { return iolaw::run(command + " 2>&1"); }

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class RobustTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("iolaw_robust_") + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  // A proof of a small law, in a second.
  std::string prove(const std::string& options) const {
    return std::string(IOLAW_PROGRAM " prove " IOLAW_SOURCE_DIR "/checker/test/vintf.law ").append(options);
  }

  // Starts the command, waits, sends SIGINT. What it said then.
  Ran interrupted(const std::vector<std::string>& arguments, std::chrono::milliseconds after) {
    const std::string out = path("out");
    const pid_t child = fork();
    if (child == 0) {
      std::vector<char*> words;
      for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
      words.push_back(nullptr);
      if (freopen(out.c_str(), "w", stdout) == nullptr) _exit(127);
      dup2(STDOUT_FILENO, STDERR_FILENO);
      execv(words[0], words.data());
      _exit(127);
    }
    std::this_thread::sleep_for(after);
    kill(child, SIGINT);
    int status = 0;
    waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), text_of(out)};
  }

  fs::path folder_;
};

TEST_F(RobustTest, ProofThatIsInterruptedKeepsWhatItProved) {
  const std::string law = IOLAW_SOURCE_DIR "/spec/iommufd.law";
  const Ran ran = interrupted({IOLAW_PROGRAM, "prove", law, "--cache", path("cache")}, 2500ms);
  EXPECT_EQ(ran.code, 30) << ran.text;
  EXPECT_NE(ran.text.find("iolaw: interrupted: "), std::string::npos) << ran.text;
  EXPECT_EQ(ran.text.find("internal error"), std::string::npos) << ran.text;
  EXPECT_TRUE(fs::exists(folder_ / "cache" / "answers"));
}

TEST_F(RobustTest, GeneratorThatIsInterruptedWritesNothing) {
  const std::string law = IOLAW_SOURCE_DIR "/spec/iommufd.law";
  const Ran ran = interrupted({IOLAW_PROGRAM, "generate", law, "--out", path("suite")}, 1000ms);
  EXPECT_EQ(ran.code, 30) << ran.text;
  EXPECT_NE(ran.text.find("iolaw: interrupted: nothing was written"), std::string::npos) << ran.text;
  EXPECT_FALSE(fs::exists(folder_ / "suite"));
}

TEST_F(RobustTest, SearchThatIsInterruptedSaysSo) {
  const std::string law = IOLAW_SOURCE_DIR "/spec/iommufd.law";
  const Ran ran = interrupted({IOLAW_PROGRAM, "search", law, "--calls", "1000000000"}, 1000ms);
  EXPECT_EQ(ran.code, 30) << ran.text;
  EXPECT_NE(ran.text.find("iolaw: interrupted: "), std::string::npos) << ran.text;
}

TEST_F(RobustTest, CacheThatCannotBeWrittenCostsAWarning) {
  for (const char* where : {"/dev/full/cache", "/proc/cache"}) {
    const Ran ran = run(prove(std::string("--cache ") + where));
    EXPECT_EQ(ran.code, 0) << where << ran.text;
    EXPECT_NE(ran.text.find("iolaw: proofs are not kept for the next run: cannot write "), std::string::npos)
        << ran.text;
  }
}

TEST_F(RobustTest, FileThatMayNotGrowCostsAWarning) {
  const Ran ran = run("ulimit -f 4; " + prove("--cache " + path("cache")));
  EXPECT_EQ(ran.code, 0) << ran.text;
  EXPECT_NE(ran.text.find("iolaw: proofs are not kept for the next run: cannot write "), std::string::npos) << ran.text;
  EXPECT_TRUE(fs::is_empty(folder_ / "cache"));
}

std::vector<std::string> sorted(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST_F(RobustTest, GarbageInTheCacheIsIgnoredAndReplaced) {
  const std::string options = "--json --cache " + path("cache");
  ASSERT_EQ(run(prove(options)).code, 0);
  const std::string good = text_of(folder_ / "cache" / "answers");
  ASSERT_GT(good.size(), 200U);
  const std::string head = good.substr(0, good.find('\n') + 1);
  for (const std::string& bad : {good.substr(0, good.size() / 2), std::string("no cache at all"), std::string(),
                                 head + std::string(5000, '\0'), head + "0123456789abcdef0123456789abcdef c - x 0\n"}) {
    std::ofstream(folder_ / "cache" / "answers", std::ios::binary) << bad;
    const Ran ran = run(prove(options));
    EXPECT_EQ(ran.code, 0) << ran.text;
    // The answers are there again, but for a witness that was known by its other name; and nothing else is.
    const std::vector<std::string> now = sorted(text_of(folder_ / "cache" / "answers"));
    const std::vector<std::string> before = sorted(good);
    EXPECT_TRUE(std::includes(before.begin(), before.end(), now.begin(), now.end()));
    EXPECT_GE(now.size() + 3, before.size());
  }
}

// All but times, and whether a proof took none because it was kept.
std::string lasting(const std::string& report) {
  std::istringstream lines(report);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const bool passing =
        line.find("\"seconds\":") != std::string::npos || line.find("\"cached\":") != std::string::npos;
    // What stands last in its object has no comma.
    if (line.ends_with(',')) line.pop_back();
    if (!passing) text += line + "\n";
  }
  return text;
}

TEST_F(RobustTest, RunsDifferInTimesOnly) {
  const std::string part = path("part.law");
  fs::copy(IOLAW_SOURCE_DIR "/spec/smmu", folder_ / "smmu", fs::copy_options::recursive);
  std::ofstream(part) << "use smmu.queue\n";
  const std::string command = std::string(IOLAW_PROGRAM) + " prove " + part + " --json ";
  const Ran first = run(command + "--no-cache --threads 2");
  ASSERT_EQ(first.code, 0) << first.text;
  for (const std::string& options : {std::string("--no-cache --threads 1"), std::string("--no-cache --threads 3"),
                                     "--cache " + path("cache"), "--cache " + path("cache")}) {
    const Ran again = run(command + options);
    EXPECT_EQ(again.code, 0) << options;
    EXPECT_EQ(lasting(again.text), lasting(first.text)) << options;
  }
}

TEST_F(RobustTest, SolverWithoutMemoryDecidesNothing) {
  const Ran ran = run(prove("--no-cache --json --memory 1"));
  EXPECT_EQ(ran.code, 30) << ran.text;
  EXPECT_NE(ran.text.find("out of memory"), std::string::npos) << ran.text;
  EXPECT_EQ(ran.text.find("internal error"), std::string::npos) << ran.text;
}

TEST_F(RobustTest, SecondSolverThatDiesIsUndecided) {
  fs::create_directories(folder_ / "bin");
  std::ofstream(folder_ / "bin" / "cvc5")
      << "#!/bin/sh\n[ \"$1\" = --version ] && echo 'This is cvc5 version 1.0' && exit\n"
         "kill -9 $$\n";
  chmod(path("bin/cvc5").c_str(), 0755);
  const Ran ran = run("PATH='" + path("bin") + "':$PATH " + prove("--no-cache --cross-check"));
  EXPECT_EQ(ran.code, 0) << ran.text;
  EXPECT_NE(ran.text.find("cvc5 1.0 agrees on 0 of "), std::string::npos) << ran.text;
}

TEST_F(RobustTest, MissingSecondSolverIsSaid) {
  const Ran ran = run("PATH=/nonexistent " + prove("--no-cache --cross-check"));
  EXPECT_EQ(ran.code, 77) << ran.text;
  EXPECT_NE(ran.text.find("cvc5 is not installed"), std::string::npos) << ran.text;
}

}  // namespace
