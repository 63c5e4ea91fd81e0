// SPDX-License-Identifier: Apache-2.0
// One open file of iommufd: IO address spaces, the devices and accesses that use them, page tables, virtual IOMMUs.
// Every call may be made from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hw_reference/iommufd/access.hpp"
#include "hw_reference/iommufd/context.hpp"
#include "hw_reference/iommufd/device.hpp"
#include "hw_reference/iommufd/fault_queue.hpp"
#include "hw_reference/iommufd/hwpt.hpp"
#include "hw_reference/iommufd/ioas_calls.hpp"
#include "hw_reference/iommufd/mmap_regions.hpp"
#include "hw_reference/iommufd/mock_driver.hpp"
#include "hw_reference/iommufd/respond.hpp"
#include "hw_reference/iommufd/vevent_queue.hpp"
#include "hw_reference/iommufd/vfio_calls.hpp"
#include "hw_reference/iommufd/viommu_calls.hpp"
#include "hw_reference/memory/client_memory.hpp"
#include "hw_reference/result.hpp"
#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// The most bytes that one call of access_pin, access_read or access_write takes (a limit of Linux's test driver).
inline constexpr std::uint64_t kPinLimit = std::uint64_t{1} << 24;

// Addresses and lengths are in bytes. Calls return 0 or a positive Linux errno; the conditions stand in the order in
// which they are tried, the first that holds decides. Where an answer is not said to do part of its work, a call that
// fails has changed nothing; but for an answer that does not arrive (respond.hpp). Every call that makes something may
// also answer ENOMEM. Errors of Linux that only the envelope of an ioctl can have (EFAULT, reserved fields) are not
// here.
//
// alignment: what the IOVA, the length and the client address of a mapping must be multiples of: a page while an access
// that may pin or a hardware queue is attached or large pages are off, otherwise the smallest page of the tables,
// otherwise 1.
class Iommufd {
 public:
  // Maps and pins pages of `memory`, which must outlive this object.
  explicit Iommufd(Client& memory) : context_(memory) {}
  // Closes what is open, unbinds devices, destroys all objects. No call may be running.
  ~Iommufd();
  Iommufd(const Iommufd&) = delete;
  Iommufd& operator=(const Iommufd&) = delete;

  // Destroys any object. ENOENT: there is none; EBUSY: it is in use, as devices, accesses and tables of attached
  // devices always are.
  int destroy(ObjectId id);

  // From now on calls are made by another process, which must outlive this object. No call may be running.
  void act_for(Client& process) { context_.memory = &process; }

  // ---- IO address spaces ----

  // EOPNOTSUPP: flags. Here and below `respond` hands the answer to the user.
  Result<ObjectId> ioas_alloc(std::uint32_t flags = 0, const Respond<ObjectId>& respond = {});

  // Removes all areas. ENOENT: no such IOAS; EBUSY: a table or an access is attached, or a call is at work on it.
  int ioas_destroy(ObjectId ioas);

  // Stores the ranges without a reserved address, ascending, as many as fit. ENOENT: no such IOAS; EMSGSIZE: they do
  // not all fit, and the answer is valid all the same.
  Result<IovaRangesAnswer> ioas_iova_ranges(ObjectId ioas, std::span<IovaRange> ranges) const;

  // Automatic addresses come from these ranges only; none: from everywhere. ENOENT: no such IOAS; EINVAL: one begins at
  // or after its end, or overlaps an earlier one; EADDRINUSE: one is partly reserved.
  int ioas_allow_iovas(ObjectId ioas, std::span<const IovaRange> ranges);
  // `read` hands over range after range, or an errno in its turn.
  using ReadRange = std::function<int(std::uint32_t index, IovaRange& range)>;
  int ioas_allow_iovas(ObjectId ioas, std::uint32_t count, const ReadRange& read);

