// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/diagnostics/codes.hpp"
#include "model/diagnostics/json.hpp"

namespace iolaw {
namespace {

const std::vector<SourceFile> kFiles = {{"a.law", "object Ioas {}\nconst É: u64 = PGAE\n"}, {"b.law", ""}};

Diagnostic misspelt() {
  Diagnostic diagnostic = make(Code::unknown_name, {0, 31, 35}, "nothing here is named `PGAE`");
  diagnostic.notes.push_back({{0, 7, 11}, "this is something else"});
  diagnostic.suggestion = "PAGE";
  return diagnostic;
}

TEST(Render, ShowsTheLineTheNotesAndTheCorrection) {
  EXPECT_EQ(render(misspelt(), kFiles, false),
            "a.law:2:16: error LAW0020: nothing here is named `PGAE`\n"
            " 2 | const É: u64 = PGAE\n"
            "   |                ^^^^\n"
            "a.law:1:8: note: this is something else\n"
            " 1 | object Ioas {}\n"
            "   |        ^^^^\n"
            " perhaps: const É: u64 = PAGE\n");
}

TEST(Render, ColoursOnlyWhenAsked) {
  EXPECT_EQ(render(misspelt(), kFiles, false).find('\x1b'), std::string::npos);
  EXPECT_NE(render(misspelt(), kFiles, true).find("\x1b[1;31merror LAW0020"), std::string::npos);
}

TEST(Render, AFileWithoutTextIsNamedOnly) {
  EXPECT_EQ(render(make(Code::empty_law, {1, 0, 0}, "this law declares nothing"), kFiles, false),
            "b.law: error LAW0003: this law declares nothing\n");
}

TEST(Render, LongLinesAreCutAroundTheSpan) {
  std::string text(1000, 'a');
  text += "HERE";
  text.append(1000, 'b');
  const std::vector<SourceFile> files = {{"long.law", text}};
  const std::string shown = render(make(Code::unknown_name, {0, 1000, 1004}, "x"), files, false);
  EXPECT_LT(shown.size(), 400U);
  EXPECT_NE(shown.find("aaaHEREbbb"), std::string::npos);
  EXPECT_NE(shown.find("long.law:1:1001"), std::string::npos);
  const std::string all = render(make(Code::unknown_name, {0, 0, 2004}, "x"), files, false);
  EXPECT_LT(all.size(), 600U);
}

TEST(Render, BytesThatAreNoTextAreVisible) {
  const std::vector<SourceFile> files = {{"bad.law", "a\xff\tb\x1b\x80\n"}};
  EXPECT_EQ(render(make(Code::invalid_utf8, {0, 1, 2}, "x"), files, false),
            "bad.law:1:2: error LAW0002: x\n"
            " 1 | a\\xff b\\x1b\\x80\n"
            "   |  ^^^^\n");
}

TEST(Render, SpansEndWithTheirLine) {
  const std::vector<SourceFile> files = {{"two.law", "one\ntwo\n"}};
  EXPECT_EQ(render(make(Code::expected, {0, 2, 6}, "x"), files, false),
            "two.law:1:3: error LAW0010: x\n 1 | one\n   |   ^\n");
  EXPECT_EQ(render(make(Code::expected, {0, 8, 8}, "x"), files, false),
            "two.law:3:1: error LAW0010: x\n 3 | \n   | ^\n");
}

TEST(Json, SaysTheSame) {
  const nlohmann::json json = to_json(misspelt(), kFiles);
  EXPECT_EQ(json["code"], "LAW0020");
  EXPECT_EQ(json["file"], "a.law");
  EXPECT_EQ(json["line"], 2);
  EXPECT_EQ(json["column"], 16);
  EXPECT_EQ(json["end_column"], 20);
  EXPECT_EQ(json["suggestion"], "PAGE");
  EXPECT_EQ(json["notes"][0]["line"], 1);
  const std::vector<SourceFile> files = {{"bad.law", "\xff"}};
  EXPECT_NO_THROW((void)to_json(make(Code::unknown_name, {0, 0, 1}, "`\xff`"), files).dump());
}

}  // namespace
}  // namespace iolaw
