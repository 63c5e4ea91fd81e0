// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/recents.hpp"

#include <map>
#include <string>

namespace iolaw {
namespace {

// Numbers kept per topic; then one of them is overwritten.
constexpr std::size_t kMost = 6;

}  // namespace

Recents::Recents(const Law& law) {
  std::map<std::string, std::uint32_t> names;
  for (const Rule& rule : law.rules) {
    std::vector<std::uint32_t>& topics = topics_.emplace_back();
    for (const Parameter& parameter : rule.parameters) {
      const std::string word = parameter.name.substr(parameter.name.rfind('_') + 1);
      const auto next = static_cast<std::uint32_t>(names.size());
      topics.push_back(parameter.type.tag == TypeTag::u64 ? names.emplace(word, next).first->second : kNoTopic);
    }
  }
  words_.resize(names.size());
}

void Recents::clear() {
  for (std::vector<Word>& words : words_) words.clear();
}

void Recents::remember(const Call& call) {
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const std::uint32_t topic = topics_[call.rule][i];
    if (topic == kNoTopic) continue;
    std::vector<Word>& words = words_[topic];
    const Word word = call.arguments[i];
    if (words.size() < kMost) {
      words.push_back(word);
    } else {
      words[(word ^ word >> 12 ^ i) % kMost] = word;
    }
  }
}

void Recents::reuse(Call& call, QuickRandom& random) const {
  if (random() % 2 == 0) return;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const std::uint32_t topic = topics_[call.rule][i];
    if (topic == kNoTopic || words_[topic].empty() || random() % 2 == 0) continue;
    call.arguments[i] = words_[topic][random.below(words_[topic].size())];
  }
}

}  // namespace iolaw
