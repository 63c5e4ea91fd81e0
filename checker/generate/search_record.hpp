// SPDX-License-Identifier: Apache-2.0
// What a search was about, kept with what it found: one that would find nothing new is not made again. For each rule:
// the law as that rule reads it, and every goal of it with whether a case shows it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw {

// By rule: how long was searched (GenerateOptions::effort) and for what, "1:0123456789abcdef".
using SearchRecord = std::map<std::string, std::string>;

// Goals of each rule, shown or not, in an order that does not depend on how they were found.
class SearchSubject {
 public:
  explicit SearchSubject(const Law& law);

  void add(std::uint32_t rule, const std::string& goal, bool shown);
  // A goal that is known only because a case shows it: "access.unpin.ok, but one Pin stays; memory.pins tells". Of the
  // rule whose call it names.
  void add_key(const std::string& key);

  // By rule; which rules `before` does not record, or with another subject or less effort, is to be searched for.
  std::vector<bool> unlike(const SearchRecord& before, std::uint32_t effort) const;
  // Of those that were searched now the effort is `effort`, of others as it was.
  SearchRecord record(const SearchRecord& before, std::uint32_t effort, const std::vector<bool>& searched) const;

 private:
  std::uint64_t subject(std::uint32_t rule) const;

  const Law& law_;
  std::vector<std::uint64_t> digests_;
  std::vector<std::vector<std::string>> goals_;  // per rule
  std::vector<std::string> others_;              // of no rule, or of all
};

}  // namespace iolaw
