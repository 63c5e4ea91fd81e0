// SPDX-License-Identifier: Apache-2.0
#include "tools/reproduce/program.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <stdexcept>

#include "model/law/law.hpp"
#include "tools/ports/dev_iommu/client_memory.hpp"
#include "tools/ports/dev_iommu/handles.hpp"
#include "tools/ports/dev_iommu/uapi_test.hpp"
#include "tools/reproduce/program_texts.hpp"

namespace iolaw::reproduce {
namespace {

using dev_iommu::ClientMemory;
using dev_iommu::Handles;

const Struct& struct_of(const Made& made) {
  std::uint32_t operation = 0;
  if (made.command == dev_iommu::kTest) std::memcpy(&operation, made.before.data() + 4, sizeof(operation));
  return *find_struct(made.command, operation);
}

std::string capitals(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

// 0, or what a failing call leaves in errno, negative.
std::string outcome(long result) {
  return result < 0 ? "-" + errno_name(static_cast<int>(-result)) : std::to_string(result);
}

// In lines of 110 bytes, broken where there are blanks, but not around `=`; all but the first begin with `begin`.
std::string wrapped(const std::string& text, const std::string& begin) {
  constexpr std::size_t kMost = 110;
  std::string lines;
  std::string line;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = std::min(text.find(' ', at), text.size());
    while (end < text.size() && (text[end - 1] == '=' || text[end + 1] == '=')) {
      end = std::min(text.find(' ', end + 1), text.size());
    }
    const std::string word = text.substr(at, end - at);
    if (line.size() + 1 + word.size() > kMost && line.find_first_not_of(' ') != std::string::npos) {
      lines += line + "\n";
      line = begin + word;
    } else {
      line += (at == 0 ? "" : " ") + word;
    }
    at = end + 1;
  }
  return lines + line;
}

// As the inside of a string of C, for printf.
std::string quoted(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '%') result += '%';
    result += c;
  }
  return result;
}

class Writer {
 public:
  Writer(const ProgramText& text, int device) : text_(text) { files_[static_cast<std::uint64_t>(device)] = "iommu"; }

  std::string write(const std::vector<Part>& parts);

 private:
  void line(const std::string& text) { body_ += "  " + text + "\n"; }
  void declare(const Struct& one);
  void call(const Made& made, std::size_t step, bool last);
  void ioctl(const Made& made, std::size_t step, bool last);
  std::string initializer(const Made& made, const Struct& one, std::size_t step);
  std::string value(const Field& field, std::uint64_t number) const;
  void learn(const Made& made, const Struct& one);
  std::string file(int fd) const;
  std::string bytes(const Bytes& bytes, std::size_t step);
  void check(const std::string& got, long expected, std::size_t step, bool last);

  const ProgramText& text_;
  std::map<std::uint64_t, std::string> objects_;  // by number: the variable that has it
  std::map<std::uint64_t, std::string> files_;    // by descriptor
  std::map<std::string, int> named_;
  std::vector<std::string> variables_;
  std::set<std::string_view> declared_;
  std::string structs_;
  std::string body_;
  bool uses_memory_ = false;
};

void Writer::declare(const Struct& one) {
  if (!declared_.insert(one.name).second) return;
  structs_ +=
      fmt::format("#define {} _IO(';', {:#x})\nstruct {} {{\n", capitals(one.name), one.command & 0xff, one.name);
  std::size_t end = 0;
  for (const Field& field : one.fields) {
    structs_ += fmt::format("  uint{}_t {};\n", 8 * field.size, field.name);
    end = field.offset + std::size_t{field.size};
  }
  if (end < one.size) structs_ += fmt::format("  uint8_t rest[{}];\n", one.size - end);
  structs_ += "};\n";
}

std::string Writer::file(int fd) const {
  const auto known = files_.find(static_cast<std::uint64_t>(fd));
  if (known != files_.end()) return known->second;
  if (fd == static_cast<int>(Handles::kNeverFd)) return fmt::format("{:#x}", fd);
  throw std::runtime_error("files of the client are not written as C");
}

std::string Writer::value(const Field& field, std::uint64_t number) const {
  if (field.role == Role::file) return file(static_cast<int>(number));
  if (field.role == Role::object) {
    const auto known = objects_.find(number);
    if (known != objects_.end()) return known->second;
  }
  return fmt::format(fmt::runtime(number < 10 ? "{}" : "{:#x}"), number);
}

std::string Writer::bytes(const Bytes& bytes, std::size_t step) {
  const std::string name = fmt::format("bytes{}", variables_.size());
  std::size_t used = bytes.size();
  while (used > 1 && bytes[used - 1] == 0) --used;
  variables_.push_back(
      fmt::format("static uint8_t {}[{}] = {{{}}};  // of call {}", name, std::max<std::size_t>(bytes.size(), 1),
                  fmt::join(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(used), ", "), step));
  return name;
}

