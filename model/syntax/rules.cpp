// SPDX-License-Identifier: Apache-2.0
#include "model/syntax/rules_def.hpp"

namespace iolaw::syntax {

BOOST_SPIRIT_INSTANTIATE(RuleRule, Iterator, Context)

}  // namespace iolaw::syntax
