// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/exec_port.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>

#include "tools/ports/exec/message.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw {
namespace {

using Status = PortAnswer::Status;
using namespace std::chrono_literals;

constexpr auto kLong = 20s;
// Answers the reset, then does what follows.
constexpr const char* kThen = "sh -c 'read line; echo \"{\\\"ok\\\":[]}\"; read line; ";

PortAnswer call(Port& port, std::string_view rule, std::vector<std::uint64_t> arguments) {
  return port.call(rule, arguments);
}

PortAnswer answer_of(const std::string& then, std::chrono::milliseconds patience = kLong) {
  const auto port = make_exec_port(kThen + then + "'", patience);
  return call(*port, "ioas.alloc", {0});
}

std::string refusal(const std::string& command, std::chrono::milliseconds patience = kLong) {
  try {
    make_exec_port(command, patience);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no refusal";
}

TEST(ExecPort, TheExampleAnswers) {
  const auto port = make_exec_port(EXAMPLE, kLong);
  EXPECT_EQ(port->name(), std::string("exec:") + EXAMPLE);
  const PortAnswer made = call(*port, "ioas.alloc", {0});
  ASSERT_EQ(made.results.size(), 1U);
  EXPECT_EQ(call(*port, "ioas.alloc", {1}).error, EOPNOTSUPP);
  EXPECT_EQ(call(*port, "ioas.destroy", {*made.results[0]}).error, 0);
  EXPECT_EQ(call(*port, "ioas.destroy", {*made.results[0]}).error, ENOENT);
  EXPECT_EQ(call(*port, "ioas.destroy", {kNoHandle}).error, ENOENT);
}

TEST(ExecPort, TheExampleSaysWhatItCannotDo) {
  const auto port = make_exec_port(EXAMPLE, kLong);
  const PortAnswer answer = call(*port, "ioas.map", {0, 0x4000'0000, 0x1000, 0, 1, 0});
  EXPECT_EQ(answer.status, Status::unsupported);
  EXPECT_EQ(answer.note, "this example makes address spaces, no more");
}

TEST(ExecPort, AResetForgetsEverything) {
  const auto port = make_exec_port(EXAMPLE, kLong);
  const auto handle = call(*port, "ioas.alloc", {0}).results.at(0);
  port->reset();
  EXPECT_EQ(call(*port, "ioas.destroy", {*handle}).error, ENOENT);
}

TEST(ExecPort, SaysHowAProgramDied) {
  PortAnswer answer = answer_of("kill -SEGV $$");
  EXPECT_EQ(answer.status, Status::broken);
  EXPECT_NE(
      answer.note.find("asked for ioas.alloc, it was killed by signal 11 (Segmentation fault) before it answered"),
      std::string::npos)
      << answer.note;
  answer = answer_of("exit 3");
  EXPECT_NE(answer.note.find("it ended with exit code 3 before it answered"), std::string::npos) << answer.note;
}

TEST(ExecPort, SaysThatAProgramHangs) {
  const PortAnswer answer = answer_of("sleep 1000", 300ms);
  EXPECT_EQ(answer.status, Status::broken);
  EXPECT_NE(answer.note.find("did not answer within 300 ms and was stopped (does it flush"), std::string::npos)
      << answer.note;
}

TEST(ExecPort, ShowsWhatIsNoAnswer) {
  for (const char* garbage : {"hello", "", "{\\\"ok\\\":7}", "{\\\"error\\\":0}", "{\\\"ok\\\":[-1]}", "[]",
                              "{\\\"ok\\\":[1.5]}", "{\\\"ok\\\":[],\\\"error\\\":1}", "{\\\"unsupported\\\":1}"}) {
    const PortAnswer answer = answer_of(std::string("echo \"") + garbage + "\"");
    EXPECT_EQ(answer.status, Status::broken) << garbage;
    EXPECT_NE(answer.note.find("which is none of {\"ok\":[…]}, {\"error\":17}"), std::string::npos) << answer.note;
  }
  EXPECT_NE(answer_of("echo hello").note.find("it printed “hello”"), std::string::npos);
}

TEST(ExecPort, ReadsNumbersOf64BitsAndNothing) {
  const auto answer = exec::read_answer("{\"ok\":[18446744073709551615,null,true]}");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->results, (std::vector<std::optional<std::uint64_t>>{~std::uint64_t{0}, std::nullopt, 1}));
  EXPECT_FALSE(exec::read_answer("{\"ok\":[18446744073709551616]}"));
}

TEST(ExecPort, WritesCallsInOneForm) {
  EXPECT_EQ(exec::call_line("ioas.map", std::vector<std::uint64_t>{1, kNoHandle}),
            "{\"call\":\"ioas.map\",\"arguments\":[1,18446744073709551615]}");
  EXPECT_EQ(exec::call_line("a.b", {}), "{\"call\":\"a.b\",\"arguments\":[]}");
}

TEST(ExecPort, StaysBrokenUntilItIsResetAndStartsAnew) {
  const auto port = make_exec_port(std::string(kThen) + "exit 3'", kLong);
  EXPECT_EQ(call(*port, "ioas.alloc", {0}).status, Status::broken);
  EXPECT_NE(call(*port, "ioas.alloc", {0}).note.find("exit code 3"), std::string::npos);
  port->reset();
  EXPECT_EQ(call(*port, "ioas.alloc", {0}).status, Status::broken) << "the new one ends likewise";
}

TEST(ExecPort, RefusesAProgramThatCannotBegin) {
  EXPECT_NE(refusal("/no/such/program 2>/dev/null").find("it cannot be run"), std::string::npos);
  EXPECT_NE(refusal("echo hello").find("asked for the reset, it printed “hello”"), std::string::npos);
  EXPECT_NE(refusal("true").find("it ended with exit code 0 before it answered"), std::string::npos);
  EXPECT_NE(refusal("echo '{\"error\":5}'; cat").find("something other than"), std::string::npos);
  EXPECT_NE(refusal("sleep 1000", 200ms).find("did not answer within 200 ms"), std::string::npos);
}

TEST(ExecPort, ALineWithoutEndIsNoAnswer) {
  const PortAnswer answer = answer_of("exec cat /dev/zero 2>&1 | tr \"\\\\000\" x 2>/dev/null");
  EXPECT_NE(answer.note.find("more than a megabyte"), std::string::npos) << answer.note;
}

TEST(ExecPort, IsFoundByItsName) {
  register_exec_port();
  EXPECT_EQ(make_port(std::string("exec:") + EXAMPLE)->name(), std::string("exec:") + EXAMPLE);
  EXPECT_THROW(make_port("exec:"), std::runtime_error);
  EXPECT_EQ(port_names().back(), "exec:COMMAND");
}

}  // namespace
}  // namespace iolaw