  // Maps client memory and returns the IOVA.
  // EOPNOTSUPP: flags; EOVERFLOW: iova or length is 2^64-1; EINVAL: no rights; ENOENT: no such IOAS; EOVERFLOW:
  // user_va+length beyond 2^64-1; EINVAL: length 0 or beyond 2^64-1-kPageSize; EINVAL: length not aligned. Fixed:
  // EINVAL: iova not aligned; EOVERFLOW: the range wraps; EINVAL: reserved; EEXIST: an area is there. Else EOVERFLOW:
  // length 2^63-1 or more; EINVAL: the address that large pages ask for is not aligned; ENOSPC: no room. EINVAL:
  // user_va not aligned; with a table, EFAULT: memory is missing; ENOMEM: the process may not lock as much.
  Result<std::uint64_t> ioas_map(const IoasMap& request, const Report<std::uint64_t>& report = {});
  // At `iova`.
  int ioas_map(ObjectId ioas, std::uint64_t user_va, std::uint64_t length, std::uint64_t iova, Rights rights);

  // Maps a part of a file and returns the IOVA. EOPNOTSUPP, EOVERFLOW, EINVAL, ENOENT up to the IOAS as ioas_map;
  // EINVAL: length 0; EOVERFLOW: start+length-1 wraps; EBADF: no file; EINVAL: beyond the end of a
  // DMA buffer; ENODEV: it is revoked; EINVAL: length beyond 2^64-1-kPageSize; then as
  // ioas_map from the alignment on, with EINVAL where the file cannot be pinned.
  Result<std::uint64_t> ioas_map_file(const IoasMapFile& request, const Report<std::uint64_t>& report = {});

  // Maps at dst_iova what is mapped at src_iova of another or the same IOAS, one area for each that the source range
  // meets; all or none. The memory is shared: its pages are pinned once. EOPNOTSUPP: flags; EOVERFLOW: length, src_iova
  // or dst_iova is 2^64-1; EINVAL: no rights; ENOENT: no source IOAS; EINVAL: length 0; EOVERFLOW: the source range
  // wraps; ENOENT: it is not all mapped; ENOENT: no destination IOAS; then as ioas_map from the alignment on, with
  // EPERM (writing wanted, memory handed over for reading) before the alignment of client addresses.
  Result<std::uint64_t> ioas_copy(const IoasCopy& request, const Report<std::uint64_t>& report = {});
  // To `dst_iova`.
  int ioas_copy(ObjectId dst_ioas, ObjectId src_ioas, std::uint64_t length, std::uint64_t dst_iova,
                std::uint64_t src_iova, Rights rights);

  // Removes the areas of iova..iova+length-1, or all (iova 0, length 2^64-1); ascending. Returns the bytes removed,
  // modulo 2^64. Accesses let go of the pins there first. ENOENT: no such IOAS; EOVERFLOW: iova or length is 2^64-1;
  // EINVAL: length 0; EOVERFLOW: the range wraps. For each area, with those below it gone: EBUSY: a hardware queue is
  // in it; ENOENT: it is not all inside; EDEADLOCK: an access keeps its pins. ENOENT: there was none.
  Result<std::uint64_t> ioas_unmap(ObjectId ioas, std::uint64_t iova, std::uint64_t length,
                                   const Report<std::uint64_t>& report = {});

  // Where a device without an IOMMU finds what is mapped. EOPNOTSUPP: there are no such devices here.
  Result<std::uint64_t> ioas_physical_address(ObjectId ioas, std::uint64_t iova) const;

  // Withdraws start..start+length-1 from use, for the life of the IOAS.
  // EINVAL: length 0; EOVERFLOW: the range wraps; ENOENT: no such IOAS; EADDRINUSE: an area or an allowed range is
  // there.
  int ioas_reserve(ObjectId ioas, std::uint64_t start, std::uint64_t length);

  // Sets an option, or gets its value. EOPNOTSUPP: no such option. Rlimit mode, EOPNOTSUPP: object_id; setting it,
  // EPERM: without privilege; EBUSY: an object exists; EINVAL: not 0 or 1. Huge pages, ENOENT: no such IOAS; setting
  // them, EINVAL: 0 with areas in a table; EADDRINUSE: 0, and an area is not aligned to pages; EINVAL: not 0 or 1.
  // EOPNOTSUPP: no such operation.
  Result<std::uint64_t> option(const Option& request, const Report<std::uint64_t>& report = {});

