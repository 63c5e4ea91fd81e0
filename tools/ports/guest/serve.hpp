// SPDX-License-Identifier: Apache-2.0
// The end of the mailbox at which the calls are made.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "model/port/port.hpp"
#include "tools/ports/guest/mailbox.hpp"

namespace iolaw::guest {

struct Service {
  std::function<std::unique_ptr<Port>(std::string_view name)> open;
  std::function<void(std::string_view rule)> before_call;
};

// Does what is asked for, until it is told to end.
void serve(Mailbox& mailbox, const Service& service);

}  // namespace iolaw::guest
