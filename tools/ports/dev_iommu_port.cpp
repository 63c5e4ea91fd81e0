// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu_port.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "tools/ports/dev_iommu/fault_injection.hpp"
#include "tools/ports/dev_iommu/kernel.hpp"
#include "tools/ports/dev_iommu/narrow_arguments.hpp"
#include "tools/ports/registry.hpp"

namespace iolaw {
namespace {

using namespace dev_iommu;

// What the client keeps to itself, which it has no lock for: lists, files, limits; mappings; faults that it has seen;
// and descriptors of files, which may be other files' once one thread closed them.
bool is_client_own(std::string_view rule) {
  constexpr std::string_view kAll[] = {"client.", "region.", "file.", "fault_queue.read", "veventq.close"};
  constexpr std::string_view kOthers[] = {"device.fault", "fault_queue.answer", "fault_queue.close", "dmabuf.revoke"};
  return std::any_of(std::begin(kAll), std::end(kAll), [rule](auto all) { return rule.starts_with(all); }) ||
         std::find(std::begin(kOthers), std::end(kOthers), rule) != std::end(kOthers);
}

const Call* find_call(const std::vector<Call>& calls, std::string_view rule, std::size_t arguments) {
  const auto entry = std::lower_bound(calls.begin(), calls.end(), rule,
                                      [](const Call& call, std::string_view name) { return call.rule < name; });
  return entry != calls.end() && entry->rule == rule && entry->arguments == arguments ? &*entry : nullptr;
}

// A client of the port for one thread.
class DevIommuClient final : public Port {
 public:
  DevIommuClient(std::string_view name, const std::vector<Call>& calls, Kernel& owner, std::uint32_t number)
      : name_(name), calls_(calls), kernel_(owner, number) {}

  std::string_view name() const override { return name_; }
  void reset() override { throw std::logic_error("a client of a thread cannot be reset"); }
  PortAnswer call(std::string_view rule, Arguments arguments) override {
    if (is_client_own(rule)) return unsupported("what it works on is the client's own, and serves one thread");
    const Call* call = find_call(calls_, rule, arguments.size());
    if (call == nullptr) return unsupported("no ioctl for " + std::string(rule));
    if (const std::string_view reason = too_wide(rule, arguments); !reason.empty()) {
      return unsupported(std::string(reason));
    }
    kernel_.handles.forget_number();
    kernel_.variations.begin(rule, arguments);
    PortAnswer answer = call->make(kernel_, arguments);
    answer.by_number = kernel_.handles.took_number();
    return answer;
  }
  const Handles& handles() const { return kernel_.handles; }

 private:
  std::string_view name_;
  const std::vector<Call>& calls_;
  Kernel kernel_;
};

class DevIommuPort final : public Port, public Preemptible {
 public:
  DevIommuPort(std::string name, std::unique_ptr<SystemCalls> system, const DevIommuOptions& options, bool alone)
      : name_(std::move(name)),
        kernel_(std::move(system), options.device, alone, options.variations,
                options.faults ? kLeastMemory : Variations(options.variations).memory_for_lists()) {
    kernel_.avoids_divergences = alone && !options.diverging;
    for (const auto& calls : {ioas_calls(), range_calls(), file_calls(), option_calls(), access_calls(), device_calls(),
                              hwpt_calls(), fault_calls(), viommu_calls(), veventq_calls(), envelope_calls(),
                              vfio_calls(), limit_calls(), reply_calls()}) {
      calls_.insert(calls_.end(), calls.begin(), calls.end());
    }
    std::sort(calls_.begin(), calls_.end(), [](const Call& x, const Call& y) { return x.rule < y.rule; });
    expect_test_driver();
  }

  std::string_view name() const override { return name_; }
  void reset() override;
  PortAnswer call(std::string_view rule, Arguments arguments) override;
  std::vector<std::unique_ptr<Port>> split(std::size_t count) override;
  bool rejoin() override;
  bool serves_one_thread(std::string_view rule) const override { return is_client_own(rule); }
  bool preempt_at(Preemption* preemption) override { return kernel_.system().preempt_at(preemption); }

 private:
  // Lists of pages are built in pieces that fit into memory; pieces this small are what it comes to without any, in
  // bytes.
  static constexpr std::uint32_t kLeastMemory = 16;

  void expect_test_driver();

  const std::string name_;
  Kernel kernel_;
  std::vector<Call> calls_;  // sorted by rule
  // Those of split(); they belong to who asked for them, and live until rejoin().
  std::vector<const DevIommuClient*> clients_;
  std::string broken_;  // why the kernel cannot be trusted any more; empty: it can
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
  if (const std::string_view reason = too_wide(rule, arguments); !reason.empty()) {
    return unsupported(std::string(reason));
  }
  if (const Call* call = find_call(calls_, rule, arguments.size())) {
    kernel_.variations.begin(rule, arguments);
    return call->make(kernel_, arguments);
  }
  return unsupported("no ioctl for " + std::string(rule) + " with " + std::to_string(arguments.size()) + " arguments");
}

std::vector<std::unique_ptr<Port>> DevIommuPort::split(std::size_t count) {
  std::vector<std::unique_ptr<Port>> clients;
  if (!broken_.empty()) return clients;
  clients_.clear();
  kernel_.system().several_threads(true);
  for (std::uint32_t number = 0; number < count; ++number) {
    auto client = std::make_unique<DevIommuClient>(name_, calls_, kernel_, number);
    clients_.push_back(client.get());
    clients.push_back(std::move(client));
  }
  return clients;
}

bool DevIommuPort::rejoin() {
  std::vector<const Handles*> handles;
  for (const DevIommuClient* client : clients_) handles.push_back(&client->handles());
  clients_.clear();
  kernel_.system().several_threads(false);
  return kernel_.handles.join(handles);
}

}  // namespace

DevIommuOptions parse_dev_iommu_words(std::string_view words) {
  constexpr std::string_view kVary = "vary=";
  DevIommuOptions options;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(','));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    if (word == "faults") {
      options.faults = true;
    } else if (word == "diverging") {
      options.diverging = true;
    } else {
      const char* const end = word.data() + word.size();
      const bool varies = word.starts_with(kVary);
      const auto read = varies ? std::from_chars(word.data() + kVary.size(), end, options.variations)
                               : std::from_chars_result{word.data(), std::errc::invalid_argument};
      if (read.ec != std::errc{} || read.ptr != end) {
        throw std::runtime_error("unknown word '" + std::string(word) + "'; there are: faults, diverging, vary=SEED");
      }
    }
  }
  return options;
}

std::unique_ptr<Port> make_dev_iommu_port(const std::string& words) {
  const DevIommuOptions options = parse_dev_iommu_words(words);
  std::unique_ptr<SystemCalls> system = linux_system_calls();
  if (options.faults) system = faulting_system_calls(std::move(system));
  return std::make_unique<DevIommuPort>(words.empty() ? "dev_iommu" : "dev_iommu:" + words, std::move(system), options,
                                        /*alone=*/true);
}

void register_dev_iommu_ports() {
  register_port("dev_iommu", [] { return make_dev_iommu_port(); });
  register_port_family("dev_iommu:", "dev_iommu:WORD,... (faults, diverging, vary=SEED)", make_dev_iommu_port);
}

std::unique_ptr<Port> make_port_on(std::string name, std::unique_ptr<SystemCalls> system, const std::string& device) {
  DevIommuOptions options;
  options.device = device;
  return std::make_unique<DevIommuPort>(std::move(name), std::move(system), options, /*alone=*/false);
}

}  // namespace iolaw
