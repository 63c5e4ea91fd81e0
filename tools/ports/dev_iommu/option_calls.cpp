// SPDX-License-Identifier: Apache-2.0
// Options: spec/iommufd/options.law.
#include <array>

#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw::dev_iommu {
namespace {

constexpr std::uint32_t kUnknownOption = 9;
constexpr std::uint16_t kUnknownOperation = 9;

PortAnswer set_rlimit_mode(Kernel& kernel, Arguments a) {
  Option command;
  command.option_id = a[2] != 0 ? kOptionRlimitMode : kUnknownOption;
  command.val64 = a[0];
  command.object_id = a[1] != 0 ? 1 : 0;
  command.reserved = a[3] != 0 ? 1 : 0;
  return done(kernel.request(kOption, &command));
}

PortAnswer rlimit_mode(Kernel& kernel, Arguments) {
  Option command;
  command.option_id = kOptionRlimitMode;
  command.op = kOptionGet;
  const int error = kernel.request(kOption, &command);
  return error != 0 ? failure(error) : success(command.val64);
}

PortAnswer set_large_pages(Kernel& kernel, Arguments a) {
  Option command;
  command.option_id = kOptionHugePages;
  command.object_id = kernel.handles.id(a[0]);
  command.val64 = a[1];
  command.op = a[2] != 0 ? kOptionSet : kUnknownOperation;
  command.reserved = a[3] != 0 ? 1 : 0;
  return done(kernel.request(kOption, &command));
}

PortAnswer large_pages(Kernel& kernel, Arguments a) {
  Option command;
  command.option_id = kOptionHugePages;
  command.op = kOptionGet;
  command.object_id = kernel.handles.id(a[0]);
  const int error = kernel.request(kOption, &command);
  return error != 0 ? failure(error) : success(command.val64);
}

PortAnswer change_process(Kernel& kernel, Arguments a) {
  IoasChangeProcess command;
  command.reserved = a[0] != 0 ? 1 : 0;
  return done(kernel.request(kIoasChangeProcess, &command));
}

constexpr auto kOptionCalls = std::to_array<Call>({
    {"option.set_rlimit_mode", 4, set_rlimit_mode},
    {"option.rlimit_mode", 0, rlimit_mode},
    {"option.set_large_pages", 4, set_large_pages},
    {"option.large_pages", 1, large_pages},
    {"ioas.change_process", 1, change_process},
});

}  // namespace

std::span<const Call> option_calls() { return kOptionCalls; }

}  // namespace iolaw::dev_iommu
