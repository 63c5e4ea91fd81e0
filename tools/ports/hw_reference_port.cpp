// SPDX-License-Identifier: Apache-2.0
// Compiled twice: for hw_reference, and with HW_REFERENCE_DEFECTS for the library with seeded defects.
#include "tools/ports/hw_reference_port.hpp"

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "hw_reference/defects.hpp"
#include "hw_reference/iommufd/iommufd.hpp"
#include "hw_reference/memory/client_memory.hpp"
#include "tools/ports/registry.hpp"
#include "tools/ports/rule_table.hpp"

namespace iolaw {

namespace {

namespace hw = hw_reference;

// The law's constant MEMORY.
constexpr std::uint64_t kMemoryFirst = 0x4000'0000;
constexpr std::uint64_t kMemoryPages = 16;

constexpr std::uint64_t kPinBit = std::uint64_t{1} << 32;

using Arguments = std::span<const std::uint64_t>;

// Ids of objects are below 2^31; whatever else is passed becomes 0, which names nothing.
hw::ObjectId object(std::uint64_t handle) { return handle >> 31 == 0 ? static_cast<hw::ObjectId>(handle) : 0; }
hw::PinId pin(std::uint64_t handle) { return handle >> 32 == 1 ? static_cast<hw::PinId>(handle) : 0; }

struct World {
  World() { client.map(kMemoryFirst, kMemoryPages); }

  hw::PhysicalMemory frames{kMemoryPages};
  hw::ClientMemory client{frames};
  hw::Iommufd iommufd{client};
};

PortAnswer failed(int error) {
  PortAnswer answer;
  answer.error = error;
  return answer;
}

PortAnswer succeeded(std::optional<std::uint64_t> result) {
  PortAnswer answer;
  answer.results.push_back(result);
  return answer;
}

template <class T>
PortAnswer with_result(const hw::Result<T>& result, std::uint64_t bits = 0) {
  return result.ok() ? succeeded(result.value | bits) : failed(result.error);
}

PortAnswer translate(World& world, std::uint64_t device, std::uint64_t iova) {
  const auto physical = world.iommufd.device_translate(object(device), iova);
  if (!physical.ok()) return failed(physical.error);
  if (!physical.value) return succeeded(std::nullopt);
  return succeeded(world.client.address_of(static_cast<hw::Frame>(*physical.value >> hw::kPageShift)));
}

PortAnswer pins(World& world, std::uint64_t address) {
  const auto count = world.client.pins(address);
  return count ? succeeded(*count) : failed(EFAULT);
}

struct Operation {
  std::string_view name;
  std::size_t arity;
  PortAnswer (*call)(World&, Arguments);
};

constexpr RuleTable kOperations{std::to_array<Operation>({
    {"ioas.alloc", 0, [](World& w, Arguments) { return with_result(w.iommufd.ioas_alloc()); }},
    {"ioas.destroy", 1, [](World& w, Arguments a) { return failed(w.iommufd.ioas_destroy(object(a[0]))); }},
    {"ioas.map", 5,
     [](World& w, Arguments a) {
       return failed(w.iommufd.ioas_map(object(a[0]), a[1], a[2], a[3], static_cast<hw::Rights>(a[4])));
     }},
    {"ioas.copy", 6,
     [](World& w, Arguments a) {
       return failed(w.iommufd.ioas_copy(object(a[0]), object(a[1]), a[2], a[3], a[4], static_cast<hw::Rights>(a[5])));
     }},
    {"ioas.unmap", 3,
     [](World& w, Arguments a) { return with_result(w.iommufd.ioas_unmap(object(a[0]), a[1], a[2])); }},
    {"ioas.reserve", 3, [](World& w, Arguments a) { return failed(w.iommufd.ioas_reserve(object(a[0]), a[1], a[2])); }},
    {"access.create", 2,
     [](World& w, Arguments a) { return with_result(w.iommufd.access_create(object(a[0]), a[1] != 0)); }},
    {"access.replace", 2,
     [](World& w, Arguments a) { return failed(w.iommufd.access_replace(object(a[0]), object(a[1]))); }},
    {"access.destroy", 1, [](World& w, Arguments a) { return failed(w.iommufd.access_destroy(object(a[0]))); }},
    {"access.pin", 4,
     [](World& w, Arguments a) {
       return with_result(w.iommufd.access_pin(object(a[0]), a[1], a[2], a[3] != 0), kPinBit);
     }},
    {"access.unpin", 2, [](World& w, Arguments a) { return failed(w.iommufd.access_unpin(object(a[0]), pin(a[1]))); }},
    {"device.attach", 1, [](World& w, Arguments a) { return with_result(w.iommufd.device_attach(object(a[0]))); }},
    {"device.destroy", 1, [](World& w, Arguments a) { return failed(w.iommufd.device_destroy(object(a[0]))); }},
    {"device.translate", 2, [](World& w, Arguments a) { return translate(w, a[0], a[1]); }},
    {"memory.pins", 1, [](World& w, Arguments a) { return pins(w, a[0]); }},
})};

class HwReferencePort final : public Port {
 public:
  explicit HwReferencePort(hw::Defect defect = hw::Defect::none) : defect_(defect), name_("hw_reference") {
    if (defect != hw::Defect::none) (name_ += ':') += hw::kDefectNames[static_cast<std::size_t>(defect)];
    reset();
  }
  ~HwReferencePort() override {
    const Selection selection(defect_);
    world_.reset();
  }

  std::string_view name() const override { return name_; }

  void reset() override {
    const Selection selection(defect_);
    world_.reset();
    world_.emplace();
  }

  PortAnswer call(std::string_view rule, Arguments arguments) override {
    const Operation* operation = kOperations.find(rule);
    if (operation == nullptr || operation->arity != arguments.size()) {
      PortAnswer answer;
      answer.status = PortAnswer::Status::unsupported;
      answer.note =
          name_ + " has no rule " + std::string(rule) + " with " + std::to_string(arguments.size()) + " parameters";
      return answer;
    }
    const Selection selection(defect_);
    return operation->call(*world_, arguments);
  }

 private:
  // The defect of this port is that of the thread while a call runs.
  class Selection {
   public:
#ifdef HW_REFERENCE_DEFECTS
    explicit Selection(hw::Defect defect) : before_(std::exchange(hw::selected_defect, defect)) {}
    ~Selection() { hw::selected_defect = before_; }

   private:
    hw::Defect before_;
#else
    explicit Selection(hw::Defect) {}
#endif
  };

  const hw::Defect defect_;
  std::string name_;
  std::optional<World> world_;
};

}  // namespace

#ifdef HW_REFERENCE_DEFECTS

void register_hw_reference_defect_ports() {
  for (std::size_t i = 1; i < hw::kDefectNames.size(); ++i)
    register_port("hw_reference:" + std::string(hw::kDefectNames[i]),
                  [i] { return std::make_unique<HwReferencePort>(static_cast<hw::Defect>(i)); });
}

#else

std::unique_ptr<Port> make_hw_reference_port() { return std::make_unique<HwReferencePort>(); }

void register_hw_reference_port() { register_port("hw_reference", make_hw_reference_port); }

#endif

}  // namespace iolaw
