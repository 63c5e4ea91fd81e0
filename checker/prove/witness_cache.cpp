// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/witness_cache.hpp"

#include <charconv>
#include <sstream>
#include <string_view>

#include "checker/prove/guided_search.hpp"

namespace iolaw {
namespace {

// "none", "17", "0x1000"
std::optional<Word> word_from(std::string_view text) {
  if (text == "none") return kNone;
  const bool is_hex = text.starts_with("0x");
  if (is_hex) text.remove_prefix(2);
  Word word = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), word, is_hex ? 16 : 10);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
  return word;
}

}  // namespace

WitnessCache::WitnessCache(const Model& model, const KeptWitnesses& kept, Cache& cache, std::string_view searches)
    : model_(model), law_(model.law()), kept_(kept), cache_(cache), text_(smt::digest_of(searches)) {
  for (const SourceFile& file : law_.files) text_ = smt::mix(text_, smt::digest_of(file.text));
  view_ = smt::digest_of(law_.profile ? law_.profiles[*law_.profile].name : std::string());
  if (law_.version) {
    const std::string version = std::to_string(law_.version->major) + "." + std::to_string(law_.version->minor);
    view_ = smt::mix(view_, smt::digest_of(version));
  }
}

smt::Digest WitnessCache::key(const std::string& name, bool anywhere) const {
  const std::string path = law_.files.empty() || anywhere ? std::string() : law_.files[0].path;
  return smt::mix(view_, smt::digest_of("witness " + path + " " + name));
}

void WitnessCache::add(const std::string& name, const std::vector<Call>& calls) {
  const std::string text = text_of_calls(law_, calls);
  cache_.add(key(name, false), text);
  cache_.add(key(name, true), text);
}

std::optional<WitnessCache::Found> WitnessCache::find(const std::string& name, const scope::Target& target) const {
  if (const auto known = kept_.find(name); known != kept_.end()) {
    if (auto found = replayed(known->second, target, false)) return found;
  }
  for (const bool anywhere : {false, true}) {
    const auto known = cache_.find(key(name, anywhere));
    if (!known) continue;
    if (auto found = replayed(*known, target, true)) return found;
  }
  return std::nullopt;
}

std::optional<WitnessCache::Found> WitnessCache::replayed(const std::string& text, const scope::Target& target,
                                                          bool cached) const {
  auto calls = read(text);
  if (!calls || (calls->empty() && target.tag != scope::Target::Tag::cover)) return std::nullopt;
  try {
    if (replays(model_, target, *calls)) return Found{std::move(*calls), cached};
  } catch (const EvaluationError&) {
    // of a law that changed since
  }
  return std::nullopt;
}

void WitnessCache::add_failure(const std::string& name, const std::string& note) {
  cache_.add(smt::mix(key(name, false), text_), note);
}

std::optional<std::string> WitnessCache::find_failure(const std::string& name) const {
  return cache_.find(smt::mix(key(name, false), text_));
}

std::optional<std::vector<Call>> WitnessCache::read(const std::string& text) const {
  std::vector<Call> calls;
  std::istringstream steps(text);
  for (std::string step; std::getline(steps, step, ';');) {
    std::istringstream words(step);
    std::string name;
    words >> name;
    const Rule* rule = law_.find_rule(name);
    if (rule == nullptr) return std::nullopt;
    Call call{static_cast<std::uint32_t>(rule - law_.rules.data()), {}};
    for (std::string argument; words >> argument;) {
      const std::optional<Word> word = word_from(argument);
      if (!word) return std::nullopt;
      call.arguments.push_back(*word);
    }
    if (!fits(*rule, call)) return std::nullopt;
    calls.push_back(std::move(call));
  }
  return calls;
}

// The call is one that the rule takes: the law may have changed since it was kept.
bool WitnessCache::fits(const Rule& rule, const Call& call) const {
  if (rule.probe || call.arguments.size() != rule.parameters.size()) return false;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Type& type = rule.parameters[i].type;
    const Word word = call.arguments[i];
    if (type.tag == TypeTag::boolean && word > 1) return false;
    if (type.tag == TypeTag::enumeration && word >= law_.enums[type.id].constants.size()) return false;
    if (type.tag == TypeTag::flags && word >> law_.flag_sets[type.id].constants.size() != 0) return false;
    if (type.tag == TypeTag::pow2 && (word == 0 || (word & (word - 1)) != 0)) return false;
  }
  return true;
}

}  // namespace iolaw
