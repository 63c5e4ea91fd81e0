// SPDX-License-Identifier: Apache-2.0
// For ports whose implementation can say where another thread may come in between: threads can then be played by one,
// in any order of their steps and as often as wanted.
#pragma once

namespace iolaw {

class Preemption {
 public:
  virtual ~Preemption() = default;
  // The implementation is where another thread may go on. `blocked`: it cannot go on itself before one did.
  virtual void point(bool blocked) noexcept = 0;
};

class Preemptible {
 public:
  virtual ~Preemptible() = default;
  // From now on every such place in calls of this thread is told to `preemption`; null: none any more. False: this port
  // knows of no such places.
  virtual bool preempt_at(Preemption* preemption) = 0;
};

}  // namespace iolaw
