// SPDX-License-Identifier: Apache-2.0
// Faults that somebody may mend, on their way from the queues of the SMMU and back as commands (linux
// drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c, arm_smmu_handle_event, arm_smmu_handle_ppr, arm_smmu_page_response).
#include <array>
#include <cerrno>
#include <utility>

#include "hw_reference/domain/driver.hpp"
#include "hw_reference/smmu/registers.hpp"

namespace hw::domain {

namespace {

namespace reg = smmu::reg;

DeviceFault fault_of(const smmu::Event& event) {
  DeviceFault fault;
  fault.stream = event.stream;
  fault.substream = event.substream;
  fault.stalled = true;
  fault.token = event.tag;
  fault.access = event.access;
  fault.read = !event.access.write;
  fault.address = event.input;
  return fault;
}

DeviceFault fault_of(const smmu::PageRequest& request) {
  DeviceFault fault;
  fault.stream = request.stream;
  fault.substream = request.substream;
  fault.token = request.group;
  fault.last = request.last;
  fault.access = {request.write, request.privileged, request.execute};
  fault.read = request.read;
  fault.address = request.address;
  return fault;
}

}  // namespace

int Driver::set_stalls(smmu::StreamId stream) {
  if (stream >= attached_.size() || layout_.substream_bits == 0) return EINVAL;
  if (smmu_.features().stall_model == smmu::StallModel::terminate) return EOPNOTSUPP;
  std::lock_guard lock(mutex_);
  attached_[stream].stalls = true;
  return 0;
}

void Driver::set_fault_handler(smmu::StreamId stream, FaultHandler handler) {
  std::lock_guard lock(faults_mutex_);
  if (handler) {
    handlers_[stream] = std::move(handler);
  } else {
    handlers_.erase(stream);
  }
}

// Takes a record of `words` words at CONS, until there is none.
template <std::size_t kWords, typename Take>
void Driver::drain(std::uint32_t prod_register, std::uint32_t cons_register, PhysAddr base, unsigned bits, Take take) {
  std::uint32_t cons = smmu_.read32(cons_register) & ~smmu::kOverflowFlag;
  for (;;) {
    const std::uint32_t prod = smmu_.read32(prod_register);
    const std::uint32_t overflow = prod & smmu::kOverflowFlag;
    if (cons == (prod & ~smmu::kOverflowFlag)) {
      // What overflowed while nothing was left is acknowledged as well.
      if ((smmu_.read32(cons_register) & smmu::kOverflowFlag) != overflow)
        smmu_.write32(cons_register, cons | overflow);
      return;
    }
    std::array<std::uint64_t, kWords> words{};
    const PhysAddr at = base + 8 * kWords * (cons & ((1U << bits) - 1));
    for (std::size_t i = 0; i < kWords; ++i) words[i] = memory_.read64(at + 8 * i).value_or(0);
    cons = (cons + 1) & ((2U << bits) - 1);
    smmu_.write32(cons_register, cons | (smmu_.read32(cons_register) & smmu::kOverflowFlag));
    take(words);
  }
}

void Driver::handle_faults() {
  std::lock_guard lock(faults_mutex_);
  drain<4>(reg::kEvtqProd, reg::kEvtqCons, layout_.events, layout_.event_bits, [this](const auto& words) {
    const smmu::Event event = smmu::Event::decode(words);
    if (event.stall) hand_over(fault_of(event));
  });
  if (!has_page_queue()) return;
  drain<2>(reg::kPriqProd, reg::kPriqCons, layout_.pages, layout_.page_bits, [this](const auto& words) {
    const smmu::PageRequest request = smmu::PageRequest::decode(words);
    if (!request.is_stop_marker()) hand_over(fault_of(request));
  });
}

void Driver::hand_over(const DeviceFault& fault) {
  const auto handler = handlers_.find(fault.stream);
  if (handler != handlers_.end() && handler->second(fault)) return;
  if (fault.last) answer_fault(fault, FaultAnswer::failed);
}

void Driver::answer_fault(const DeviceFault& fault, FaultAnswer answer) {
  const bool mended = answer == FaultAnswer::mended;
  const smmu::Command command =
      fault.stalled ? smmu::command::resume(fault.stream, fault.token, mended ? smmu::kResumeRetry : smmu::kResumeAbort)
                    : smmu::command::pri_resp(fault.stream, fault.substream, fault.token,
                                              mended                           ? smmu::kPageSuccess
                                              : answer == FaultAnswer::invalid ? smmu::kPageInvalid
                                                                               : smmu::kPageFailure);
  own_->send({&command, 1});
}

}  // namespace hw::domain
