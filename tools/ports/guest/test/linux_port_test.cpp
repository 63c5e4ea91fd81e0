// SPDX-License-Identifier: Apache-2.0
// Calls that are told ahead to a machine; another process stands in for it.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "model/port/ahead.hpp"
#include "tools/ports/linux_port.hpp"

namespace iolaw {
namespace {

namespace fs = std::filesystem;
using Expected = ToldCall::Expected;

class LinuxPortTest : public testing::Test {
 protected:
  ~LinuxPortTest() override {
    port_.reset();
    fs::remove_all(folder_);
  }

  // `trouble`: what happens at a call of which rule.
  Ahead& start(const std::string& trouble = "") {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("iolaw-linux-port-") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::ofstream(folder_ / "start") << "#!/bin/sh\nexec " << IOLAW_STAND_IN << " $1 $2 " << trouble << "\n";
    chmod((folder_ / "start").c_str(), 0755);
    setenv("IOLAW_LINUX", folder_.c_str(), 1);
    port_ = make_linux_port();
    return dynamic_cast<Ahead&>(*port_);
  }

  static ToldCall call(const char* rule, int error = 0) {
    ToldCall call;
    call.length = static_cast<std::uint32_t>(std::strlen(rule));
    std::memcpy(call.rule, rule, call.length);
    call.error = error;
    return call;
  }
  static ToldCall alloc(std::uint64_t name) {
    ToldCall made = call("ioas.alloc");
    made.arguments = 1;
    made.argument[0] = 0;
    made.results = made.object_results = 1;
    made.fresh = name;
    made.result[0] = {Expected::new_object, 0};
    return made;
  }
  static ToldCall destroy(std::uint32_t name, int error = 0) {
    ToldCall made = call("ioas.destroy", error);
    made.arguments = made.objects = 1;
    made.argument[0] = name;
    made.gone = error == ENOENT ? 1 : 0;
    made.ended = error != 0 ? 0 : 1;
    made.names[0] = name;
    return made;
  }

  std::unique_ptr<Port> port_;

 private:
  fs::path folder_;
};

TEST_F(LinuxPortTest, MakesCallsThatAreToldAhead) {
  Ahead& port = start();
  for (int run = 0; run < 100; ++run) {
    port.tell_reset();
    for (std::uint32_t i = 0; i < 40; ++i) {
      EXPECT_FALSE(port.tell(alloc(i)));
      EXPECT_FALSE(port.tell(destroy(i)));
      EXPECT_FALSE(port.tell(destroy(i, ENOENT)));
    }
  }
  EXPECT_EQ(port.told(), 100U * 121);
  EXPECT_FALSE(port.settle(port.told()));
}

TEST_F(LinuxPortTest, SaysWhichCallWasAnsweredOtherwise) {
  Ahead& port = start();
  for (int again = 0; again < 2; ++again) {
    port.tell_reset();
    port.tell(alloc(7));
    port.tell(destroy(7, EBUSY));
    port.tell(alloc(8));
    const std::optional<Ahead::Stop> stop = port.settle(port.told());
    ASSERT_TRUE(stop);
    EXPECT_EQ(stop->number, port.told() - 2);
    EXPECT_EQ(stop->answer.error, 0);
  }
}

TEST_F(LinuxPortTest, AnswersWhatIsAsked) {
  Ahead& port = start();
  port.tell_reset();
  port.tell(alloc(3));
  ToldCall ask = alloc(5);
  ask.what = ToldCall::What::ask;
  const std::optional<PortAnswer> answer = port.tell(ask);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->results, (std::vector<std::optional<std::uint64_t>>{5}));
  // The names are known afterwards, too.
  port.tell(destroy(3));
  port.tell(destroy(5));
  EXPECT_FALSE(port.settle(port.told()));
  // And nothing is in the way of single calls.
  port_->reset();
  EXPECT_EQ(port_->call("ioas.destroy", std::vector<std::uint64_t>{5}).error, ENOENT);
}

TEST_F(LinuxPortTest, SaysThatAnEarlierCallStopped) {
  Ahead& port = start();
  port.tell_reset();
  port.tell(destroy(kNoHandle & 0xffff, 0));
  ToldCall ask = alloc(1);
  ask.what = ToldCall::What::ask;
  try {
    port.tell(ask);
    FAIL() << "there is no answer";
  } catch (const Ahead::Overtaken& overtaken) {
    EXPECT_EQ(overtaken.stop.number, 1U);
    EXPECT_EQ(overtaken.stop.answer.error, ENOENT);
  }
}

TEST_F(LinuxPortTest, SaysOfWhichCallTheMachineDied) {
  Ahead& port = start("panic:ioas.destroy");
  for (int boot = 0; boot < 2; ++boot) {
    port.tell_reset();
    port.tell(alloc(0));
    port.tell(destroy(0));
    port.tell(alloc(1));
    const std::optional<Ahead::Stop> stop = port.settle(port.told());
    ASSERT_TRUE(stop);
    EXPECT_EQ(stop->number, port.told() - 2);
    EXPECT_EQ(stop->answer.status, PortAnswer::Status::broken);
    EXPECT_EQ(stop->answer.note, "the kernel died: Kernel panic - test");
  }
}

TEST_F(LinuxPortTest, SaysThatTheMachineHangs) {
  setenv("IOLAW_LINUX_PATIENCE", "0.5", 1);
  Ahead& port = start("hang:ioas.destroy");
  unsetenv("IOLAW_LINUX_PATIENCE");
  port.tell_reset();
  port.tell(alloc(0));
  port.tell(destroy(0));
  const std::optional<Ahead::Stop> stop = port.settle(port.told());
  ASSERT_TRUE(stop);
  EXPECT_EQ(stop->number, port.told() - 1);
  EXPECT_EQ(stop->answer.status, PortAnswer::Status::broken);
  EXPECT_NE(stop->answer.note.find("did not answer"), std::string::npos) << stop->answer.note;
}

TEST_F(LinuxPortTest, SaysThatTheKernelWarned) {
  Ahead& port = start("warn:ioas.destroy");
  port.tell_reset();
  port.tell(alloc(0));
  port.tell(destroy(0));
  const std::optional<Ahead::Stop> stop = port.settle(port.told());
  ASSERT_TRUE(stop);
  EXPECT_EQ(stop->number, port.told() - 1);
  EXPECT_EQ(stop->answer.status, PortAnswer::Status::broken);
  EXPECT_EQ(stop->answer.note, "the kernel warned: WARNING: test");
}

}  // namespace
}  // namespace iolaw
