// SPDX-License-Identifier: Apache-2.0
// CMDQV as a virtual machine sees it: one VINTF, of which page 0 is the hardware's own and all else is emulated
// (after qemu hw/arm/tegra241-cmdqv.c). No access here reaches a register of the host other than through page 0.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <vector>

#include "hw_reference/cmdqv/cmdqv.hpp"

namespace hw::cmdqv {

// What the host does for a guest: pin the ring, take a logical queue, write BASE (iommufd: HW_QUEUE_ALLOC, DESTROY).
class GuestBackend {
 public:
  virtual ~GuestBackend() = default;
  // `base` is a guest-physical address. 0, or a positive errno: then nothing has changed. Queues are taken in ascending
  // order of `logical` and given back in descending order; a queue that is given back is reset.
  virtual int take_queue(unsigned logical, std::uint64_t base, unsigned log2_entries) = 0;
  virtual int return_queue(unsigned logical) = 0;
};

// `mutex_` protects everything, and comes before the locks of the backend and of CMDQV.
class GuestView {
 public:
  static constexpr std::uint32_t kBytes = 0x50000;

  // `page0` is that of the host's VINTF, which is enabled and guest-owned for as long as this lives.
  GuestView(GuestBackend& backend, Cmdqv::Page0 page0, const Parameters& parameters);
  ~GuestView();
  GuestView(const GuestView&) = delete;
  GuestView& operator=(const GuestView&) = delete;

  std::uint32_t read32(std::uint32_t offset);
  void write32(std::uint32_t offset, std::uint32_t value);
  std::uint64_t read64(std::uint32_t offset);
  void write64(std::uint32_t offset, std::uint64_t value);

  // Whether the guest reaches page 0 of its VINTF without a trap; until then the view emulates it.
  bool page0_is_direct();
  // Whether an access at this offset traps now.
  bool traps(std::uint32_t offset);

  // The host's error map of the VINTF, as an event brings it; true if the guest is to be interrupted.
  bool report_errors(std::array<std::uint64_t, 2> logical_map);

 private:
  // What the guest wrote while no host queue was behind it, and what the host queue held when it was given back.
  struct Shadow {
    std::uint32_t cons = 0, prod = 0, config = 0, gerror = 0, gerrorn = 0;
    std::uint64_t base = 0, cons_copy = 0;
    std::uint32_t alloc = 0;
    bool live = false;
  };

  std::uint32_t read_locked(std::uint32_t offset);
  void write_locked(std::uint32_t offset, std::uint32_t value);
  std::uint32_t read_config_page(std::uint32_t offset) const;
  void write_config_page(std::uint32_t offset, std::uint32_t value);
  void write_alloc(unsigned logical, std::uint32_t value);
  std::uint32_t read_page0(unsigned logical, std::uint32_t offset) const;
  void write_page0(unsigned logical, std::uint32_t offset, std::uint32_t value);
  void write_base(unsigned logical, std::uint64_t base);
  // Takes and returns host queues until exactly those live that should.
  void update();
  void take(unsigned logical);
  void give_back(unsigned logical);
  bool vintf_enabled() const;
  bool enabled(unsigned logical) const;
  std::uint32_t host_slot(unsigned logical, std::uint32_t offset) const { return logical * reg::kSlotStride + offset; }

  std::mutex mutex_;
  GuestBackend& backend_;
  const Cmdqv::Page0 page0_;
  Parameters parameters_;  // with one VINTF
  std::uint32_t config_ = 0, vintf_config_ = 0;
  std::uint64_t interrupt_mask_ = 0;
  std::array<std::uint64_t, 2> errors_{};
  std::array<std::uint32_t, 2 * kMaxSids> sid_storage_{};  // plain memory: the host programs the real pairs
  std::vector<Shadow> queues_;
};

}  // namespace hw::cmdqv
