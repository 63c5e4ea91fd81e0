// SPDX-License-Identifier: Apache-2.0
// Ctrl-C as a request: the search ends at its next round and tells what it found. A second one ends the process.
#pragma once

#include <signal.h>

namespace iolaw::explore {

// While one lives; one at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static bool requested();

 private:
  struct sigaction before_ {};
};

}  // namespace iolaw::explore
