// SPDX-License-Identifier: Apache-2.0
// A port that is wrong on purpose.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "checker/differ/test/fixture.hpp"
#include "model/port/port.hpp"
#include "tools/ports/model_port.hpp"

namespace iolaw {

enum class Lie { none, error, result, death, refusal };

// The model, but the third ioas.map since the last reset is answered falsely.
class LyingPort : public Port {
 public:
  explicit LyingPort(Lie lie) : truth_(law_here()), lie_(lie) {}

  std::string_view name() const override { return "liar"; }
  void reset() override {
    truth_.reset();
    maps_ = 0;
  }
  PortAnswer call(std::string_view rule, std::span<const std::uint64_t> arguments) override {
    PortAnswer answer = truth_.call(rule, arguments);
    if (lie_ == Lie::result && rule == "ioas.unmap" && answer.error == 0 && *answer.results[0] > 1) {
      answer.results[0] = *answer.results[0] - 1;
    }
    if (rule != "ioas.map" || ++maps_ != 3) return answer;
    switch (lie_) {
      case Lie::none:
        break;
      case Lie::error:
        answer.error = answer.error == 0 ? 5 : 0;
        break;
      case Lie::result:
        break;
      case Lie::death:
        answer = {PortAnswer::Status::broken, 0, {}, "it died"};
        break;
      case Lie::refusal:
        answer = {PortAnswer::Status::unsupported, 0, {}, "not today"};
        break;
    }
    return answer;
  }

 private:
  ModelPort truth_;
  Lie lie_;
  int maps_ = 0;
};

}  // namespace iolaw
