// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/exec/child.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace iolaw::exec {
namespace {

using Clock = std::chrono::steady_clock;

// A program that prints without end of line is no better than one that prints nonsense.
constexpr std::size_t kLongestLine = 1 << 20;

// Milliseconds for poll(2), rounded up.
int time_left(Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
  return static_cast<int>(std::clamp<long long>(left, 0, 1'000'000'000));
}

bool wait_for(int fd, short events, Clock::time_point end) {
  for (;;) {
    pollfd one{fd, events, 0};
    const int ready = poll(&one, 1, time_left(end));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

std::string signal_text(int number) {
  const char* name = strsignal(number);
  return "signal " + std::to_string(number) + (name != nullptr ? std::string(" (") + name + ")" : "");
}

}  // namespace

Child::Child(const std::string& command) {
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    throw std::runtime_error(std::string("no socket for the program: ") + std::strerror(errno));
  pid_ = fork();
  if (pid_ < 0) {
    const int error = errno;
    close(sockets[0]);
    close(sockets[1]);
    throw std::runtime_error(std::string("no process for the program: ") + std::strerror(error));
  }
  if (pid_ == 0) {
    setpgid(0, 0);  // what it starts is stopped with it
    dup2(sockets[1], STDIN_FILENO);
    dup2(sockets[1], STDOUT_FILENO);
    execl("/bin/sh", "sh", "-c", ("exec " + command).c_str(), nullptr);
    _exit(127);
  }
  setpgid(pid_, pid_);  // whoever is first; a child that ended already is no error
  close(sockets[1]);
  socket_ = sockets[0];
}

Child::~Child() { stop(); }

void Child::stop() {
  if (socket_ >= 0) close(std::exchange(socket_, -1));
  if (pid_ < 0) return;
  kill(-pid_, SIGKILL);
  kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, -1), nullptr, 0);
}

// How a child ended that closed its output.
std::string Child::epitaph() {
  int status = 0;
  // It may have closed its output without ending.
  for (int tries = 0; tries < 100; ++tries) {
    const pid_t ended = waitpid(pid_, &status, WNOHANG);
    if (ended == pid_) {
      kill(-pid_, SIGKILL);
      pid_ = -1;
      if (WIFSIGNALED(status)) return "it was killed by " + signal_text(WTERMSIG(status));
      if (WEXITSTATUS(status) == 127) return "it cannot be run: the shell ended with exit code 127";
      return "it ended with exit code " + std::to_string(WEXITSTATUS(status));
    }
    if (ended < 0 && errno != EINTR) break;
    usleep(10'000);
  }
  return "it closed its output";
}

bool Child::send(const std::string& text, Clock::time_point end) {
  for (std::size_t sent = 0; sent < text.size();) {
    if (!wait_for(socket_, POLLOUT, end)) return false;
    const ssize_t n = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
      sent += static_cast<std::size_t>(n);
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return true;  // reading tells how it ended, and what it said before
    } else if (errno != EINTR && errno != EAGAIN) {
      return false;
    }
  }
  return true;
}

std::optional<std::string> Child::receive(Clock::time_point end) {
  for (;;) {
    if (const std::size_t newline = buffer_.find('\n'); newline != std::string::npos) {
      std::string line = buffer_.substr(0, newline);
      buffer_.erase(0, newline + 1);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      return line;
    }
    if (buffer_.size() > kLongestLine) {
      trouble_ = "it printed a line of more than a megabyte";
      return std::nullopt;
    }
    if (!wait_for(socket_, POLLIN, end)) return std::nullopt;
    char chunk[4096];
    const ssize_t n = read(socket_, chunk, sizeof chunk);
    if (n > 0) {
      buffer_.append(chunk, static_cast<std::size_t>(n));
    } else if (n == 0 || errno != EINTR) {
      trouble_ = epitaph() + " before it answered";
      return std::nullopt;
    }
  }
}

std::optional<std::string> Child::ask(const std::string& line, std::chrono::milliseconds patience) {
  if (socket_ < 0) return std::nullopt;
  const Clock::time_point end = Clock::now() + patience;
  std::optional<std::string> answer;
  if (send(line + "\n", end)) answer = receive(end);
  if (answer) return answer;
  if (trouble_.empty()) {
    trouble_ = "it did not answer within " + std::to_string(patience.count()) +
               " ms and was stopped (does it flush its output after each line?)";
  }
  stop();
  return std::nullopt;
}

}  // namespace iolaw::exec