  // Pinned memory is charged to the process that calls, from now on. EINVAL: an area maps no file, or a DMA buffer;
  // ENOMEM: beyond the limit of the process.
  int ioas_change_process();

  // ---- VFIO's type 1 container ----

  // The IOAS that its calls work on. get: ENODEV: none; set: ENOENT: no such IOAS.
  Result<ObjectId> vfio_ioas_get() const;
  int vfio_ioas_set(ObjectId ioas);
  void vfio_ioas_clear();

  // Whether a container can be or do something: 1 or 0. ENODEV: coherent DMA, without an IOAS.
  Result<std::uint32_t> vfio_check_extension(std::uint64_t extension) const;
  // EINVAL: neither version of type 1; ENODEV: no IOAS. The first version forbids large pages: the errors of `option`.
  int vfio_set_iommu(std::uint64_t type);
  // The sizes of pages that may be mapped, as bits. ENODEV: no IOAS.
  Result<std::uint64_t> vfio_page_sizes() const;
  // ENODEV: no IOAS; then as ioas_map from the end of the client's range on. Without rights nobody reaches anything.
  int vfio_map_dma(std::uint64_t user_va, std::uint64_t length, std::uint64_t iova, Rights rights);
  // As ioas_unmap, but nothing need be there. If large pages are off, the areas at both ends are divided first, after
  // the last byte and before the first one; what is divided stays so on failure. `unmapped`: bytes removed, on failure
  // too; none if it did not get that far. ENODEV: no IOAS; EINVAL: everything, and a range; dividing, EBUSY: an unmap
  // is under way; EOPNOTSUPP: a DMA buffer; EINVAL: a half is not aligned, or an access or a queue pins a part; then
  // EINVAL: length 0; EOVERFLOW: the range wraps; and for each area as ioas_unmap.
  int vfio_unmap_dma(const VfioUnmap& request, std::optional<std::uint64_t>& unmapped);

  // ---- accesses: as the file descriptors of Linux's test driver, hence EBADF and EBADFD for those that do not exist
  // ----

  // Attached from the start. ENOENT: no such IOAS; EBUSY: it has too many; EADDRINUSE: needs_pin and an area is not
  // aligned to pages.
  Result<ObjectId> access_create(ObjectId ioas, bool needs_pin, const Respond<ObjectId>& respond = {});
  // Not attached.
  Result<ObjectId> access_create(bool needs_pin);
  // EBADFD; EINVAL: it is attached; ENOENT, EBUSY, EADDRINUSE as above.
  int access_attach(ObjectId access, ObjectId ioas);
  // Lets go of everything; nothing if it is not attached. EBADFD.
  int access_detach(ObjectId access);

  // Moves to an IOAS, leaving its pins unless it is there already. EBADFD; ENOENT: not attached, or no such IOAS;
  // EBUSY, EADDRINUSE as above.
  int access_replace(ObjectId access, ObjectId ioas);

  // EBADF: no such access.
  int access_destroy(ObjectId access);

  // Pins the pages behind iova..iova+length-1.
  // ENOMEM: length beyond kPinLimit; EBADFD: no such access; EOPNOTSUPP: it was not made for pinning; EINVAL: length 0;
  // EOVERFLOW: the range wraps; ENOENT: not attached; then for each area ascending: ENOENT: a gap before it; EINVAL:
  // not on a page, or an unmap is under way; EPERM: it lacks the right; EINVAL: a DMA buffer; EFAULT, EINVAL, ENOMEM:
  // it cannot be pinned. ENOENT: the range is not all mapped.
  Result<PinId> access_pin(ObjectId access, std::uint64_t iova, std::uint64_t length, bool write);

  // EBADFD: no such access; ENOENT: no such pin of this access.
  int access_unpin(ObjectId access, PinId pin);

  // The frames of a pin in the order of addresses, none if there is no such pin. EBADFD: no such access.
  Result<std::vector<Frame>> access_frames(ObjectId access, PinId pin) const;

