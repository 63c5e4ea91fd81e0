// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/uapi/test/random_calls.hpp"

#include <sys/mman.h>

namespace hw_reference::uapi {

RandomClient::~RandomClient() {
  for (const int fd : descriptors_) door_.close(fd);
  for (const std::uint64_t mapping : mappings_) door_.munmap(mapping, 2 * kPageSize);
}

void RandomClient::count(long result) {
  ++calls_;
  if (result >= 0) ++succeeded_;
}

int RandomClient::descriptor() {
  if (descriptors_.empty() || below(50) == 0) return below(2) == 0 ? fd_ : static_cast<int>(below(2000)) - 1000;
  return descriptors_[below(descriptors_.size())];
}

// What a field may hold: ids, flags, addresses and lengths, or anything.
std::uint64_t RandomClient::word() {
  switch (below(16)) {
    case 0:
      return random_();
    case 1:
      return ~std::uint64_t{0} - below(3);
    case 2:
    case 3:
      return memory_.at(below(16)) + (below(4) == 0 ? below(kPageSize) : 0);
    case 4:
    case 5:
    case 6:
      return kIova + below(16) * kPageSize;
    case 7:
      return (1 + below(4)) * kPageSize;
    case 8:
      return below(2) == 0 ? kNowhere : kMockViommuType;
    case 9:
      return below(24) | below(16) << 32;
    default:
      return below(24) | below(24) << 32;
  }
}

std::uint32_t RandomClient::id() { return static_cast<std::uint32_t>(1 + below(12)); }

// Fills in what most calls would be refused for.
void RandomClient::make_sensible(unsigned number, std::uint32_t* fields, std::uint64_t* words) {
  for (unsigned field = 1; field < 4; ++field) fields[field] = id();
  switch (number) {
    case kIoasAlloc:
    case kFaultQueueAlloc:
    case kIoasChangeProcess:
      fields[1] = 0;
      break;
    case kIoasMap:
    case kIoasCopy:
      fields[1] = kMapReadable | (below(2) == 0 ? kMapWriteable : 0) | (below(4) != 0 ? kMapFixedIova : 0);
      if (number == kIoasMap) fields[3] = 0;
      words[2] = number == kIoasMap ? memory_.at(below(12)) : (1 + below(4)) * kPageSize;
      words[3] = number == kIoasMap ? (1 + below(4)) * kPageSize : kIova + below(16) * kPageSize;
      words[4] = kIova + below(16) * kPageSize;
      break;
    case kIoasUnmap:
      words[1] = kIova + below(8) * kPageSize;
      words[2] = (1 + below(16)) * kPageSize;
      break;
    case kIoasIovaRanges:
    case kIoasAllowIovas:
      fields[2] = static_cast<std::uint32_t>(below(3));
      fields[3] = 0;
      words[2] = memory_.at(14);
      break;
    case kHwptAlloc:
      fields[1] = static_cast<std::uint32_t>(below(3) == 0 ? below(16) : 0);
      fields[5] = 0;
      fields[6] = below(3) == 0 ? kMockHwptType : 0;
      fields[7] = fields[6] == 0 ? 0 : 8;
      words[4] = memory_.at(15);
      fields[10] = id();
      break;
    case kViommuAlloc:
      fields[1] = 0;
      fields[2] = kMockViommuType;
      fields[4] = id();
      fields[6] = below(2) == 0 ? 0 : 24;
      words[4] = memory_.at(15);
      break;
    case kVeventqAlloc:
      fields[1] = fields[7] = 0;
      fields[3] = kMockVeventqType;
      fields[4] = 1 + id();
      break;
    case kHwQueueAlloc:
      fields[1] = 0;
      fields[3] = kMockHwQueueType;
      fields[4] = static_cast<std::uint32_t>(below(2));
      words[3] = kIova + below(8) * kPageSize;
      words[4] = kPageSize;
      break;
    default:
      break;
  }
}

void RandomClient::ioctl() {
  std::array<std::uint64_t, kWords> words{};
  for (std::uint64_t& each : words) each = word();
  unsigned number = command(static_cast<unsigned>(0x80 + below(0x16)));
  switch (below(12)) {
    case 0:
      number = static_cast<unsigned>(random_());
      break;
    case 1:
    case 2:
    case 3:
      number = kTest;
      break;
    case 4:
      number = _IO(';', 100 + below(20));  // VFIO's
      break;
    default:
      break;
  }
  auto* const fields = reinterpret_cast<std::uint32_t*>(words.data());
  // By number: what each command's structure has. Mostly it is that.
  static constexpr std::array<std::uint32_t, 22> kSizes = {8,  12, 24, 40, 32, 40, 24, 24, 12, 48, 40,
                                                           16, 48, 32, 16, 40, 40, 24, 8,  32, 40, 40};
  const unsigned slot = _IOC_NR(number) - kFirstCommand;
  fields[0] = slot < kSizes.size() ? kSizes[slot] : 32;
  if (below(20) == 0) fields[0] = static_cast<std::uint32_t>(random_() >> below(32));
  if (number == kTest) {
    fields[0] = sizeof(TestCommand);
    fields[1] = static_cast<std::uint32_t>(below(26));
    fields[2] = static_cast<std::uint32_t>(below(2) == 0 && !descriptors_.empty() ? descriptor() : id());
  } else if (below(8) != 0) {
    make_sensible(number, fields, words.data());
  }
  // At most 64 KiB of a driver's data or ranges: what is larger only takes longer.
  if (number == kHwptInvalidate) fields[6] %= 64;
  const std::uint64_t argument = below(40) == 0 ? word() : address(words.data());
  const long result = door_.ioctl(fd_, number, argument);
  count(result);
  if (result != 0 || argument != address(words.data())) return;
  const auto keep = [this](std::uint32_t fd) { descriptors_.push_back(static_cast<int>(fd)); };
  if (number == kFaultQueueAlloc) keep(fields[3]);
  if (number == kVeventqAlloc) keep(fields[6]);
  if (number == kTest && static_cast<TestOp>(fields[1]) == TestOp::create_access) keep(fields[4]);
}

void RandomClient::read_or_write() {
  std::array<std::uint64_t, 16> buffer;
  for (std::uint64_t& each : buffer) each = below(8) | below(2) << 32;
  const std::uint64_t where = below(8) == 0 ? word() : address(buffer.data());
  static constexpr std::array<std::size_t, 6> kSizes = {0, 8, 12, 40, 80, 128};
  const std::size_t size = kSizes[below(kSizes.size())];
  const int fd = descriptor();
  switch (below(3)) {
    case 0:
      return count(door_.write(fd, address(buffer.data()), size));
    case 1:
      return count(door_.poll(fd));
    default:
      // Into anything but this object's own memory or what is no memory at all.
      return count(door_.read(fd, where == address(buffer.data()) ? where : kNowhere, size));
  }
}

void RandomClient::map_registers() {
  const std::uint64_t offset = (1 + 2 * below(3)) * kPageSize + (below(8) == 0 ? below(kPageSize) : 0);
  const std::int64_t place = door_.mmap(0, 2 * kPageSize, PROT_READ | PROT_WRITE,
                                        below(8) == 0 ? MAP_PRIVATE : MAP_SHARED, fd_, static_cast<off_t>(offset));
  count(place < 0 ? -1 : 0);
  if (place < 0) return;
  mappings_.push_back(static_cast<std::uint64_t>(place));
  if (below(4) == 0) count(door_.exit(door_.fork(mappings_.back())));
}

// Keeps the numbers of files and mappings small.
void RandomClient::forget() {
  if (!mappings_.empty() && below(2) == 0) {
    count(door_.munmap(mappings_.back(), below(4) == 0 ? kPageSize : 2 * kPageSize));
    door_.munmap(mappings_.back(), 2 * kPageSize);
    mappings_.pop_back();
  }
  if (descriptors_.empty()) return;
  const std::size_t at = below(descriptors_.size());
  count(door_.close(descriptors_[at]));
  descriptors_[at] = descriptors_.back();
  descriptors_.pop_back();
}

void RandomClient::call() {
  const std::uint64_t kind = below(32);
  if (kind == 0 || descriptors_.size() > 20 || mappings_.size() > 8) return forget();
  if (kind == 1) return map_registers();
  if (kind < 5) return read_or_write();
  ioctl();
}

}  // namespace hw_reference::uapi
