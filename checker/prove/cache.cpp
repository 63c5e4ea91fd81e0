// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/cache.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "model/trace/replace_file.hpp"

namespace iolaw {
namespace {

constexpr const char* kHeader = "iolaw proofs 1";

std::string line_of(const std::string& key, const std::string& payload) {
  const std::string text = key + " " + payload;
  return text + " " + smt::to_text(smt::digest_of(text)).substr(0, 16);
}

std::optional<smt::Digest> digest_from(const std::string& text) {
  if (text.size() != 32 || text.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
  return smt::Digest{std::stoull(text.substr(0, 16), nullptr, 16), std::stoull(text.substr(16), nullptr, 16)};
}

}  // namespace

Cache::Cache(std::string folder) : folder_(std::move(folder)) {
  if (folder_.empty()) return;
  path_ = folder_ + "/answers";
  read();
}

void Cache::read() {
  std::ifstream file(path_);
  std::string line;
  if (!std::getline(file, line) || line != kHeader) return;
  while (std::getline(file, line)) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string::npos || last <= first) continue;
    const std::string payload = line.substr(first + 1, last - first - 1);
    const std::optional<smt::Digest> key = digest_from(line.substr(0, first));
    if (!key || line != line_of(line.substr(0, first), payload)) continue;
    entries_.try_emplace(*key, Entry{payload, ++clock_});
  }
}

std::optional<std::string> Cache::find(smt::Digest key) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found == entries_.end()) return std::nullopt;
  found->second.used = ++clock_;
  ++hits_;
  return found->second.payload;
}

void Cache::add(smt::Digest key, std::string payload) {
  if (folder_.empty() || payload.size() > kLongestPayload || payload.find('\n') != std::string::npos) return;
  const std::lock_guard lock(mutex_);
  entries_[key] = Entry{std::move(payload), ++clock_};
  changed_ = true;
}

void Cache::save() {
  const std::lock_guard lock(mutex_);
  if (folder_.empty() || !changed_ || warning_) return;
  changed_ = false;
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  read();  // what others added; ours stays
  std::vector<std::pair<std::uint64_t, const std::pair<const smt::Digest, Entry>*>> order;
  for (const auto& entry : entries_) order.emplace_back(entry.second.used, &entry);
  std::sort(order.begin(), order.end());
  const std::size_t drop = order.size() > kMostEntries ? order.size() - kMostEntries : 0;
  std::string text = std::string(kHeader) + "\n";
  for (std::size_t i = drop; i < order.size(); ++i) {
    text += line_of(smt::to_text(order[i].second->first), order[i].second->second.payload) + "\n";
  }
  if (const auto why = replace_file(path_, text)) warning_ = "cannot write " + path_ + ": " + *why;
}

std::optional<std::string> Cache::warning() const {
  const std::lock_guard lock(mutex_);
  return warning_;
}

std::string default_cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return std::string(cache) + "/iolaw/prove";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
    return std::string(home) + "/.cache/iolaw/prove";
  return {};
}

}  // namespace iolaw