  // Copies with the CPU. `slow`: as another process would. ENOMEM: beyond kPinLimit; EBADFD; EINVAL: nothing to copy;
  // EOVERFLOW: the range wraps; ENOENT: not attached; then for each area, with those before it copied: ENOENT: a gap;
  // EINVAL: an unmap is under way; EPERM: it lacks the right; EINVAL: a DMA buffer; EFAULT, EINVAL: memory is
  // missing.
  int access_read(ObjectId access, std::uint64_t iova, std::span<std::byte> to, bool slow = false);
  int access_write(ObjectId access, std::uint64_t iova, std::span<const std::byte> from, bool slow = false);

  // ---- hardware page tables ----

  // EINVAL: type and length of the data do not fit; ENOENT: no such device; EINVAL: pt_id names nothing, or nothing
  // that a table can be made of. Of an IOAS: EOPNOTSUPP: unknown flags, dirty tracking that the device lacks, or page
  // requests with a parent; errors of the driver; EINVAL: pages greater than the CPU's; EADDRINUSE: an area is not
  // aligned to the smallest page, or an area or an allowed range is outside the aperture; EFAULT, ENOMEM: areas cannot
  // be pinned. Nested in a HWPT: EOPNOTSUPP: other flags than page requests and PASID, or no data; EINVAL: automatic,
  // not made as a parent, or for another IOMMU; errors of the driver. In a virtual IOMMU: EINVAL: of another IOMMU;
  // EOPNOTSUPP as before; errors of the driver. ENOENT: no such queue for page requests.
  Result<ObjectId> hwpt_alloc(const HwptAlloc& request, const Respond<ObjectId>& respond = {});

  // EOPNOTSUPP: flags (1: on); ENOENT: no such HWPT of an IOAS; EOPNOTSUPP: it was not made for it. Switching on
  // forgets what was dirty.
  int hwpt_set_dirty_tracking(ObjectId hwpt, std::uint32_t flags);

  // Sets the bits of what devices wrote and forgets it, or keeps it (flag 1): bit n, little endian, stands for
  // iova + n * granule, the lowest set bit of page_size. An entry of the table is dirty as a whole and forgotten as a
  // whole. What lies behind a gap is left alone. EOPNOTSUPP: flags; ENOENT: no such HWPT of an IOAS; EINVAL: length 0;
  // EOVERFLOW: the range wraps; EINVAL: it is not aligned, page_size 0, or the range is not made of such pages;
  // EOPNOTSUPP: no dirty tracking.
  int hwpt_get_dirty_bitmap(ObjectId hwpt, std::uint32_t flags, std::uint64_t iova, std::uint64_t length,
                            std::uint64_t page_size, std::span<std::byte> bitmap);
  // The same with `set` called for each run of bits first..last, closed.
  using SetBits = Ioas::SetBits;
  int hwpt_get_dirty_bitmap(ObjectId hwpt, std::uint32_t flags, std::uint64_t iova, std::uint64_t length,
                            std::uint64_t page_size, const SetBits& set);

  // Of a nested HWPT or a virtual IOMMU. `done`: entries handled, on failure too. EINVAL: entries without an address,
  // of length 0 or beyond a page, or more than 2^19; ENOENT: no such object; EINVAL: of another kind; EOPNOTSUPP and
  // others by the driver.
  int hwpt_invalidate(ObjectId id, const Invalidation& invalidation, std::uint32_t& done);

  // ---- page requests ----

  // With its file open. EOPNOTSUPP: flags.
  Result<ObjectId> fault_alloc(std::uint32_t flags = 0, const Respond<ObjectId>& respond = {});
  // EBADF: not open; the rest as FaultQueue has it.
  Result<std::vector<PageFault>> fault_read(ObjectId fault, std::uint64_t size);
  Result<std::uint64_t> fault_read(ObjectId fault, std::uint64_t size, const FaultQueue::Deliver& deliver);
  Result<std::uint64_t> fault_write(ObjectId fault, std::span<const PageResponse> responses, std::uint64_t size);
  // Closes the file of a queue of page requests or of events. EBADF: not open.
  int events_close(ObjectId queue);
  // EBADF: not open.
  Result<bool> events_readable(ObjectId queue) const;

  // ---- devices ----

