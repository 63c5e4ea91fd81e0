// SPDX-License-Identifier: Apache-2.0
// The front end under libFuzzer: any bytes are a text. Run by .ci/check_fuzz.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/fuzz/mutate.hpp"
#include "model/fuzz/properties.hpp"

namespace {

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// What does not fit is cut off.
std::size_t store(std::string_view text, std::uint8_t* data, std::size_t max_size) {
  const std::size_t size = std::min(text.size(), max_size);
  std::copy_n(text.begin(), size, data);
  return size;
}

}  // namespace

extern "C" {

// Short stacks of allocations and a small quarantine: the front end allocates a lot, and most of a run would go there.
const char* __asan_default_options() {
  return "malloc_context_size=1:quarantine_size_mb=1:thread_local_quarantine_size_kb=64:max_malloc_fill_size=0:"
         "intercept_memcmp=0";
}

std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string violation = iolaw::fuzz::find_violation(text_of(data, size));
  if (violation.empty()) return 0;
  std::fprintf(stderr, "law_fuzz: %s\n", violation.c_str());
  std::abort();
}

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  iolaw::fuzz::Random random(seed);
  random.discard(1);
  if (size == 0 || random() % 3 == 0) return LLVMFuzzerMutate(data, size, max_size);
  return store(iolaw::fuzz::mutate_tokens(text_of(data, size), random), data, max_size);
}

std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data, std::size_t size, const std::uint8_t* other,
                                      std::size_t other_size, std::uint8_t* out, std::size_t max_out, unsigned seed) {
  iolaw::fuzz::Random random(seed);
  random.discard(1);
  return store(iolaw::fuzz::cross(text_of(data, size), text_of(other, other_size), random), out, max_out);
}

}  // extern "C"
