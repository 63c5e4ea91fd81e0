// SPDX-License-Identifier: Apache-2.0
// Tells the models of hardware from the software that drives them.
#pragma once

namespace hw {

// How deep this thread is in a model. Memory that a model allocates is no memory of software's: tests that make
// allocations fail leave it alone.
inline thread_local unsigned inside_hardware = 0;

struct InsideHardware {
  InsideHardware() { ++inside_hardware; }
  ~InsideHardware() { --inside_hardware; }
  InsideHardware(const InsideHardware&) = delete;
  InsideHardware& operator=(const InsideHardware&) = delete;
};

}  // namespace hw