  // A device that its kernel driver opens to this file, in the group of `beside`, or one of its own if that is 0.
  // ENOENT: no such device.
  Result<ObjectId> device_bind(std::unique_ptr<IommuDevice> driver, ObjectId beside = 0);
  Result<ObjectId> device_bind(const MockDeviceTraits& traits = {}, ObjectId beside = 0);
  // Detaches; its place in a virtual IOMMU goes, and that id is never given out again. ENOENT: no such device.
  int device_unbind(ObjectId device);

  // Returns the HWPT that is used. ENOENT: no such device; ENOENT: pt_id names nothing; EINVAL: nothing to attach to;
  // EBUSY: attached with that PASID; EINVAL: its group is attached to another one; EADDRINUSE: an area or an allowed
  // range is where the device cannot translate; EINVAL: not with that PASID; errors of the driver. An IOAS: its
  // automatic tables are tried, oldest first, past EINVAL; then a new one is made and the errors of hwpt_alloc apply.
  Result<ObjectId> device_attach(ObjectId device, Pasid pasid, ObjectId pt_id);
  // Returns the HWPT that is used; for the whole group. ENOENT as above; EINVAL: not attached with that PASID;
  // EADDRINUSE, EINVAL, errors of the driver as above, and everything stays attached as it was.
  Result<ObjectId> device_replace(ObjectId device, Pasid pasid, ObjectId pt_id);
  // Nothing if it is not attached. ENOENT: no such device.
  int device_detach(ObjectId device, Pasid pasid);

  // Flag 1: information of that type is wanted. EOPNOTSUPP: flags; ENOENT: no such device; EOPNOTSUPP: not that type.
  Result<HwInfo> device_hw_info(ObjectId device, std::uint32_t flags = 0, std::uint32_t type = 0) const;

  // A new mock device that is attached to an IOAS as long as it lives. ENOENT: no such IOAS; EADDRINUSE, EFAULT as
  // above.
  Result<ObjectId> device_attach(ObjectId ioas);
  // ENOENT: no such device.
  int device_destroy(ObjectId device) { return device_unbind(device); }

  // ---- virtual IOMMUs ----

  // EOPNOTSUPP: flags, or type 0; ENOENT: no such device; EOPNOTSUPP: its IOMMU does not know the type; ENOENT: no such
  // HWPT of an IOAS; EINVAL: not made as a parent; errors of the driver.
  Result<ViommuAnswer> viommu_alloc(const ViommuAlloc& request, const Respond<ViommuAnswer>& respond = {});
  // ENOENT: no such virtual IOMMU, no such device; EINVAL: behind another IOMMU; ENOENT: it is being unbound; EEXIST:
  // it has a place; EEXIST: the place is taken; errors of the driver.
  Result<ObjectId> vdevice_alloc(const VdeviceAlloc& request, const Respond<ObjectId>& respond = {});
  // EOPNOTSUPP: flags, or type 0; EINVAL: depth 0 or beyond 2^19; ENOENT: no such virtual IOMMU; EEXIST: it has a queue
  // of that type. The file is open.
  Result<ObjectId> veventq_alloc(const VeventqAlloc& request, const Respond<ObjectId>& respond = {});
  // EBADF: not open; the rest as VeventQueue has it.
  Result<std::vector<Vevent>> veventq_read(ObjectId queue, std::uint64_t size);
  Result<std::uint64_t> veventq_read(ObjectId queue, std::uint64_t size, const VeventQueue::Deliver& deliver);

  // EOPNOTSUPP: flags, or type 0; EINVAL: length 0; EOVERFLOW: the range wraps; ENOENT: no such virtual IOMMU;
  // EOPNOTSUPP: not that type; ERANGE: the whole pages end beyond 2^64-1 bytes; ENOMEM: 2^28 pages or more; EADDRINUSE:
  // an area is not aligned to pages; the errors of access_pin, for reading; EFAULT: frames are not adjacent; errors of
  // the driver.
  Result<ObjectId> hw_queue_alloc(const HwQueueAlloc& request, const Respond<ObjectId>& respond = {});

  // ---- mmap ---- (as MmapRegions has it)

