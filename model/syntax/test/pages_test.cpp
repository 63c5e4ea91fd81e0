// SPDX-License-Identifier: Apache-2.0
// The examples of `iolaw explain` are laws: the wrong one gets its code, the right one none.
#include <gtest/gtest.h>

#include "model/diagnostics/codes.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

TEST(Pages, ExamplesSayWhatTheyShow) {
  for (const CodePage& page : code_pages()) {
    SCOPED_TRACE(code_name(static_cast<int>(page.code)));
    EXPECT_EQ(page.wrong.empty(), page.right.empty());
    if (page.wrong.empty()) continue;
    const Parsed wrong = parse_law_texts({{"wrong.law", std::string(page.wrong)}});
    ASSERT_EQ(wrong.diagnostics.size(), 1U);
    EXPECT_EQ(wrong.diagnostics.front().code, static_cast<int>(page.code)) << wrong.diagnostics.front().message;
    const Parsed right = parse_law_texts({{"right.law", std::string(page.right)}});
    for (const Diagnostic& diagnostic : right.diagnostics) ADD_FAILURE() << render(diagnostic, right.files, false);
    EXPECT_TRUE(right.law);
  }
}

}  // namespace
}  // namespace iolaw
