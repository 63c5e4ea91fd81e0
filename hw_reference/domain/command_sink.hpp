// SPDX-License-Identifier: Apache-2.0
// Where the driver sends commands.
#pragma once

#include <span>

#include "hw_reference/smmu/command.hpp"

namespace hw::domain {

enum class SendResult : std::uint8_t {
  done,
  illegal,    // a command was refused; it was skipped, the others are done
  timed_out,  // an endpoint did not answer an ATC_INV; everything else is done
  failed,     // the queue does not answer
};

class CommandSink {
 public:
  virtual ~CommandSink() = default;

  // Whether commands of this kind may be sent here.
  virtual bool takes(smmu::Opcode opcode) const = 0;

  // Sends commands and a CMD_SYNC, and returns when that has completed. From any thread.
  virtual SendResult send(std::span<const smmu::Command> commands) = 0;
};

}  // namespace hw::domain
