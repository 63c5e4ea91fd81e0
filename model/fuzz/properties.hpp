// SPDX-License-Identifier: Apache-2.0
// What must hold of the front end for every text, whatever is in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::fuzz {

// The files that a text stands for: a line `//// a.law` begins the next file. The first is "fuzz.law".
std::vector<SourceFile> split(std::string_view text);

// Reads the text as a law, in every view, and formats it. Empty if all holds, otherwise the sentence that does not:
//  - there is a law, or there is a diagnostic;
//  - a diagnostic has a page, a sentence and places inside the text, and can be shown, as text and as JSON;
//  - formatting keeps every token and comment, and formatting again changes nothing;
//  - the formatted text of a law is a law of the same meaning;
//  - a law can be looked up: every page of it can be made.
std::string find_violation(std::string_view text);

}  // namespace iolaw::fuzz