std::string Writer::initializer(const Made& made, const Struct& one, std::size_t step) {
  std::string text = ".size = sizeof(call)";
  std::size_t memory = 0;
  for (const Field& field : one.fields) {
    const std::uint64_t number = number_at(made.before, field);
    uses_memory_ |= field.size == 8 && number >= ClientMemory::kFirst && number <= ClientMemory::kLast;
    if (field.name == "size") continue;
    std::string written = value(field, number);
    if (field.role == Role::memory && !made.memory[memory++].empty()) {
      written = "(uintptr_t)" + bytes(made.memory[memory - 1], step);
    }
    if (written != "0") text += fmt::format(", .{} = {}", field.name, written);
  }
  return text;
}

// The numbers that the call gave out.
void Writer::learn(const Made& made, const Struct& one) {
  for (const Field& field : one.fields) {
    if (field.role != Role::new_object && field.role != Role::new_file) continue;
    const std::string name = fmt::format("{}{}", field.says, named_[std::string(field.says)]++);
    variables_.push_back(fmt::format("static uint32_t {};", name));
    (field.role == Role::new_object ? objects_ : files_)[number_at(made.after, field)] = name;
    line(fmt::format("  {} = call.{};", name, field.name));
  }
}

void Writer::check(const std::string& got, long expected, std::size_t step, bool last) {
  line(last ? fmt::format("  judge({}, {});", got, outcome(expected))
            : fmt::format("  expect({}, {}, {});", step, got, outcome(expected)));
}

void Writer::ioctl(const Made& made, std::size_t step, bool last) {
  const Struct& one = struct_of(made);
  declare(one);
  const std::string call = fmt::format("outcome(ioctl({}, {}, &call))", file(made.fd), capitals(one.name));
  const std::string begin = initializer(made, one, step);
  line("{");
  line(wrapped(fmt::format("  struct {} call = {{{}}};", one.name, begin), "        "));
  if (last && text_.failing) {
    line("  const struct " + std::string(one.name) + " before = call;");
    line("  long got;");
    line("  for (int nth = 1;; ++nth) {");
    line("    call = before;");
    line("    fail_allocation(nth);");
    line("    got = " + call + ";");
    line("    if (!allocation_failed()) break;");
    line("  }");
    check("got", made.result, step, false);
  } else {
    check(call, made.result, step, last);
  }
  for (const Field& field : one.fields) {
    if (!last || text_.failing || made.result < 0 || field.role != Role::answer) continue;
    line(fmt::format("  if (!differs) compare(\"{0}\", call.{0}, {1:#x});", field.name, number_at(made.after, field)));
  }
  if (made.result >= 0) learn(made, one);
  line("}");
}

void Writer::call(const Made& made, std::size_t step, bool last) {
  switch (made.what) {
    case Made::What::ioctl:
      ioctl(made, step, last);
      return;
    case Made::What::close:
      check(fmt::format("outcome(close({}))", file(made.fd)), made.result, step, last);
      return;
    case Made::What::read:
      check(fmt::format("outcome(read({}, {}, {}))", file(made.fd), bytes(Bytes(made.bytes), step), made.bytes),
            made.result, step, last);
      return;
    case Made::What::write:
      check(fmt::format("outcome(write({}, {}, {}))", file(made.fd), bytes(made.before, step), made.before.size()),
            made.result, step, last);
      return;
  }
}

std::string Writer::write(const std::vector<Part>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    line(wrapped(fmt::format("// {}. {}", i + 1, parts[i].text), "  // "));
    for (const Made& made : parts[i].made) call(made, i + 1, i + 1 == parts.size());
  }
  std::string program =
      fmt::format(kProgramHead, fmt::arg("source", text_.source), fmt::arg("title", wrapped(text_.title, "// ")),
                  fmt::arg("exit", text_.failing ? kExitOfFailing : kExitOfDiffering));
  program += structs_ + "\n";
  for (const std::string& variable : variables_) program += variable + "\n";
  program += kProgramHelpers;
  program += text_.failing ? kHelpersOfFailing : kHelpersOfDiffering;
  program += kProgramBegin;
  if (uses_memory_) {
    program +=
        fmt::format(kProgramMemory, fmt::arg("first", ClientMemory::kFirst), fmt::arg("size", ClientMemory::kSize));
  }
  program += "\n" + body_;
  program += fmt::format(fmt::runtime(text_.failing ? kProgramEndOfFailing : kProgramEndOfDiffering),
                         fmt::arg("title", quoted(text_.title)));
  return program;
}

}  // namespace

std::string write_program(const ProgramText& text, const std::vector<Part>& parts, int device) {
  return Writer(text, device).write(parts);
}

}  // namespace iolaw::reproduce
