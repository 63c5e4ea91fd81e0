// SPDX-License-Identifier: Apache-2.0
// Words of any type but references, as the files of cases and seeds have them: numbers are strings of hexadecimal
// digits, since many readers of JSON cannot keep 64 bits; constants have their names.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model/law/law.hpp"

namespace iolaw {

nlohmann::ordered_json word_to_json(const Law& law, const Type& type, Word word);

// Throws CaseFileError, or what the library throws, if it is none.
Word word_from_json(const Law& law, const Type& type, const nlohmann::json& in);
Word number_from_json(const nlohmann::json& in);

}  // namespace iolaw
