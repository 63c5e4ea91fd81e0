// SPDX-License-Identifier: Apache-2.0
// The suite as tables in C++ for the runner of generated_tests/tap_runner, which prints KTAP and needs no library of
// tests.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "checker/generate/folder.hpp"
#include "checker/generate/handle_names.hpp"
#include "checker/generate/source_text.hpp"
#include "checker/generate/target.hpp"

namespace iolaw {
namespace {

// What a line of the runner's table has room for (generated_tests/tap_runner/cases.hpp).
constexpr std::size_t kMostArguments = 10;
constexpr std::size_t kMostResults = 4;
constexpr std::size_t kMostErrors = 4;

std::string tap_number(Word word) {
  if (word == ~Word{0}) return "kMax";
  return word < 10 ? fmt::format("{}", word) : fmt::format("0x{:x}", word);
}

std::string with_underscores(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

// "Access" for "access.pin": the file and the table of a case.
std::string family_of(const Rule& rule) { return rule.name.substr(0, rule.name.find('.')); }

std::string table_name(const std::string& family) {
  std::string name = "k";
  bool start = true;
  for (const char c : family) {
    if (c == '_') {
      start = true;
      continue;
    }
    name += start ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    start = false;
  }
  return name + "Cases";
}

class TapCase {
 public:
  TapCase(const Law& law, const Case& written) : law_(law), case_(written) {
    int next = 0;
    for (const auto& [place, name] : name_handles(law, written)) handles_[place] = next++;
  }

  std::string name() const {
    const std::string base = "k_" + with_underscores(case_.id);
    return case_.number == 1 ? base : fmt::format("{}_{}", base, case_.number);
  }

  // The steps, and what they are about.
  std::string steps() const {
    std::string text = "\n// " + case_.id + "\n";
    const CaseStep& subject = case_.steps[case_.subject];
    if (subject.branch != kSuccess) {
      std::string line = source_text(law_, law_.rules[case_.rule].branches[subject.branch].span);
      std::replace(line.begin(), line.end(), '\n', ' ');
      text += "//   " + line.substr(0, kColumns - 5) + "\n";
    }
    text += fmt::format("constexpr Step {}[] = {{\n", name());
    for (const CaseStep& step : case_.steps) text += line(step);
    return text + "};\n";
  }

  // The line of the table of cases.
  std::string entry() const {
    const std::optional<Version> version = needed_version(law_, case_);
    return fmt::format("    {{\"{}\", {}, {{{}, {}}}, {}, std::size({})}},\n", case_.id, case_.number,
                       version ? version->major : 0, version ? version->minor : 0, name(), name());
  }

 private:
  std::string handle(const Argument& argument) const {
    if (argument.step == Argument::kNoStep) return "no_object";
    return fmt::format("object({})", handles_.at({argument.step, argument.result}));
  }

  std::string line(const CaseStep& step) const {
    const Rule& rule = law_.rules[step.call.rule];
    const std::size_t index = static_cast<std::size_t>(&step - case_.steps.data());
    if (rule.parameters.size() > kMostArguments || rule.results.size() > kMostResults ||
        step.errors.size() > kMostErrors) {
      throw std::runtime_error(rule.name +
                               " has more parameters, results or errnos than generated_tests/tap_runner takes");
    }
    std::string arguments;
    for (std::size_t i = 0; i < rule.parameters.size(); ++i) {
      const Argument& argument = step.call.arguments[i];
      arguments += (i == 0 ? "" : ", ") +
                   (rule.parameters[i].type.tag == TypeTag::reference ? handle(argument) : tap_number(argument.word));
    }
    std::string expected;
    if (step.branch != kSuccess) {
      for (const int error : step.errors) expected += (expected.empty() ? "" : ", ") + errno_text(error);
      expected = "fails({" + expected + "})";
    } else {
      for (std::size_t i = 0; i < step.results.size(); ++i) expected += (i == 0 ? "" : ", ") + result(step, index, i);
      expected = expected.empty() ? "ok()" : "ok({" + expected + "})";
    }
    return fmt::format("    {{\"{}\", {{{}}}, {}}},\n", rule.name, arguments, expected);
  }

  static std::string errno_text(int error) {
    const std::string name = errno_name(error);
    return name.starts_with('E') ? name : std::to_string(error);
  }

  std::string result(const CaseStep& step, std::size_t index, std::size_t i) const {
    if (!step.results[i]) return "nothing";
    if (step.choice(i) != nullptr) return "any_number";
    if (law_.rules[step.call.rule].results[i].type.tag != TypeTag::reference) return tap_number(*step.results[i]);
    if (step.objects[i]) return handle(*step.objects[i]);
    const auto named = handles_.find({static_cast<std::int32_t>(index), static_cast<std::uint32_t>(i)});
    return named == handles_.end() ? "any_object" : fmt::format("made({})", named->second);
  }

  const Law& law_;
  const Case& case_;
  std::map<Place, int> handles_;
};

std::string tap_head(std::string_view law_name, std::string_view what) {
  return fmt::format(
      "// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0\n// {} from {} with --target tap: {}\n"
      "// Do not edit: change the law and generate again.\n",
      kGeneratedMark, law_name, what);
}

class TapTarget final : public Target {
 public:
  std::string_view name() const override { return "tap"; }

  std::vector<GeneratedFile> write(const Law& law, std::string_view law_name, const Suite& suite) const override {
    struct Family {
      std::string steps;
      std::string entries;
    };
    std::map<std::string, Family> families;
    std::vector<std::string> order;
    for (const Case& one : suite.cases) {
      const std::string family = family_of(law.rules[one.rule]);
      if (families.count(family) == 0) order.push_back(family);
      const TapCase writer(law, one);
      families[family].steps += writer.steps();
      families[family].entries += writer.entry();
    }
    std::vector<GeneratedFile> files;
    std::string declarations;
    std::string list;
    for (const std::string& family : order) {
      const std::string table = table_name(family);
      std::string text = tap_head(law_name, "the rules " + family + ".*.");
      text += "#include <cerrno>\n#include <iterator>\n\n#include \"generated_tests/tap_runner/cases.hpp\"\n\n";
      text += "namespace iolaw::tap {\nnamespace {\n" + families[family].steps + "\n}  // namespace\n\n";
      text += fmt::format("extern const Case {}[];\nextern const std::size_t {}Count;\n", table, table);
      text += fmt::format("const Case {}[] = {{\n{}}};\n", table, families[family].entries);
      text += fmt::format("const std::size_t {}Count = std::size({});\n\n}}  // namespace iolaw::tap\n", table, table);
      files.push_back({family + "_cases.cpp", std::move(text)});
      declarations += fmt::format("extern const Case {}[];\nextern const std::size_t {}Count;\n", table, table);
      list += fmt::format("  add({}, {}Count);\n", table, table);
    }
    files.push_back(
        {"all_cases.cpp", tap_head(law_name, "the list of all cases.") +
                              "#include \"generated_tests/tap_runner/cases.hpp\"\n\nnamespace iolaw::tap {\n\n" +
                              declarations + "\nstd::vector<const Case*> all_cases() {\n" +
                              "  std::vector<const Case*> cases;\n" +
                              "  const auto add = [&cases](const Case* first, std::size_t count) {\n" +
                              "    for (std::size_t i = 0; i < count; ++i) cases.push_back(first + i);\n" + "  };\n" +
                              list + "  return cases;\n}\n\n}  // namespace iolaw::tap\n"});
    return files;
  }
};

}  // namespace

const Target& tap_target() {
  static const TapTarget target;
  return target;
}

}  // namespace iolaw
