// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/cross_check.hpp"

#include <array>
#include <cstdio>

namespace iolaw {
namespace {

// Its deterministic count, and milliseconds as a backstop. A proof takes a tenth of a second.
constexpr const char* kCommand = "cvc5 --lang smt2 --rlimit-per 4000000 --tlimit-per 60000 ";

// What a command prints; nothing if it cannot be run.
std::optional<std::string> output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), got);
  pclose(pipe);
  return text;
}

std::string shell_word(const std::string& path) {
  std::string text = "'";
  for (const char c : path) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::optional<SecondSolver> SecondSolver::find() {
  const std::optional<std::string> text = output_of("cvc5 --version 2>/dev/null");
  if (!text) return std::nullopt;
  const std::size_t at = text->find("cvc5 version ");
  if (at == std::string::npos) return std::nullopt;
  SecondSolver solver;
  const std::size_t begin = at + 13;
  solver.version_ = "cvc5 " + text->substr(begin, text->find_first_of(" \n", begin) - begin);
  return solver;
}

smt::Answer SecondSolver::ask(const std::string& file) const {
  const std::string text = output_of(kCommand + shell_word(file) + " 2>/dev/null").value_or("");
  const std::string first = text.substr(0, text.find('\n'));
  if (first == "unsat") return smt::Answer::unsat;
  if (first == "sat") return smt::Answer::sat;
  return smt::Answer::unknown;
}

}  // namespace iolaw
