// SPDX-License-Identifier: Apache-2.0
// Compiled twice: for hw_reference, and with HW_REFERENCE_DEFECTS for the library with seeded defects.
#include "tools/ports/hw_reference_port.hpp"

#include <optional>
#include <string>
#include <utility>

#include "hw_reference/defects.hpp"
#include "tools/ports/hw_reference/world.hpp"
#include "tools/ports/registry.hpp"
#include "tools/ports/rule_table.hpp"

namespace iolaw {

namespace {

namespace hw = hw_reference;
using hw_port::Arguments;
using hw_port::Operation;
using hw_port::World;

// Built once; finds an operation by its name.
const RuleTable<Operation>& operations() {
  static const RuleTable<Operation> table{hw_port::ioas_operations(),   hw_port::device_operations(),
                                          hw_port::hwpt_operations(),   hw_port::event_operations(),
                                          hw_port::viommu_operations(), hw_port::vfio_operations(),
                                          hw_port::limit_operations(),  hw_port::reply_operations()};
  return table;
}

class HwReferencePort final : public Port {
 public:
  explicit HwReferencePort(hw::Defect defect = hw::Defect::none) : defect_(defect), name_("hw_reference") {
    if (defect != hw::Defect::none) (name_ += ':') += hw::kDefects[static_cast<std::size_t>(defect)].name;
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
    const Operation* operation = operations().find(rule);
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
  for (std::size_t i = 1; i < hw::kDefects.size(); ++i)
    register_port("hw_reference:" + std::string(hw::kDefects[i].name),
                  [i] { return std::make_unique<HwReferencePort>(static_cast<hw::Defect>(i)); });
}

#else

std::unique_ptr<Port> make_hw_reference_port() { return std::make_unique<HwReferencePort>(); }

void register_hw_reference_port() { register_port("hw_reference", make_hw_reference_port); }

#endif

}  // namespace iolaw
