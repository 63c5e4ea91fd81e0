// SPDX-License-Identifier: Apache-2.0
// What CFGI and TLBI commands remove: exactly what they must, and nothing else (Arm IHI 0070, 4.3, 4.4).
#pragma once

#include "hw_reference/smmu/command.hpp"
#include "hw_reference/smmu/translator.hpp"

namespace hw::smmu {

// `command` is a legal CFGI or TLBI.
void invalidate(const Command& command, const Features& features, const StreamTable& table, Translator& translator);

}  // namespace hw::smmu
