// SPDX-License-Identifier: Apache-2.0
#include "checker/explore/interrupt.hpp"

namespace iolaw::explore {
namespace {

volatile sig_atomic_t interrupted = 0;

}  // namespace

Interrupt::Interrupt() {
  interrupted = 0;
  struct sigaction catching {};
  catching.sa_handler = [](int) { interrupted = 1; };
  // Whoever waits for a compiler goes on waiting; the second signal meets the default.
  catching.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  sigemptyset(&catching.sa_mask);
  sigaction(SIGINT, &catching, &before_);
}

Interrupt::~Interrupt() { sigaction(SIGINT, &before_, nullptr); }

bool Interrupt::requested() { return interrupted != 0; }

}  // namespace iolaw::explore
