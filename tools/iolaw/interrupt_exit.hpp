// SPDX-License-Identifier: Apache-2.0
// Ctrl-C for commands that have nothing to show before they are done.
#pragma once

#include <signal.h>

namespace iolaw {

// While one lives, SIGINT prints the message (which must outlive it, with its line break) to stderr and ends the
// process with this exit code. One at a time.
class InterruptExit {
 public:
  InterruptExit(const char* message, int code);
  ~InterruptExit();
  InterruptExit(const InterruptExit&) = delete;
  InterruptExit& operator=(const InterruptExit&) = delete;

  // From now on the command is to end by itself: it is writing what it found.
  void put_off();

 private:
  struct sigaction before_ {};
};

}  // namespace iolaw
