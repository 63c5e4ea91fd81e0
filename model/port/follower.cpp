// SPDX-License-Identifier: Apache-2.0
#include "model/port/follower.hpp"

#include <algorithm>
#include <exception>

namespace iolaw {

void Follower::reset() {
  objects_.clear();
  living_.clear();
  broken_.reset();
  try {
    port_.reset();
  } catch (const std::exception& error) {
    broken_ = PortAnswer{PortAnswer::Status::broken, 0, {}, error.what()};
  }
}

void Follower::end(const std::uint32_t* names, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    if (names[i] < objects_.size()) objects_[names[i]].lives = false;
    std::erase(living_, names[i]);
  }
}

std::uint64_t Follower::name_of(std::uint64_t handle) const {
  for (const std::uint32_t name : living_) {
    if (objects_[name].handle == handle) return name;
  }
  return kNoHandle;
}

// False: the handle names nothing new.
bool Follower::add(std::uint64_t name, std::uint64_t handle) {
  if (handle == kNoHandle || name_of(handle) != kNoHandle) return false;
  if (name >= objects_.size()) objects_.resize(name + 1);
  objects_[name] = {handle, true};
  living_.push_back(static_cast<std::uint32_t>(name));
  return true;
}

bool Follower::is_foretold(const ToldCall& call, const PortAnswer& answer) {
  if (answer.status != PortAnswer::Status::answered || answer.error != call.error) return false;
  if (call.error != 0) {
    end(call.names + call.ended_before, call.ended - call.ended_before);
    return true;
  }
  if (answer.results.size() != call.results) return false;
  // What just ended may have left its handle to what is new. Nothing may change before all is known to be foretold.
  const auto ends = [&](std::uint64_t name) {
    return std::find(call.names + call.ended_before, call.names + call.ended, name) != call.names + call.ended;
  };
  for (std::uint32_t i = 0; i < call.results; ++i) {
    const std::optional<std::uint64_t>& seen = answer.results[i];
    const std::uint64_t value = call.result[i].value;
    switch (call.result[i].expected) {
      case ToldCall::Expected::nothing:
        if (seen) return false;
        break;
      case ToldCall::Expected::number:
        if (seen != value) return false;
        break;
      case ToldCall::Expected::object:
        if (!seen || value >= objects_.size() || objects_[value].handle != *seen) return false;
        break;
      case ToldCall::Expected::new_object: {
        if (!seen || *seen == kNoHandle) return false;
        const auto earlier = answer.results.begin() + i;
        if (std::find(answer.results.begin(), earlier, seen) != earlier) return false;
        if (std::any_of(living_.begin(), living_.end(),
                        [&](std::uint32_t name) { return objects_[name].handle == *seen && !ends(name); })) {
          return false;
        }
        break;
      }
    }
  }
  end(call.names + call.ended_before, call.ended - call.ended_before);
  for (std::uint32_t i = 0; i < call.results; ++i) {
    if (call.result[i].expected == ToldCall::Expected::new_object) add(call.fresh + i, *answer.results[i]);
  }
  return true;
}

PortAnswer Follower::in_names(const ToldCall& call, PortAnswer answer) {
  for (std::uint32_t i = 0; i < call.results && i < answer.results.size(); ++i) {
    std::optional<std::uint64_t>& result = answer.results[i];
    if ((call.object_results >> i & 1) == 0 || !result) continue;
    const std::uint64_t known = name_of(*result);
    result = known != kNoHandle ? known : add(call.fresh + i, *result) ? call.fresh + i : kNoHandle;
  }
  return answer;
}

std::optional<PortAnswer> Follower::follow(const ToldCall& call) {
  if (call.what == ToldCall::What::reset) {
    reset();
    return std::nullopt;
  }
  if (broken_) return broken_;
  end(call.names, call.ended_before);
  arguments_.assign(call.argument, call.argument + call.arguments);
  for (std::uint32_t i = 0; i < call.arguments; ++i) {
    std::uint64_t& argument = arguments_[i];
    if ((call.objects >> i & 1) == 0 || argument == kNoHandle) continue;
    const std::uint64_t handle = argument < objects_.size() ? objects_[argument].handle : kNoHandle;
    // The old handle of a dead object, unless the port gave it out again.
    argument = (call.gone >> i & 1) != 0 && name_of(handle) != kNoHandle ? kNoHandle : handle;
  }
  PortAnswer answer;
  try {
    answer = port_.call({call.rule, call.length}, arguments_);
  } catch (const std::exception& error) {
    answer = {PortAnswer::Status::broken, 0, {}, error.what()};
  }
  if (call.what == ToldCall::What::call && is_foretold(call, answer)) return std::nullopt;
  return in_names(call, std::move(answer));
}

}  // namespace iolaw
