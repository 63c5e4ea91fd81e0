// SPDX-License-Identifier: Apache-2.0
// The stages of a thorough suite (see GenerateOptions::thorough).
#pragma once

#include "checker/generate/suite.hpp"

namespace iolaw {

Suite generate_thorough_suite(const Model& model, const GenerateOptions& options);

}  // namespace iolaw
