// SPDX-License-Identifier: Apache-2.0
// The suite as GoogleTest cases in C++, against the harness of generated_tests/.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "checker/generate/folder.hpp"
#include "checker/generate/handle_names.hpp"
#include "checker/generate/source_text.hpp"
#include "checker/generate/target.hpp"

namespace iolaw {
namespace {

std::string camel(std::string_view name) {
  std::string result;
  bool start = true;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) {
      start = true;
      continue;
    }
    result += start ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    start = false;
  }
  return result;
}

std::string error_text(int error) {
  const std::string name = errno_name(error);
  return name.starts_with('E') ? name : std::to_string(error);
}

std::string gtest_number(Word word) {
  if (word == ~Word{0}) return "MAX";
  return word < 10 ? fmt::format("{}", word) : fmt::format("0x{:x}", word);
}

std::string gtest_value(const Law& law, const Type& type, Word word) {
  switch (type.tag) {
    case TypeTag::boolean:
      return word != 0 ? "true" : "false";
    case TypeTag::enumeration: {
      const Enumeration& enumeration = law.enums[type.id];
      return fmt::format("{}::{}", enumeration.name, enumeration.constants.at(word));
    }
    case TypeTag::flags: {
      const Enumeration& set = law.flag_sets[type.id];
      std::string text;
      for (std::size_t i = 0; i < set.constants.size(); ++i) {
        if ((word >> i & 1) != 0)
          text += fmt::format("{}{}::{}", text.empty() ? "" : " | ", set.name, set.constants[i]);
      }
      return text.empty() ? "0" : text;
    }
    default:
      return gtest_number(word);
  }
}

// Any number that the implementation may choose: "among(0x1000, {{0x100_0000, 0x7fff_ffff}})".
std::string among(const Permitted& permitted) {
  std::string ranges;
  for (const auto& [first, last] : permitted.ranges) {
    ranges += fmt::format("{}{{{}, {}}}", ranges.empty() ? "" : ", ", gtest_number(first), gtest_number(last));
  }
  return ranges.empty() ? "any_number" : fmt::format("among({}, {{{}}})", gtest_number(permitted.unit), ranges);
}

// `head`, then the items separated by commas, then `tail`; lines go on below the first item.
std::string wrapped(const std::string& head, const std::vector<std::string>& items, const std::string& tail) {
  std::string text = head;
  std::size_t column = head.size();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool last = i + 1 == items.size();
    const std::size_t width = items[i].size() + (last ? tail.size() : 1);
    if (i > 0 && column + 1 + width > kColumns) {
      text += '\n' + std::string(head.size(), ' ');
      column = head.size();
    } else if (i > 0) {
      text += ' ';
      ++column;
    }
    text += items[i] + (last ? "" : ",");
    column += items[i].size() + 1;
  }
  return text + tail + '\n';
}

