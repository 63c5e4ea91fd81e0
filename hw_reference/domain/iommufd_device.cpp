// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/domain/iommufd_device.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "hw_reference/cmdqv/trapped.hpp"
#include "hw_reference/domain/cmdqv_viommu.hpp"
#include "hw_reference/smmu/registers.hpp"

namespace hw::domain {

namespace {

// The bits of the first two words that a guest decides: V, Config, S1Fmt, S1ContextPtr, S1CDMax; S1DSS, S1CIR, S1COR,
// S1CSH, S1STALLD, EATS.
constexpr std::uint64_t kGuestWord0 = 0xf80f'ffff'ffff'ffff;
constexpr std::uint64_t kGuestWord1 = 0x3800'00ff;

constexpr unsigned kAbort = 0, kBypass = 4, kStage1 = 5;

iommufd::IoPageTableFormat format_of(const Domain& domain) {
  iommufd::IoPageTableFormat format;
  format.smallest_page = domain.smallest_page();
  format.page_sizes = domain.format().page_sizes();
  format.aperture_last = (std::uint64_t{1} << domain.format().shape().input_bits) - 1;
  return format;
}

pgtable::Prot prot_of(const iommufd::Area& area) {
  return pgtable::kCache | ((area.rights & iommufd::kRead) != 0 ? pgtable::kRead : 0) |
         ((area.rights & iommufd::kWrite) != 0 ? pgtable::kWrite : 0);
}

template <class T>
iommufd::HwInfo info_of(std::uint32_t type, const T& data) {
  iommufd::HwInfo info;
  info.type = type;
  info.data.resize(sizeof data);
  std::memcpy(info.data.data(), &data, sizeof data);
  return info;
}

}  // namespace

// ---- page tables ----------------------------------------------------------------------------------------------------

SmmuPageTable::SmmuPageTable(std::unique_ptr<Domain> domain)
    : IoPageTable(format_of(*domain)), domain_(std::move(domain)) {}

int SmmuPageTable::map(const iommufd::Area& area) {
  // There is nobody to take entries away when the device takes its memory back.
  if (area.pages->is_dma_buffer()) return EOPNOTSUPP;
  // The IOAS has seen to it that all is aligned to pages. Where a run of frames is too short for more than pages, they
  // are collected: looking the table up costs more than an entry.
  constexpr std::uint64_t kShort = 16;
  std::array<std::uint64_t, 512> addresses;
  std::size_t collected = 0;
  const pgtable::Prot prot = prot_of(area);
  std::uint64_t iova = area.first;  // up to here everything is mapped
  int error = 0;
  const auto enter_collected = [&] {
    if (collected == 0 || error != 0) return;
    error = domain_->map_each(iova, {addresses.data(), collected}, prot);
    if (error == 0) iova += collected << iommufd::kPageShift;
    collected = 0;
  };
  area.pages->visit_runs(area.first_page(), area.last_page(),
                         [&](std::uint64_t, iommufd::Frame frame, std::uint64_t pages) {
                           const std::uint64_t address = std::uint64_t{frame} << iommufd::kPageShift;
                           if (pages < kShort || area.small_entries) {
                             for (std::uint64_t i = 0; i < pages; ++i) {
                               if (collected == addresses.size()) enter_collected();
                               addresses[collected++] = address + (i << iommufd::kPageShift);
                             }
                             return;
                           }
                           enter_collected();
                           if (error != 0) return;
                           error = domain_->map(iova, address, pages << iommufd::kPageShift, prot);
                           if (error == 0) iova += pages << iommufd::kPageShift;
                         });
  enter_collected();
  if (error != 0 && iova > area.first) domain_->unmap(area.first, iova - area.first);
  return error;
}

void SmmuPageTable::unmap(const iommufd::Area& area) { domain_->unmap(area.first, area.last - area.first + 1); }

std::optional<std::uint64_t> SmmuPageTable::translate(std::uint64_t iova) const {
  const auto found = domain_->lookup(iova);
  if (!found) return std::nullopt;
  return found->address;
}

void SmmuPageTable::read_dirty(const iommufd::Area&, std::uint64_t first, std::uint64_t last, bool keep,
                               const Found& found) {
  domain_->read_dirty(first, last - first + 1, keep,
                      [&](std::uint64_t from, std::uint64_t to) { found(std::max(from, first), std::min(to, last)); });
}

// ---- devices --------------------------------------------------------------------------------------------------------

iommufd::Result<std::unique_ptr<iommufd::IoPageTable>> SmmuDevice::alloc_paging(
    std::uint32_t flags, const iommufd::UserData& data, const iommufd::IntervalIndex<iommufd::Area>&) {
  constexpr std::uint32_t kKnown = iommufd::kHwptNestParent | iommufd::kHwptDirtyTracking | iommufd::kHwptPasid;
  if ((flags & ~kKnown) != 0 || data.length != 0) return {EOPNOTSUPP, nullptr};
  const bool parent = (flags & iommufd::kHwptNestParent) != 0;
  if (parent && (flags & iommufd::kHwptPasid) != 0) return {EOPNOTSUPP, nullptr};  // contexts are of stage 1
  const smmu::Features& features = driver_.smmu().features();
  pgtable::Shape shape;
  shape.stage = parent ? pgtable::Stage::two : pgtable::Stage::one;
  shape.input_bits = parent ? std::min(features.output_bits, 48U) : 48U;
  shape.output_bits = std::min(features.output_bits, 48U);
  shape.contiguous = true;
  shape.dirty = (flags & iommufd::kHwptDirtyTracking) != 0;
  auto domain = Domain::make(driver_, shape, parent);
  if (!domain.ok()) return {domain.error, nullptr};
  return {0, std::make_unique<SmmuPageTable>(std::move(domain.value))};
}

iommufd::Result<iommufd::HwInfo> SmmuDevice::hw_info(std::uint32_t type) {
  if (type == kCmdqvHwInfoType && cmdqv_ != nullptr) {
    const cmdqv::Parameters& has = cmdqv_->parameters();
    const CmdqvHwInfo data{0, 1, static_cast<std::uint8_t>(has.log2_queues - has.log2_vintfs),
                           static_cast<std::uint8_t>(has.log2_sids), 0};
    return {0, info_of(type, data)};
  }
  if (type != 0 && type != kSmmuHwInfoType) return {EOPNOTSUPP, {}};
  SmmuHwInfo data{};
  for (unsigned i = 0; i < 6; ++i) data.idr[i] = driver_.smmu().read32(smmu::reg::kIdr0 + 4 * i);
  data.iidr = driver_.smmu().read32(smmu::reg::kIidr);
  data.aidr = driver_.smmu().read32(smmu::reg::kAidr);
  return {0, info_of(kSmmuHwInfoType, data)};
}

bool SmmuDevice::knows_viommu(std::uint32_t type) const {
  return type == kSmmuType || (type == kCmdqvType && cmdqv_ != nullptr);
}

iommufd::Result<iommufd::NewViommu> SmmuDevice::alloc_viommu(std::uint32_t type, iommufd::IoPageTable& parent,
                                                             const iommufd::UserData& data,
                                                             iommufd::MmapRegions& regions) {
  auto* const table = dynamic_cast<SmmuPageTable*>(&parent);
  if (type == kCmdqvType)
    return table == nullptr ? iommufd::Result<iommufd::NewViommu>{EINVAL, {}}
                            : CmdqvViommu::make(*cmdqv_, driver_, table->domain(), data, regions);
  if (data.length != 0) return {EOPNOTSUPP, {}};
  if (table == nullptr) return {EINVAL, {}};
  iommufd::NewViommu made;
  made.viommu = std::make_unique<SmmuViommu>(driver_, table->domain());
  return {0, std::move(made)};
}

int SmmuDevice::set_domain(iommufd::Pasid pasid, const iommufd::Domain& domain) {
  if (domain.paging != nullptr) {
    auto* const table = dynamic_cast<SmmuPageTable*>(domain.paging);
    if (table == nullptr) return EINVAL;
    return pasid == iommufd::kNoPasid ? driver_.attach(stream_, table->domain(), ats_)
                                      : driver_.attach_substream(stream_, pasid, table->domain());
  }
  auto* const nested = dynamic_cast<SmmuNested*>(domain.nested);
  if (nested == nullptr || pasid != iommufd::kNoPasid) return EINVAL;
  if (!virtual_place || virtual_place->viommu != nested->viommu()) return ENOENT;
  return nested->attach(driver_, stream_, ats_);
}

void SmmuDevice::block(iommufd::Pasid pasid) {
  (void)(pasid == iommufd::kNoPasid ? driver_.detach(stream_) : driver_.detach_substream(stream_, pasid));
}

void SmmuDevice::answer_faults(const iommufd::PageFault& last, std::uint32_t code) {
  if (on_fault_ == OnFault::end) return;
  DeviceFault fault;
  fault.stream = stream_;
  if ((last.flags & iommufd::kFaultPasidValid) != 0) fault.substream = last.pasid;
  fault.stalled = on_fault_ == OnFault::stall;
  fault.token = static_cast<std::uint16_t>(last.grpid);
  driver_.answer_fault(fault, code == 0 ? FaultAnswer::mended : FaultAnswer::invalid);
}

// ---- guests ---------------------------------------------------------------------------------------------------------

iommufd::Result<std::unique_ptr<iommufd::NestedDomain>> SmmuViommu::alloc_nested(std::uint32_t,
                                                                                 const iommufd::UserData& data) {
  if (data.type != kSmmuType || data.length != sizeof(SmmuNestedData)) return {EINVAL, nullptr};
  if (data.bytes == nullptr) return {EFAULT, nullptr};
  SmmuNestedData guest;
  std::memcpy(&guest, data.bytes, sizeof guest);
  if ((guest.entry[0] & ~kGuestWord0) != 0 || (guest.entry[1] & ~kGuestWord1) != 0) return {EIO, nullptr};
  const auto config = static_cast<unsigned>(guest.entry[0] >> 1 & 7);
  const bool valid = (guest.entry[0] & 1) != 0;
  if (valid && config != kAbort && config != kBypass && config != kStage1) return {EIO, nullptr};
  return {0, std::make_unique<SmmuNested>(*this, guest)};
}

int SmmuNested::attach(Driver& driver, smmu::StreamId stream, bool ats) {
  const auto config = static_cast<unsigned>(guest_.entry[0] >> 1 & 7);
  if ((guest_.entry[0] & 1) == 0 || config == kAbort) return driver.detach(stream);
  if (config == kBypass) return driver.attach(stream, viommu_.parent(), ats);  // the guest's addresses as they are
  smmu::Words entry{};
  entry[0] = guest_.entry[0];
  entry[1] = guest_.entry[1];
  return driver.attach_nested(stream, viommu_.parent(), entry, ats);
}

int SmmuViommu::invalidate(const iommufd::Invalidation& invalidation, std::uint32_t& done, const Lookup& lookup) {
  done = 0;
  if (invalidation.type != kSmmuType) return EINVAL;
  if (invalidation.number == 0) return 0;
  if (invalidation.length != sizeof(smmu::Command)) return EINVAL;
  if (invalidation.bytes == nullptr) return EFAULT;
  Batch batch = driver_.batch();
  int error = 0;
  std::uint32_t issued = 0;
  bool before_was_endpoint = false;
  for (; issued < invalidation.number && error == 0; issued += error == 0 ? 1 : 0) {
    smmu::Command command;
    std::memcpy(&command, invalidation.bytes + std::size_t{issued} * sizeof command, sizeof command);
    cmdqv::QueueOwner guest;
    guest.vmid = parent_.vmid();
    if (auto* const device = dynamic_cast<SmmuDevice*>(lookup(command.stream())))
      guest.sids[0] = {true, command.stream(), device->stream()};
    const auto changed = cmdqv::convert_trapped(command, guest, driver_.smmu().features());
    if (!changed) {
      error = EIO;
      continue;
    }
    // An endpoint is told when the SMMU has forgotten.
    const bool endpoint = changed->opcode() == smmu::Opcode::atc_inv;
    if (endpoint && !before_was_endpoint) batch.wait();
    before_was_endpoint = endpoint;
    batch.add(*changed);
  }
  batch.wait();
  done = issued;
  return error != 0 ? error : batch.result() == SendResult::done ? 0 : EIO;
}

}  // namespace hw::domain
