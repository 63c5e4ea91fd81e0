// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/witness_cache.hpp"

#include <algorithm>
#include <sstream>

#include "checker/prove/guided_search.hpp"

namespace iolaw {

WitnessCache::WitnessCache(const Model& model, Cache& cache, std::string_view searches)
    : model_(model), law_(model.law()), cache_(cache), text_(smt::digest_of(searches)) {
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

// "calls; ioas.map 0 4096 3; access.pin 0 …"
void WitnessCache::add(const std::string& name, const std::vector<Call>& calls) {
  std::string text = "calls";
  for (const Call& call : calls) {
    text += "; " + law_.rules[call.rule].name;
    for (const Word word : call.arguments) text += " " + std::to_string(word);
  }
  cache_.add(key(name, false), text);
  cache_.add(key(name, true), text);
}

std::optional<std::vector<Call>> WitnessCache::find(const std::string& name, const scope::Target& target) const {
  for (const bool anywhere : {false, true}) {
    const auto known = cache_.find(key(name, anywhere));
    auto calls = known ? read(*known) : std::nullopt;
    if (!calls || (calls->empty() && target.tag != scope::Target::Tag::cover)) continue;
    try {
      if (replays(model_, target, *calls)) return calls;
    } catch (const EvaluationError&) {
      continue;  // of a law that changed since
    }
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
  std::istringstream steps(text.substr(std::min(text.find(';'), text.size() - 1) + 1));
  for (std::string step; std::getline(steps, step, ';');) {
    std::istringstream words(step);
    std::string name;
    words >> name;
    const Rule* rule = law_.find_rule(name);
    if (rule == nullptr) return std::nullopt;
    Call call{static_cast<std::uint32_t>(rule - law_.rules.data()), {}};
    for (Word word = 0; words >> word;) call.arguments.push_back(word);
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