// Each line of the text behind the prefix, broken at spaces where it is too long.
std::string comment(std::string_view text, std::string_view prefix) {
  std::string result;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    if (const std::size_t room = kColumns - prefix.size(); end > room) {
      const std::size_t space = text.substr(0, room + 1).rfind(' ');
      if (space != std::string_view::npos && space > 0) end = space;
    }
    result += fmt::format("{}{}\n", prefix, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

class GtestCase {
 public:
  GtestCase(const Law& law, const Case& written) : law_(law), case_(written), handles_(name_handles(law, written)) {}

  std::string text() const {
    const Rule& rule = law_.rules[case_.rule];
    const CaseStep& subject = case_.steps[case_.subject];
    // A reason that begins with the ID stands for it.
    const bool named = case_.reason.starts_with(case_.id + ":");
    std::string text = comment(named ? case_.reason : case_.id, "// ");
    if (subject.branch != kSuccess) {
      const Branch& branch = rule.branches[subject.branch];
      text += comment(branch.doc, "// ");
      text += comment(source_text(law_, branch.span), "//   ");
    }
    if (!named) text += comment(case_.reason, "// ");
    const std::string tag = case_.id.substr(rule.name.size() + 1);
    const std::string test = case_.number == 1 ? tag : fmt::format("{}_{}", tag, case_.number);
    text += fmt::format("TEST({}, {}) {{\n  TestRun run(\"{}\");\n", camel(rule.name), test, case_.id);
    // The probes at the end, when the calls are over.
    std::size_t probes = case_.closing;
    while (probes > case_.subject + 1 && law_.rules[case_.steps[probes - 1].call.rule].probe) --probes;
    for (std::size_t i = 0; i < case_.steps.size(); ++i) {
      if (i == probes && i < case_.closing) text += "  // What the law's probes tell then.\n";
      if (i == case_.closing) text += "  // Everything can go.\n";
      text += step(i);
    }
    return text + "}\n";
  }

 private:
  std::string handle(const Argument& argument) const {
    return argument.step == Argument::kNoStep ? "no_object" : handles_.at({argument.step, argument.result});
  }

  std::vector<std::string> arguments(const CaseStep& step) const {
    const std::vector<Parameter>& parameters = law_.rules[step.call.rule].parameters;
    std::size_t objects = 0;
    for (const Parameter& parameter : parameters) objects += parameter.type.tag == TypeTag::reference ? 1 : 0;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Type& type = parameters[i].type;
      const Argument& argument = step.call.arguments[i];
      const bool object = type.tag == TypeTag::reference;
      const std::string text = object ? handle(argument) : gtest_value(law_, type, argument.word);
      // Flags and enums name themselves; so does a single object.
      const bool named = type.is_integer() || type.tag == TypeTag::boolean || (object && objects > 1) || text == "0";
      texts.push_back(named ? fmt::format("/*{}=*/{}", parameters[i].name, text) : text);
    }
    return texts;
  }

  // What follows the arguments: what the law expects.
  std::string expected(const CaseStep& step) const {
    if (step.branch != kSuccess) {
      std::string errors;
      for (const int error : step.errors) errors += (errors.empty() ? "" : ", ") + error_text(error);
      return step.errors.size() == 1 ? errors : "{" + errors + "}";
    }
    const std::vector<Result>& results = law_.rules[step.call.rule].results;
    std::string words;
    bool tells = false;
    for (std::size_t i = 0; i < step.results.size(); ++i) {
      const bool object = results[i].type.tag == TypeTag::reference;
      std::string text = "object";
      if (!step.results[i]) {
        text = "nothing";
      } else if (const Permitted* choice = step.choice(i)) {
        text = among(*choice);
      } else if (!object) {
        text = gtest_value(law_, results[i].type, *step.results[i]);
      } else if (step.objects[i]) {
        text = handle(*step.objects[i]);
      }
      tells = tells || text != "object";
      words += (i == 0 ? "" : ", ") + text;
    }
    return tells ? "{" + words + "}" : "";
  }

  std::string step(std::size_t index) const {
    const CaseStep& made = case_.steps[index];
    const Rule& rule = law_.rules[made.call.rule];
    std::vector<std::pair<std::uint32_t, std::string>> named;
    for (const auto& [place, name] : handles_) {
      if (place.first == static_cast<std::int32_t>(index)) named.emplace_back(place.second, name);
    }
    std::string head = "  ";
    std::string tail = ");";
    if (named.size() == 1) {
      head += fmt::format("const Word {} = ", named[0].second);
      tail = fmt::format(").handle({});", named[0].first);
    } else if (named.size() > 1) {
      head += fmt::format("const Results results{} = ", index);
    }
    head += fmt::format("run.{}(\"{}\", {{", made.branch == kSuccess ? "ok" : "fails", rule.name);
    const std::string expectation = expected(made);
    std::string text =
        wrapped(head, arguments(made), expectation.empty() ? "}" + tail : fmt::format("}}, {}{}", expectation, tail));
    if (named.size() > 1) {
      for (const auto& [result, name] : named) {
        text += fmt::format("  const Word {} = results{}.handle({});\n", name, index, result);
      }
    }
    return text;
  }

  const Law& law_;
  const Case& case_;
  std::map<Place, std::string> handles_;
};

std::string gtest_head(std::string_view law_name, std::string_view what) {
  return fmt::format(
      "// SPDX-License-Identifier: Apache-2.0\n// {} from {} with --target gtest: {}\n// Do not edit: change the law "
      "and "
      "generate again.\n",
      kGeneratedMark, law_name, what);
}

std::string constants(const Law& law, std::string_view law_name) {
  std::string text = gtest_head(law_name, "the law's names of numbers.");
  text += "#pragma once\n\n#include \"generated_tests/harness/run.hpp\"\n\nnamespace iolaw::suite {\n\n";
  text += "inline constexpr Word MAX = ~Word{0};\n";
  const auto list = [&](const Enumeration& enumeration, bool flags) {
    text += fmt::format("\n{}namespace {} {{\n", comment(enumeration.doc, "// "), enumeration.name);
    for (std::size_t i = 0; i < enumeration.constants.size(); ++i) {
      text += fmt::format("inline constexpr Word {} = {};\n", enumeration.constants[i], flags ? Word{1} << i : Word{i});
    }
    text += fmt::format("}}  // namespace {}\n", enumeration.name);
  };
  for (const Enumeration& enumeration : law.enums) list(enumeration, false);
  for (const Enumeration& set : law.flag_sets) list(set, true);
  return text + "\n}  // namespace iolaw::suite\n";
}

class GtestTarget final : public Target {
 public:
  std::string_view name() const override { return "gtest"; }

  std::vector<GeneratedFile> write(const Law& law, std::string_view law_name, const Suite& suite) const override {
    std::vector<GeneratedFile> files{{"constants.hpp", constants(law, law_name)}};
    std::map<std::uint32_t, std::string> bodies;  // per rule
    for (const Case& one : suite.cases) {
      bodies[one.rule] += '\n' + GtestCase(law, one).text();
    }
    for (const auto& [index, body] : bodies) {
      const Rule& rule = law.rules[index];
      std::string text = gtest_head(law_name, "the rule " + rule.name + ".");
      text += comment(rule.doc, "// ");
      text += "#include <gtest/gtest.h>\n\n#include <cerrno>\n\n#include \"constants.hpp\"\n";
      text += "#include \"generated_tests/harness/run.hpp\"\n\nnamespace iolaw::suite {\n";
      text += body + "\n}  // namespace iolaw::suite\n";
      std::string name = small_letters(rule.name);
      std::replace(name.begin(), name.end(), '.', '_');
      files.push_back({name + "_test.cpp", std::move(text)});
    }
    return files;
  }
};

}  // namespace

const Target& gtest_target() {
  static const GtestTarget target;
  return target;
}

std::vector<const Target*> all_targets() { return {&gtest_target(), &tap_target(), &jsonl_target()}; }

}  // namespace iolaw
