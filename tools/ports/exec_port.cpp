// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/exec_port.hpp"

#include <charconv>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "tools/ports/exec/child.hpp"
#include "tools/ports/exec/message.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw {
namespace {

constexpr std::size_t kShownCharacters = 200;
constexpr std::chrono::milliseconds kPatience{10'000};

// A line of a program for a message: not all of it, and nothing that a terminal would obey.
std::string shown(std::string_view line) {
  std::string out;
  for (const char c : line.substr(0, kShownCharacters))
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return "“" + out + (line.size() > kShownCharacters ? "…”" : "”");
}

class ExecPort final : public Port {
 public:
  ExecPort(const std::string& command, std::chrono::milliseconds patience)
      : name_("exec:" + command), command_(command), patience_(patience) {
    reset();
    if (!child_) throw std::runtime_error(trouble_);
  }

  std::string_view name() const override { return name_; }

  void reset() override {
    if (!child_) child_.emplace(command_);
    const PortAnswer answer = ask(std::string(exec::kReset), "the reset");
    if (child_ && (answer.status != PortAnswer::Status::answered || answer.error != 0 || !answer.results.empty()))
      break_off("it answered the reset with something other than {\"ok\":[]}");
  }

  PortAnswer call(std::string_view rule, std::span<const std::uint64_t> arguments) override {
    if (!child_) return broken();
    return ask(exec::call_line(rule, arguments), std::string(rule));
  }

 private:
  PortAnswer ask(const std::string& line, const std::string& what) {
    const std::optional<std::string> text = child_->ask(line, patience_);
    if (!text) return break_off("asked for " + what + ", " + child_->trouble());
    std::optional<PortAnswer> answer = exec::read_answer(*text);
    if (!answer) {
      return break_off("asked for " + what + ", it printed " + shown(*text) + ", which is none of " +
                       std::string(exec::kAnswers));
    }
    return std::move(*answer);
  }

  PortAnswer break_off(const std::string& why) {
    trouble_ = command_ + ": " + why;
    child_.reset();
    return broken();
  }

  PortAnswer broken() const {
    PortAnswer answer;
    answer.status = PortAnswer::Status::broken;
    answer.note = trouble_;
    return answer;
  }

  const std::string name_;
  const std::string command_;
  const std::chrono::milliseconds patience_;
  std::optional<exec::Child> child_;  // none: it broke, and nobody has reset it since
  std::string trouble_;
};

std::chrono::milliseconds chosen_patience() {
  const char* text = std::getenv("IOLAW_PATIENCE_MS");
  if (text == nullptr) return kPatience;
  const std::string_view digits = text;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || value == 0)
    throw std::runtime_error("IOLAW_PATIENCE_MS is “" + std::string(digits) +
                             "”: write a number of milliseconds, such as 500");
  return std::chrono::milliseconds(value);
}

}  // namespace

std::unique_ptr<Port> make_exec_port(const std::string& command, std::chrono::milliseconds patience) {
  return std::make_unique<ExecPort>(command, patience);
}

void register_exec_port() {
  register_port_family("exec:", "exec:COMMAND", [](const std::string& command) -> std::unique_ptr<Port> {
    if (command.find_first_not_of(' ') == std::string::npos)
      throw std::runtime_error("write the program behind the colon: exec:./my_program");
    return make_exec_port(command, chosen_patience());
  });
}

}  // namespace iolaw
