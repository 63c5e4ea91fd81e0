// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/interrupt_exit.hpp"

#include <unistd.h>

#include <cstring>

namespace iolaw {
namespace {

const char* last_words = "";
int last_code = 0;

// Only what a handler may call.
void end(int /*signal*/) {
  if (::write(STDERR_FILENO, last_words, std::strlen(last_words)) < 0) _exit(last_code);  // nobody reads it
  _exit(last_code);
}

}  // namespace

InterruptExit::InterruptExit(const char* message, int code) {
  last_words = message;
  last_code = code;
  struct sigaction ending {};
  ending.sa_handler = end;
  sigemptyset(&ending.sa_mask);
  sigaction(SIGINT, &ending, &before_);
}

InterruptExit::~InterruptExit() { sigaction(SIGINT, &before_, nullptr); }

void InterruptExit::put_off() { signal(SIGINT, SIG_IGN); }

}  // namespace iolaw