  Result<MappingId> mmap(const MmapRequest& request);
  Result<MappingId> mapping_split(MappingId mapping, std::uint64_t pages);
  Result<MappingId> mapping_fork(MappingId mapping);
  int munmap(MappingId mapping);
  std::span<std::byte> mapping_memory(MappingId mapping);
  Result<std::uint32_t> mapping_read32(MappingId mapping, std::uint64_t offset);
  int mapping_write32(MappingId mapping, std::uint64_t offset, std::uint32_t value);

  // ---- what a device does, and what an observer sees ----

  // The physical address that a device or the table reaches at `iova`, none if the access faults. ENOENT: no such
  // object. A device that is not attached, or to a nested table, reaches nothing here.
  Result<std::optional<std::uint64_t>> device_translate(ObjectId device, std::uint64_t iova) const;
  Result<std::optional<std::uint64_t>> hwpt_translate(ObjectId hwpt, std::uint64_t iova) const;

  // ENOENT: no such HWPT of an IOAS.
  Result<IoPageTableFormat> hwpt_format(ObjectId hwpt) const;
  // ENOENT: no such object.
  Result<ObjectType> object_type(ObjectId id) const;

  // All that lives, as text: equal states have equal texts. No call may be running. Throws std::bad_alloc.
  std::string dump() const;

  // The HWPT that the device is attached to, 0 if none. ENOENT: no such device.
  Result<ObjectId> device_hwpt(ObjectId device, Pasid pasid) const;

  // A page request of a mock device. Nothing if nobody takes it. ENOENT: no such device.
  int device_fault(ObjectId device, const PageFault& fault);
  // A group of page requests with one PASID, none empty. It is answered by IommuDevice::answer_faults, which is told of
  // the last. ENOENT: no such device; ENODEV: nobody takes it; then it is not answered.
  int device_faults(ObjectId device, std::span<const PageFault> group);
  // Page requests of a device that were answered. ENOENT: no such device.
  struct Answers {
    std::uint32_t accepted;
    std::uint32_t rejected;
  };
  Result<Answers> device_answers(ObjectId device) const;

  // A device writes at iova, iova + page_size, ... wherever a bit is set; returns how many bits are. EINVAL: length or
  // page_size 0, or they or the iova are no multiples; ENOENT: no such HWPT of an IOAS; EINVAL: not a mock table, or
  // tracking is off.
  Result<std::uint64_t> mock_dirty(ObjectId hwpt, std::uint64_t iova, std::uint64_t length, std::uint64_t page_size,
                                   std::span<const std::byte> bitmap);
  // An entry of a mock table's IOTLB, or of a mock device's cache. ENOENT: no such object; EINVAL: beyond the last
  // entry.
  Result<std::uint32_t> mock_iotlb(ObjectId hwpt, std::uint32_t entry) const;
  Result<std::uint32_t> mock_cache(ObjectId device, std::uint32_t entry) const;
  // The virtual IOMMU of a mock device reports an event about it, with its virtual id as data. ENOENT: no such device,
  // or it is in none, or in place 0; EOPNOTSUPP: no queue for it; ENOMEM.
  int mock_vevent(ObjectId device);

  // ---- mock devices as Linux's test driver has them: an object that owns a device ----

  struct MockDomain {
    ObjectId stdev_id;
    ObjectId idev_id;
    ObjectId hwpt_id;
  };
  // EINVAL: flags (1: no dirty tracking, 4: PASIDs); then the errors of device_attach. Destroying stdev_id unbinds.
  Result<MockDomain> mock_domain(ObjectId pt_id, std::uint32_t device_flags = 0,
                                 const Respond<MockDomain>& respond = {});
  // The device of an stdev; 0 if there is none such.
  ObjectId mock_device(ObjectId stdev) const;

 private:
  Result<std::uint64_t> map_user(Ioas& space, std::uint64_t user_va, std::uint64_t length, Place place, Rights rights);
  Hold<Ioas> vfio_space() const;
  Hold<Access> user_access(ObjectId access) const;
  int access_copy(ObjectId access, std::uint64_t iova, std::uint64_t length, std::byte* to, const std::byte* from,
                  bool slow);
  AccountMode account_mode() const;

  // Looking things up changes their counts, not the file.
  mutable Context context_;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
