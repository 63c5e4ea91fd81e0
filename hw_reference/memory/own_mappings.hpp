// SPDX-License-Identifier: Apache-2.0
// What this process has mapped.
#pragma once

#include <cstdint>
#include <optional>

#include "hw_reference/memory/own_file.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

struct MappedPage {
  OwnFile::Identity file;
  std::uint64_t number;  // page of the file
};

// The page of a file that is behind an address, none if it is no shared mapping of a file. Reads the host's list of
// mappings, which takes some ten microseconds. Throws std::bad_alloc.
std::optional<MappedPage> file_page_at(std::uint64_t address);

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
