// SPDX-License-Identifier: Apache-2.0
// The examples of a page about the language.
//
// A fenced block of kind `law` is a law that is accepted. One of kind `law rejected` gets exactly the diagnostics that
// the quoted lines below it begin with ("> LAW0020 nothing here is named"). One of kind `law prelude` stands before
// every later block of its section, that is, up to the next heading "## …". A line `//// a.law` begins another file of
// the law.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::doc {

struct Example {
  std::size_t line = 0;  // of the opening fence, from 1
  std::string section;   // the last heading, of whatever level
  std::string prelude;   // empty if there is none
  std::string text;      // as it stands on the page
  bool rejected = false;
  std::vector<std::string> diagnostics;  // "LAW0020 nothing here is named"
};

// Throws std::runtime_error where a fence is not closed or is of an unknown kind of law.
std::vector<Example> examples_of(std::string_view page);

// The files of an example; the first is "example.law".
std::vector<SourceFile> files_of(const Example& example);

// The text of all fenced blocks of one kind, such as "ebnf".
std::string blocks_of(std::string_view page, std::string_view kind);

}  // namespace iolaw::doc
