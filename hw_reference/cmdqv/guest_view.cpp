// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/cmdqv/guest_view.hpp"

namespace hw::cmdqv {

namespace {

// Which queue register an offset of the guest's device means.
struct Place {
  bool queue = false, page1 = false, through_vintf = false;
  unsigned logical = 0;
  std::uint32_t offset = 0;
};

Place place_of(std::uint32_t offset, unsigned queues) {
  Place place;
  if (offset < kPage || offset >= GuestView::kBytes) return place;
  place.logical = offset % kPage / reg::kSlotStride;
  place.offset = offset % reg::kSlotStride;
  place.queue = place.logical < queues;
  place.through_vintf = offset >= reg::kVintfPages;
  place.page1 = (offset / kPage) % 2 == 0;  // pages 2 and 4
  return place;
}

}  // namespace

GuestView::GuestView(GuestBackend& backend, Cmdqv::Page0 page0, const Parameters& parameters)
    : backend_(backend), page0_(page0), parameters_(parameters), queues_(parameters.queues_per_vintf()) {
  parameters_.log2_queues -= parameters_.log2_vintfs;
  parameters_.log2_vintfs = 0;
  for (unsigned i = 0; i < queues_.size(); ++i) queues_[i].alloc = alloc::pair(0, i);
}

GuestView::~GuestView() {
  for (unsigned i = static_cast<unsigned>(queues_.size()); i-- > 0;) {
    if (queues_[i].live) give_back(i);
  }
}

bool GuestView::vintf_enabled() const { return (config_ & config::kEnable) && (vintf_config_ & vintf_config::kEnable); }

bool GuestView::page0_is_direct() {
  std::lock_guard lock(mutex_);
  return vintf_enabled();
}

bool GuestView::traps(std::uint32_t offset) {
  return !(page0_is_direct() && offset >= reg::kVintfPages && offset < reg::kVintfPages + kPage);
}

std::uint32_t GuestView::read32(std::uint32_t offset) {
  std::lock_guard lock(mutex_);
  return read_locked(offset);
}

std::uint64_t GuestView::read64(std::uint32_t offset) {
  std::lock_guard lock(mutex_);
  return read_locked(offset) | static_cast<std::uint64_t>(read_locked(offset + 4)) << 32;
}

void GuestView::write32(std::uint32_t offset, std::uint32_t value) {
  std::lock_guard lock(mutex_);
  write_locked(offset, value);
}

// Eight bytes at once only where a register is that wide; elsewhere such a write is dropped.
void GuestView::write64(std::uint32_t offset, std::uint64_t value) {
  std::lock_guard lock(mutex_);
  const Place place = place_of(offset, static_cast<unsigned>(queues_.size()));
  if (!place.queue || !place.page1) return;
  if (place.offset == reg::kBase) return write_base(place.logical, value);
  if (place.offset == reg::kConsCopy) queues_[place.logical].cons_copy = value;
}

std::uint32_t GuestView::read_locked(std::uint32_t offset) {
  if (offset < kPage) return read_config_page(offset);
  const Place place = place_of(offset, static_cast<unsigned>(queues_.size()));
  if (!place.queue) return 0;
  if (!place.page1) {
    if (place.through_vintf && vintf_enabled()) return page0_.read32(offset % kPage);
    return read_page0(place.logical, place.offset);
  }
  const Shadow& queue = queues_[place.logical];
  const unsigned shift = place.offset & 4 ? 32 : 0;
  if ((place.offset & ~4u) == reg::kBase) return static_cast<std::uint32_t>(queue.base >> shift);
  if ((place.offset & ~4u) == reg::kConsCopy) return static_cast<std::uint32_t>(queue.cons_copy >> shift);
  return 0;
}

void GuestView::write_locked(std::uint32_t offset, std::uint32_t value) {
  if (offset < kPage) return write_config_page(offset, value);
  const Place place = place_of(offset, static_cast<unsigned>(queues_.size()));
  if (!place.queue) return;
  if (!place.page1) {
    if (place.through_vintf && vintf_enabled()) return page0_.write32(offset % kPage, value);
    return write_page0(place.logical, place.offset, value);
  }
  Shadow& queue = queues_[place.logical];
  const auto with_half = [&](std::uint64_t word) {
    return place.offset & 4 ? with_field(word, 63, 32, value) : with_field(word, 31, 0, value);
  };
  if ((place.offset & ~4u) == reg::kBase) return write_base(place.logical, with_half(queue.base));
  if ((place.offset & ~4u) == reg::kConsCopy) queue.cons_copy = with_half(queue.cons_copy);
}

std::uint32_t GuestView::read_page0(unsigned logical, std::uint32_t offset) const {
  const Shadow& queue = queues_[logical];
  if (queue.live) return page0_.read32(host_slot(logical, offset));
  switch (offset) {
    case reg::kCons:
      return queue.cons;
    case reg::kProd:
      return queue.prod;
    case reg::kQueueConfig:
      return queue.config;
    case reg::kGerror:
      return queue.gerror;
    case reg::kGerrorn:
      return queue.gerrorn;
    default:
      return 0;  // among them STATUS: EN_OK needs a host queue
  }
}

void GuestView::write_page0(unsigned logical, std::uint32_t offset, std::uint32_t value) {
  Shadow& queue = queues_[logical];
  if (queue.live) return page0_.write32(host_slot(logical, offset), value);
  const std::uint32_t index = value & kIndexMask;
  switch (offset) {
    case reg::kCons:
      queue.cons = index | (value & 0x7f000000);
      return;
    case reg::kProd:
      queue.prod = index;
      return;
    case reg::kQueueConfig:
      queue.config = value & config::kEnable;
      return;
    case reg::kGerrorn:
      queue.gerrorn ^= (queue.gerrorn ^ value) & (queue.gerror ^ queue.gerrorn);
      return update();  // an acknowledged CMDQ_INIT_ERR allows another attempt
    default:
      return;
  }
}

bool GuestView::enabled(unsigned logical) const {
  return queues_[logical].live && page0_.read32(host_slot(logical, reg::kQueueStatus)) != 0;
}

// As hardware does, ignores a BASE that comes while the queue is enabled; otherwise the queue gets another ring.
void GuestView::write_base(unsigned logical, std::uint64_t base) {
  if (enabled(logical)) return;
  Shadow& queue = queues_[logical];
  const std::uint64_t next = base & (low_bits(5) | address_field(~0ull, 47, 5));
  if (next == queue.base) return;
  // Whatever lies above depends on this one, and comes back by the update.
  for (unsigned i = static_cast<unsigned>(queues_.size()); i-- > logical;) {
    if (queues_[i].live) give_back(i);
  }
  queue.base = next;
  update();
}

void GuestView::take(unsigned logical) {
  Shadow& queue = queues_[logical];
  const unsigned bits = static_cast<unsigned>(field(queue.base, 4, 0));
  if (backend_.take_queue(logical, address_field(queue.base, 47, 5), bits) != 0) {
    if (!((queue.gerror ^ queue.gerrorn) & gerror::kInit)) queue.gerror ^= gerror::kInit;
    return;
  }
  queue.live = true;
  // In this order: the indices take effect while the queue is still off.
  page0_.write32(host_slot(logical, reg::kCons), queue.cons);
  page0_.write32(host_slot(logical, reg::kProd), queue.prod);
  page0_.write32(host_slot(logical, reg::kQueueConfig), queue.config);
}

void GuestView::give_back(unsigned logical) {
  Shadow& queue = queues_[logical];
  queue.config = page0_.read32(host_slot(logical, reg::kQueueConfig));
  page0_.write32(host_slot(logical, reg::kQueueConfig), 0);
  while (page0_.read32(host_slot(logical, reg::kQueueStatus)) != 0) {
  }
  queue.cons = page0_.read32(host_slot(logical, reg::kCons));
  queue.prod = page0_.read32(host_slot(logical, reg::kProd));
  queue.gerror = queue.gerrorn = 0;  // an error of the host queue ends with it
  queue.live = false;
  backend_.return_queue(logical);
}

// Lives: BASE, ALLOC, CMDQV_EN and VINTF_EN all set, the ring accepted by the host, and every queue below alive.
void GuestView::update() {
  unsigned count = 0;
  while (count < queues_.size() && vintf_enabled() && queues_[count].base != 0 &&
         (queues_[count].alloc & alloc::kAllocated)) {
    ++count;
  }
  for (unsigned i = static_cast<unsigned>(queues_.size()); i-- > count;) {
    if (queues_[i].live) give_back(i);
  }
  for (unsigned i = 0; i < count; ++i) {
    Shadow& queue = queues_[i];
    if (queue.live) continue;
    if ((queue.gerror ^ queue.gerrorn) & gerror::kInit) return;
    take(i);
    if (!queue.live) return;
  }
}

bool GuestView::report_errors(std::array<std::uint64_t, 2> logical_map) {
  std::lock_guard lock(mutex_);
  errors_ = logical_map;
  return !(interrupt_mask_ & 1);
}

}  // namespace hw::cmdqv
