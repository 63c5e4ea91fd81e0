// SPDX-License-Identifier: Apache-2.0
// What the targets make of a suite that is written by hand, so that each line can be read here.
#include <gtest/gtest.h>

#include <cerrno>
#include <stdexcept>

#include "checker/generate/handle_names.hpp"
#include "checker/generate/target.hpp"
#include "small_law.hpp"

namespace iolaw {
namespace {

constexpr const char* kLaw = R"(
enum Mode { OFF, ON }
flags Rights { READ, WRITE }

object Space { mode: Mode }

rule space.open(mode: Mode) -> space: Space
  since linux 6.2
{
  then space = new Space { mode }
}

rule space.use(space: Space, rights: Rights, at: u64) -> first: maybe u64 {
  fails ENOENT          [space] unless space lives
  fails EINVAL or EPERM [empty] since linux 6.17 when rights is empty
  result first = none
}
)";

// space.open, space.use that fails as `branch` says or succeeds, space.use of no object.
Suite suite_of(const Law& law) {
  Case one;
  one.id = "space.use.empty";
  one.goals = {"space.open.ok", "space.use.empty"};
  one.reason = "by hand";
  one.subject = 1;
  one.rule = 1;
  CaseStep open;
  open.call = {0, {{1}}};
  open.results = {Word{0}};
  open.objects = {std::nullopt};
  CaseStep fails;
  fails.call = {1, {{0, 0, 0}, {0}, {~Word{0}}}};
  fails.branch = 1;
  fails.errors = law.rules[1].branches[1].errors;
  CaseStep ok;
  ok.call = {1, {{0, 0, 0}, {3}, {0x1000}}};
  ok.results = {std::nullopt};
  ok.objects = {std::nullopt};
  CaseStep none;
  none.call = {1, {{kNone}, {1}, {0}}};
  none.branch = 0;
  none.errors = {ENOENT};
  one.steps = {open, fails, ok, none};
  Suite suite;
  suite.cases = {one};
  return suite;
}

std::string text_of(const std::vector<GeneratedFile>& files, const std::string& name) {
  for (const GeneratedFile& file : files) {
    if (file.name == name) return file.text;
  }
  return "there is no " + name;
}

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\nis not in\n" << text;
}

TEST(Targets, JsonlNamesHandlesConstantsAndFlags) {
  const Law law = parse_text(kLaw);
  const std::string text = text_of(jsonl_target().write(law, "small.law", suite_of(law)), "cases.jsonl");
  expect_part(text, R"({"format":"iolaw cases","version":2,)");
  expect_part(text, R"("enums":{"Mode":["OFF","ON"]},"flags":{"Rights":["READ","WRITE"]})");
  expect_part(text, R"("space.use":{"probe":false,"parameters":{"space":"Space","rights":"Rights","at":"u64"},)"
                    R"("results":{"first":"maybe u64"}})");
  expect_part(text, R"({"case":"space.use.empty","number":1,"reason":"by hand","since":"6.17",)");
  expect_part(text, R"({"call":"space.open","arguments":{"mode":"ON"},"ok":{"space":"space0"}})");
  expect_part(text,
              R"("arguments":{"space":"space0","rights":[],"at":"0xffffffffffffffff"},"fails":["EINVAL","EPERM"]})");
  expect_part(text, R"("arguments":{"space":"space0","rights":["READ","WRITE"],"at":"0x1000"},"ok":{"first":null}})");
  expect_part(text, R"("arguments":{"space":null,"rights":["READ"],"at":"0x0"},"fails":["ENOENT"]})");
}

TEST(Targets, TapWritesTables) {
  const Law law = parse_text(kLaw);
  const auto files = tap_target().write(law, "small.law", suite_of(law));
  const std::string text = text_of(files, "space_cases.cpp");
  EXPECT_EQ(text.find("// SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0\n"), 0U);
  expect_part(text,
              "constexpr Step k_space_use_empty[] = {\n"
              "    {\"space.open\", {1}, ok({made(0)})},\n"
              "    {\"space.use\", {object(0), 0, kMax}, fails({EINVAL, EPERM})},\n"
              "    {\"space.use\", {object(0), 3, 0x1000}, ok({nothing})},\n"
              "    {\"space.use\", {no_object, 1, 0}, fails({ENOENT})},\n};\n");
  expect_part(text, "{\"space.use.empty\", 1, {6, 17}, k_space_use_empty, std::size(k_space_use_empty)}");
  expect_part(text_of(files, "all_cases.cpp"), "add(kSpaceCases, kSpaceCasesCount);");
}

TEST(Targets, TapRefusesWhatItsTableHasNoRoomFor) {
  std::string parameters = "space: Space, rights: Rights, at: u64";
  for (char name = 'a'; name < 'i'; ++name) parameters += std::string(", ") + name + ": u64";
  std::string text = kLaw;
  text.replace(text.find("space: Space, rights: Rights, at: u64"), 37, parameters);
  const Law law = parse_text(text);
  EXPECT_THROW(tap_target().write(law, "small.law", suite_of(law)), std::runtime_error);
}

TEST(Targets, HaveNamesOfTheirOwn) {
  std::vector<std::string_view> names;
  for (const Target* target : all_targets()) names.push_back(target->name());
  EXPECT_EQ(names, (std::vector<std::string_view>{"gtest", "tap", "jsonl"}));
}

}  // namespace
}  // namespace iolaw
