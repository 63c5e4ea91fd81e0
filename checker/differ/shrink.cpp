// SPDX-License-Identifier: Apache-2.0
#include "checker/differ/shrink.hpp"

#include "checker/generate/reductions.hpp"

namespace iolaw {
namespace {

// A Seq is copied by value with its place in the enumeration.
class ReductionSeq {
 public:
  explicit ReductionSeq(Reductions reductions) : reductions_(std::move(reductions)) {}

  rc::Maybe<Sequence> operator()() {
    std::optional<Sequence> candidate = reductions_.next();
    if (!candidate) return rc::Nothing;
    return std::move(*candidate);
  }

 private:
  Reductions reductions_;
};

}  // namespace

rc::Seq<Sequence> smaller(const Law& law, const Simplicity& simplicity, const Sequence& sequence) {
  return rc::makeSeq<ReductionSeq>(Reductions(law, simplicity, sequence));
}

}  // namespace iolaw
