// SPDX-License-Identifier: Apache-2.0
#include "model/syntax/declarations_def.hpp"

namespace iolaw::syntax {

BOOST_SPIRIT_INSTANTIATE(TypeRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(ParametersRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(DeclarationRule, Iterator, Context)
BOOST_SPIRIT_INSTANTIATE(RestrictionRule, Iterator, Context)

}  // namespace iolaw::syntax
