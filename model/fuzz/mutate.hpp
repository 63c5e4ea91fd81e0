// SPDX-License-Identifier: Apache-2.0
// Changes to a text that leave more of it a law than changes of bytes do.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace iolaw::fuzz {

using Random = std::minstd_rand;

// The text with some of its tokens replaced, removed, repeated or exchanged, or with reserved words put in.
std::string mutate_tokens(std::string_view text, Random& random);

// Tokens and whole lines of the second text put into the first.
std::string cross(std::string_view text, std::string_view other, Random& random);

}  // namespace iolaw::fuzz
