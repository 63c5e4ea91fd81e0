// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu_port.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "tools/ports/dev_iommu/fault_injection.hpp"
#include "tools/ports/dev_iommu/kernel.hpp"

namespace iolaw {
namespace {

using namespace dev_iommu;

class DevIommuPort final : public Port {
 public:
  DevIommuPort(std::string name, std::unique_ptr<SystemCalls> system, std::string device, bool alone)
      : name_(std::move(name)), kernel_(std::move(system), std::move(device), alone) {
    for (const auto& calls :
         {ioas_calls(), range_calls(), file_calls(), option_calls(), access_calls(), device_calls(), hwpt_calls(),
          fault_calls(), viommu_calls(), veventq_calls(), envelope_calls(), vfio_calls()}) {
      calls_.insert(calls_.end(), calls.begin(), calls.end());
    }
    std::sort(calls_.begin(), calls_.end(), [](const Call& x, const Call& y) { return x.rule < y.rule; });
    expect_test_driver();
  }

  std::string_view name() const override { return name_; }
  void reset() override;
  PortAnswer call(std::string_view rule, Arguments arguments) override;

 private:
  void expect_test_driver();

  const std::string name_;
  Kernel kernel_;
  std::vector<Call> calls_;  // sorted by rule
  std::string broken_;       // why the kernel cannot be trusted any more; empty: it can
};

void DevIommuPort::expect_test_driver() {
  const int error = kernel_.check_refs(ClientMemory::kFirst, ClientMemory::kSize, 0);
  if (error == ENOTTY)
    throw std::runtime_error(kernel_.path() + ": the kernel has no test driver (CONFIG_IOMMUFD_TEST)");
  if (error != 0)
    throw std::runtime_error(kernel_.path() + ": the client memory cannot be checked: " + std::strerror(error));
  // The test driver agrees to any count for a page that is part of a larger one.
  for (std::uint64_t page = ClientMemory::kFirst; page < ClientMemory::kLast; page += ClientMemory::kPageSize) {
    if (kernel_.check_refs(page, ClientMemory::kPageSize, 1) != EIO) {
      throw std::runtime_error(
          "the client memory lies in huge pages: the kernel cannot tell how often they are pinned");
    }
  }
}

void DevIommuPort::reset() {
  kernel_.reopen();
  broken_.clear();
  if (kernel_.check_refs(ClientMemory::kFirst, ClientMemory::kSize, 0) != 0) {
    broken_ = "the kernel still pins client memory after everything was closed";
  }
}

PortAnswer DevIommuPort::call(std::string_view rule, Arguments arguments) {
  if (!broken_.empty()) return broken(broken_);
  const auto entry = std::lower_bound(calls_.begin(), calls_.end(), rule,
                                      [](const Call& call, std::string_view name) { return call.rule < name; });
  if (entry != calls_.end() && entry->rule == rule && entry->arguments == arguments.size()) {
    return entry->make(kernel_, arguments);
  }
  return unsupported("no ioctl for " + std::string(rule) + " with " + std::to_string(arguments.size()) + " arguments");
}

}  // namespace

std::unique_ptr<Port> make_dev_iommu_port(const std::string& device) {
  return std::make_unique<DevIommuPort>("dev_iommu", linux_system_calls(), device, /*alone=*/true);
}

std::unique_ptr<Port> make_dev_iommu_faults_port(const std::string& device) {
  return std::make_unique<DevIommuPort>("dev_iommu:faults", faulting_system_calls(linux_system_calls()), device,
                                        /*alone=*/true);
}

std::unique_ptr<Port> make_port_on(std::string name, std::unique_ptr<SystemCalls> system, const std::string& device) {
  return std::make_unique<DevIommuPort>(std::move(name), std::move(system), device, /*alone=*/false);
}

}  // namespace iolaw
