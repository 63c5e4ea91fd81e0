// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/guest/machine.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>
#include <utility>

#include "tools/ports/guest/console.hpp"

namespace iolaw::guest {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Linux itself gives up waiting for a user of an object after a minute, and warns.
constexpr double kPatience = 75;
constexpr double kBootPatience = 180;

// Microseconds. A system call to sleep takes several itself.
constexpr std::uint32_t kNap = 60;
constexpr std::uint32_t kLongNap = 2000;
constexpr std::uint32_t kQuickCall = 15;  // of calls in a row, few take less

double since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

}  // namespace

Machine::Machine(fs::path folder, std::string port) : folder_(std::move(folder)), port_(std::move(port)) {
  if (access((folder_ / "start").c_str(), X_OK) != 0) {
    throw std::runtime_error(folder_.string() + " has no program `start`: use tools/linux/run --campaign");
  }
  const char* patience = std::getenv("IOLAW_LINUX_PATIENCE");
  patience_ = patience != nullptr ? std::atof(patience) : kPatience;
  std::string name = (fs::temp_directory_path() / "iolaw-mailbox-XXXXXX").string();
  const int file = mkstemp(name.data());
  if (file < 0 || ftruncate(file, Mailbox::kBytes) != 0) throw std::runtime_error("cannot make the file " + name);
  shared_ = name;
  void* memory = mmap(nullptr, Mailbox::kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory == MAP_FAILED) throw std::runtime_error("cannot map " + name);
  mailbox_ = new (memory) Mailbox;
}

Machine::~Machine() {
  if (state_ == State::running) shut_down();
  kill_group();
  munmap(mailbox_, Mailbox::kBytes);
  fs::remove(shared_);
}

void Machine::boot() {
  kill_group();
  asked_ = 0;
  mailbox_->asked = 0;
  mailbox_->answered = 0;
  results_ = folder_ / fmt::format("boot-{:03}", ++boots_);
  fs::remove_all(results_);
  fs::create_directories(results_);
  console_seen_ = 0;

  const std::string start = (folder_ / "start").string();
  const pid_t child = fork();
  if (child == 0) {
    // A group of its own, so that all that it starts can be ended with it.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    const int log = open((results_ / "start.txt").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execl(start.c_str(), start.c_str(), shared_.c_str(), results_.c_str(), nullptr);
    _exit(127);
  }
  if (child < 0) throw std::runtime_error("cannot start another process");
  setpgid(child, child);
  group_ = child;
  state_ = State::running;
}

void Machine::ensure_running() {
  if (state_ == State::running) return;
  boot();
  put_text(port_, mailbox_->length, mailbox_->text);
  post(Mailbox::Order::open);
  if (!comes([this] { return is_answered(); }, kBootPatience, [] { return kNap; })) {
    state_ = State::lost;
    throw std::runtime_error("the virtual machine does not come up; see " + results_.string());
  }
  const PortAnswer opened = take_answer(*mailbox_);
  if (opened.status != PortAnswer::Status::answered) throw std::runtime_error(opened.note);
  if (console_ >= 0) close(console_);
  console_ = open((results_ / "console.txt").c_str(), O_RDONLY | O_CLOEXEC);
  trouble();  // what was said while booting is another matter
}

// Whether it came in time, from a machine that is still on. `nap` says for how many microseconds it will surely not
// come: the processor may be wanted for what is waited for. As long as calls are followed the time begins anew.
template <class Here, class Nap>
bool Machine::comes(const Here& here, double seconds, const Nap& nap) {
  constexpr int kSpins = 300;
  constexpr int kLookEvery = 16;
  for (int i = 0; i < kSpins; ++i) {
    if (here()) return true;
    relax();
  }
  Clock::time_point begin = Clock::now();
  std::uint32_t followed = 0;
  for (int i = 1;; ++i) {
    if (here()) return true;
    usleep(nap());
    if (i % kLookEvery != 0) continue;
    if (exited()) return here();
    if (const std::uint32_t now = mailbox_->followed.load(std::memory_order_acquire); now != followed) {
      followed = now;
      begin = Clock::now();
    }
    const double waited = since(begin);
    if (waited > seconds) return false;
    if (waited > 0.01) usleep(1000);
  }
}

void Machine::post(Mailbox::Order order) {
  mailbox_->order = order;
  mailbox_->told.store(0, std::memory_order_relaxed);
  mailbox_->followed.store(0, std::memory_order_relaxed);
  mailbox_->asked.store(++asked_, std::memory_order_release);
}

PortAnswer Machine::answer() {
  if (!warning_.empty()) return lost("the kernel warned: " + std::exchange(warning_, {}));
  if (!comes([this] { return is_answered(); }, std::exchange(hangs_, false) ? 0 : patience_, [] { return kNap; })) {
    return lost(group_ == 0 ? "the kernel died"
                            : "the kernel did not answer for " + std::to_string(int(patience_)) + " s");
  }
  if (const std::string line = trouble(); !line.empty()) return lost("the kernel warned: " + line);
  return take_answer(*mailbox_);
}

PortAnswer Machine::ask(Mailbox::Order order) {
  if (state_ != State::running) return lost("no kernel runs");
  post(order);
  return answer();
}

bool Machine::follows(std::uint32_t calls) {
  const auto left = [&] {
    const std::uint32_t followed = mailbox_->followed.load(std::memory_order_acquire);
    return followed < calls ? calls - followed : 0;
  };
  const auto done = [&] { return left() == 0; };
  const auto nap = [&] { return std::clamp(left() * kQuickCall, kNap, kLongNap); };
  hangs_ = !comes([&] { return done() || is_answered(); }, patience_, nap);
  if (hangs_ || !done()) return false;
  warning_ = trouble();
  return warning_.empty();
}

PortAnswer Machine::lost(const std::string& how) {
  PortAnswer answer;
  answer.status = PortAnswer::Status::broken;
  answer.note = how;
  if (state_ == State::running) {
    state_ = State::lost;
    ++lost_;
    if (const std::string line = trouble(); group_ == 0 && !line.empty()) answer.note += ": " + line;
    std::fprintf(stderr, "linux: %s (boot %d, %s)\n%s", answer.note.c_str(), boots_, results_.c_str(),
                 end_of_console().c_str());
    kill_group();
  }
  return answer;
}

std::string Machine::trouble() {
  struct stat status = {};
  if (console_ < 0 || fstat(console_, &status) != 0) return {};
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size == console_seen_) return {};
  std::string text(size - console_seen_, '\0');
  const ssize_t count = pread(console_, text.data(), text.size(), static_cast<off_t>(console_seen_));
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  console_seen_ += text.size();
  return first_trouble(text);
}

std::string Machine::end_of_console() const { return last_lines(results_ / "console.txt", 12); }

bool Machine::exited() {
  if (group_ == 0) return true;
  if (waitpid(group_, nullptr, WNOHANG) != group_) return false;
  group_ = 0;
  return true;
}

void Machine::kill_group() {
  if (group_ == 0) return;
  kill(-group_, SIGKILL);
  waitpid(group_, nullptr, 0);
  group_ = 0;
}

// The machine leaves its results when it switches itself off.
void Machine::shut_down() {
  post(Mailbox::Order::end);
  const Clock::time_point begin = Clock::now();
  while (!exited() && since(begin) < patience_) usleep(10'000);
  if (group_ != 0) std::fprintf(stderr, "linux: the kernel does not switch off; see %s\n", results_.c_str());
}

}  // namespace iolaw::guest
