// SPDX-License-Identifier: Apache-2.0
// A program with which lines are exchanged.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

namespace iolaw::exec {

// Runs a command of the shell; its standard input and output are ours, its standard error goes where ours goes. Nothing
// here raises SIGPIPE, and no program is left behind.
class Child {
 public:
  explicit Child(const std::string& command);  // throws std::runtime_error if the system has no room for a process
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  // Sends the line and waits for one in return, for `patience` at most. Empty optional: there was none; trouble() says
  // why, and nothing more can be asked of this child.
  std::optional<std::string> ask(const std::string& line, std::chrono::milliseconds patience);

  // "it ended with exit code 3 before it answered"
  const std::string& trouble() const { return trouble_; }

 private:
  bool send(const std::string& text, std::chrono::steady_clock::time_point end);
  std::optional<std::string> receive(std::chrono::steady_clock::time_point end);
  std::string epitaph();
  void stop();

  pid_t pid_ = -1;
  int socket_ = -1;
  std::string buffer_;  // what was read behind the last line
  std::string trouble_;
};

}  // namespace iolaw::exec
