// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/search_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "checker/generate/rule_digest.hpp"

namespace iolaw {
namespace {

// To be raised when the search can find more than it could: what was searched for in vain is searched for again.
constexpr std::uint64_t kSearchVersion = 1;

// The effort of a record; 0 if it is none, or of another subject.
std::uint32_t effort_of(const std::string& record, std::uint64_t subject) {
  std::uint32_t effort = 0;
  const char* const end = record.data() + record.size();
  const auto read = std::from_chars(record.data(), end, effort);
  if (read.ec != std::errc() || std::string_view(read.ptr, end) != fmt::format(":{:016x}", subject)) return 0;
  return effort;
}

}  // namespace

SearchSubject::SearchSubject(const Law& law) : law_(law), digests_(rule_digests(law)), goals_(law.rules.size()) {}

void SearchSubject::add(std::uint32_t rule, const std::string& goal, bool shown) {
  goals_[rule].push_back((shown ? "+" : "-") + goal);
}

void SearchSubject::add_key(const std::string& key) {
  const std::size_t then = key.find(", then ");
  const std::string_view call = std::string_view(key).substr(then == std::string::npos ? 0 : then + 7);
  const std::size_t end = call.find_first_of(",:; ");
  const std::string_view outcome = call.substr(0, end);
  const Rule* rule = law_.find_rule(outcome.substr(0, outcome.rfind('.')));
  (rule == nullptr ? others_ : goals_[static_cast<std::size_t>(rule - law_.rules.data())]).push_back("+" + key);
}

std::uint64_t SearchSubject::subject(std::uint32_t rule) const {
  RuleDigest digest;
  digest.add(kSearchVersion);
  digest.add(digests_[rule]);
  for (const auto* goals : {&goals_[rule], &others_}) {
    std::vector<std::string> sorted = *goals;
    std::sort(sorted.begin(), sorted.end());
    for (const std::string& goal : sorted) digest.add(goal);
  }
  return digest.value();
}

std::vector<bool> SearchSubject::unlike(const SearchRecord& before, std::uint32_t effort) const {
  std::vector<bool> other;
  for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
    const auto found = before.find(law_.rules[rule].name);
    other.push_back(found == before.end() || effort_of(found->second, subject(rule)) < effort);
  }
  return other;
}

SearchRecord SearchSubject::record(const SearchRecord& before, std::uint32_t effort,
                                   const std::vector<bool>& searched) const {
  SearchRecord record;
  for (std::uint32_t rule = 0; rule < law_.rules.size(); ++rule) {
    const std::string& name = law_.rules[rule].name;
    std::uint32_t spent = effort;
    if (const auto found = before.find(name); !searched[rule] && found != before.end()) {
      std::from_chars(found->second.data(), found->second.data() + found->second.size(), spent);
    }
    record[name] = fmt::format("{}:{:016x}", spent, subject(rule));
  }
  return record;
}

}  // namespace iolaw
