// SPDX-License-Identifier: Apache-2.0
#include "checker/prove/witness_cache.hpp"

#include "checker/prove/replays.hpp"

namespace iolaw {

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
  auto calls = calls_from_text(law_, text);
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

}  // namespace iolaw
