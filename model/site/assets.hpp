// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace iolaw::site {

extern const std::string_view kStyle;   // assets/style.css
extern const std::string_view kScript;  // assets/site.js

}  // namespace iolaw::site
