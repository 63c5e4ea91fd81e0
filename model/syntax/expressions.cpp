// SPDX-License-Identifier: Apache-2.0
#include "model/syntax/expressions_def.hpp"

namespace iolaw::syntax {

BOOST_SPIRIT_INSTANTIATE(ExpressionRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(RangeRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(TargetRule, Iterator, Context)

}  // namespace iolaw::syntax
