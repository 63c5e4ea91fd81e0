// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "model/diagnostics/codes.hpp"

namespace iolaw {
namespace {

TEST(Codes, EachHasOnePageInOrder) {
  int last = 0;
  for (const CodePage& page : code_pages()) {
    EXPECT_GT(static_cast<int>(page.code), last);
    last = static_cast<int>(page.code);
    EXPECT_FALSE(page.title.empty());
    EXPECT_FALSE(page.text.empty());
    EXPECT_EQ(find_page(page.code), &page);
    EXPECT_EQ(find_page(code_name(last)), &page);
  }
}

TEST(Codes, NoneLacksAPage) {
  std::ifstream in(IOLAW_CODES);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const std::size_t begin = text.find("enum class Code");
  const std::string codes = text.substr(begin, text.find("};", begin) - begin);
  const std::regex code("(\\w+) = (\\d+),");
  std::size_t count = 0;
  for (auto it = std::sregex_iterator(codes.begin(), codes.end(), code); it != std::sregex_iterator(); ++it, ++count) {
    EXPECT_TRUE(find_page(static_cast<Code>(std::stoi((*it)[2])))) << (*it)[1] << " has no page";
  }
  EXPECT_EQ(count, code_pages().size());
}

TEST(Codes, AreFoundByAnyOfTheirNames) {
  const CodePage* page = find_page(Code::unknown_name);
  ASSERT_TRUE(page);
  for (const char* name : {"LAW0020", "law20", "20", "0020"}) EXPECT_EQ(find_page(std::string_view(name)), page);
  for (const char* name : {"", "LAW", "LAW9999", "x", "LAW0020x", "99999999999999999999"}) {
    EXPECT_EQ(find_page(std::string_view(name)), nullptr) << name;
  }
}

TEST(Codes, TheClosestNameIsSuggested) {
  EXPECT_EQ(closest("lenght", {"length", "height", "last"}), "length");
  EXPECT_EQ(closest("EINVALL", {"EIO", "EINVAL"}), "EINVAL");
  EXPECT_EQ(closest("x", {"completely", "different"}), "");
  EXPECT_EQ(closest("length", {"length"}), "");
  EXPECT_EQ(closest(std::string(1000, 'a'), {std::string_view("aa")}), "");
}

TEST(Codes, MessagesAreBounded) {
  const Diagnostic diagnostic = make(Code::unknown_name, {}, "nothing is named " + std::string(100'000, 'x'));
  EXPECT_LT(diagnostic.message.size(), 500U);
}

}  // namespace
}  // namespace iolaw
