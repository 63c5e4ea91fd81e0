// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "tools/ports/guest/console.hpp"
#include "tools/ports/guest/machine.hpp"

namespace iolaw::guest {
namespace {

namespace fs = std::filesystem;

// A folder that ends with the test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::path(testing::TempDir()) / "iolaw-guest-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

TEST(Console, FindsTheFirstLineThatStandsForABug) {
  EXPECT_EQ(first_trouble("booting\r\nWARNING: drivers/iommu/iommufd/main.c:1\r\nBUG: KASAN\r\n"),
            "WARNING: drivers/iommu/iommufd/main.c:1");
  EXPECT_EQ(first_trouble("Kernel panic - not syncing: it was asked for"),
            "Kernel panic - not syncing: it was asked for");
}

TEST(Console, TakesAFailedAllocationForNone) {
  EXPECT_EQ(first_trouble("program: vmalloc error: size 4096\nCall Trace:\n <TASK>\n"), "");
  EXPECT_EQ(first_trouble(""), "");
}

TEST(Console, ShowsTheEndOfAFile) {
  const Folder folder;
  const fs::path file = folder.path() / "console.txt";
  std::ofstream(file) << "one\ntwo\nthree\n";
  EXPECT_EQ(last_lines(file, 2), "  | two\n  | three\n");
  EXPECT_EQ(last_lines(file / "none", 2), "");
}

TEST(Mailbox, CarriesAnswers) {
  const auto mailbox = std::make_unique<Mailbox>();
  PortAnswer answer;
  answer.error = 17;
  answer.results = {std::nullopt, 5};
  answer.note = "a note";
  put_answer(answer, *mailbox);
  const PortAnswer taken = take_answer(*mailbox);
  EXPECT_EQ(taken.error, 17);
  EXPECT_EQ(taken.results, answer.results);
  EXPECT_EQ(taken.note, "a note");
  answer.note = std::string(2 * Mailbox::kMostText, 'x');
  put_answer(answer, *mailbox);
  EXPECT_EQ(take_answer(*mailbox).note.size(), Mailbox::kMostText);
}

// One with a program that stands in for QEMU.
class Start : public Folder {
 public:
  explicit Start(const std::string& script) {
    std::ofstream(path() / "start") << "#!/bin/sh\n" << script << "\n";
    chmod((path() / "start").c_str(), 0755);
  }
};

TEST(Machine, SaysThatAMachineDoesNotComeUp) {
  const Start start("echo no kernel here");
  Machine machine(start.path(), "dev_iommu");
  EXPECT_THROW(machine.ensure_running(), std::runtime_error);
  EXPECT_EQ(machine.ask(Mailbox::Order::reset).status, PortAnswer::Status::broken);
  EXPECT_EQ(machine.boots(), 1);
}

TEST(Machine, NeedsAProgramThatStartsIt) {
  EXPECT_THROW(Machine(fs::path(testing::TempDir()) / "nothing", "dev_iommu"), std::runtime_error);
}

// The answers are those of a server that says yes twice, in the place of QEMU.
std::string server(const std::string& then) {
  const std::string answer = R"(printf "\\00$n\\000\\000\\000" | dd of=$1 bs=1 seek=64 conv=notrunc 2> /dev/null;)";
  return ": > $2/console.txt; for n in 1 2; do " + answer + " sleep 0.3; done; " + then;
}

TEST(Machine, NoticesAKernelThatDiesAndBootsItAgain) {
  const Start start(server("echo 'Kernel panic - test' >> $2/console.txt"));
  Machine machine(start.path(), "dev_iommu");
  for (int boot = 1; boot <= 2; ++boot) {
    machine.ensure_running();
    EXPECT_EQ(machine.ask(Mailbox::Order::reset).status, PortAnswer::Status::answered);
    const PortAnswer answer = machine.ask(Mailbox::Order::call);
    EXPECT_EQ(answer.status, PortAnswer::Status::broken);
    EXPECT_EQ(answer.note, "the kernel died: Kernel panic - test");
    EXPECT_EQ(machine.boots(), boot);
  }
}

TEST(Machine, NoticesAKernelThatHangs) {
  setenv("IOLAW_LINUX_PATIENCE", "0.5", 1);
  const Start start(server("sleep 100"));
  Machine machine(start.path(), "dev_iommu");
  unsetenv("IOLAW_LINUX_PATIENCE");
  machine.ensure_running();
  EXPECT_EQ(machine.ask(Mailbox::Order::reset).status, PortAnswer::Status::answered);
  const PortAnswer answer = machine.ask(Mailbox::Order::call);
  EXPECT_EQ(answer.status, PortAnswer::Status::broken);
  EXPECT_NE(answer.note.find("did not answer"), std::string::npos) << answer.note;
}

}  // namespace
}  // namespace iolaw::guest
