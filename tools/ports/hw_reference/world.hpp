// SPDX-License-Identifier: Apache-2.0
// What the port of hw_reference works on: one open file of iommufd, and the client that has it. Compiled twice, for the
// library with seeded defects and for the one without, hence the namespace.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "hw_reference/iommufd/iommufd.hpp"
#include "hw_reference/memory/client_file.hpp"
#include "hw_reference/memory/client_memory.hpp"
#include "hw_reference/memory/dma_buffer.hpp"
#include "model/port/port.hpp"

namespace iolaw::hw_port {
inline namespace HW_REFERENCE_VARIANT {

namespace hw = hw_reference;

using Arguments = std::span<const std::uint64_t>;

// The law's constant MEMORY.
inline constexpr std::uint64_t kMemoryFirst = 0x4000'0000;
inline constexpr std::uint64_t kMemoryPages = 16;

// Frames of the machine: the client's memory, and as much for its files.
inline constexpr std::uint64_t kFrames = 2 * kMemoryPages + 512;
// Above them devices have their own memory.
inline constexpr hw::Frame kDeviceMemory = hw::Frame{1} << 30;

enum class Kind : std::uint8_t { none, ioas, device, hwpt, fault_queue, viommu, vdevice, veventq, hw_queue };

// Objects of the law that live in the client alone.
struct List {
  std::vector<hw::IovaRange> ranges;
  std::uint64_t readable = 0;
};
struct File {
  std::shared_ptr<hw::PinSource> file;  // null: it was closed
};
struct Fault {
  std::uint32_t cookie = 0;  // 0: it was not read, or it was answered
};
struct Mapping {
  hw::MappingId id = 0;
};
using Thing = std::variant<List, File, Fault, Mapping>;

// A region that a vIOMMU offers for mapping, in bytes; length 0: none.
struct Region {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

class World {
 public:
  World() {
    client.map(kMemoryFirst, kMemoryPages);
    iommufd.emplace(client);
  }

  // Ids are below 2^31; whatever else is passed becomes 0, which names nothing. For calls that look an id up by its
  // kind: it may have died.
  hw::ObjectId id(std::uint64_t handle) const { return handle >> 31 == 0 ? static_cast<hw::ObjectId>(handle) : 0; }
  // For calls that take several kinds, or a kind of which there are objects without handles: 0 unless it lives.
  hw::ObjectId live(std::uint64_t handle, Kind kind) const {
    return handle < kinds_.size() && kinds_[handle] == kind ? static_cast<hw::ObjectId>(handle) : 0;
  }
  // The device of a mock device that lives; 0 if there is none.
  hw::ObjectId device(std::uint64_t handle) const {
    const hw::ObjectId stdev = live(handle, Kind::device);
    return stdev == 0 ? 0 : iommufd->mock_device(stdev);
  }

  PortAnswer made(hw::ObjectId id, Kind kind);
  PortAnswer destroy(std::uint64_t handle, Kind kind);

  // Closes the file and opens it anew. What is the client's stays.
  void release();

  std::uint64_t add(Thing thing);
  template <class T>
  T* find(std::uint64_t handle) {
    return handle >= kThings && handle - kThings < things_.size() ? std::get_if<T>(&things_[handle - kThings])
                                                                  : nullptr;
  }
  // The handle of the thing that was added as number `number`, counted from 0.
  static std::uint64_t thing(std::uint64_t number) { return kThings + number; }
  std::uint64_t things() const { return things_.size(); }

  Region& region(hw::ObjectId viommu);

  hw::PhysicalMemory frames{kFrames};
  hw::ClientMemory client{frames};
  std::optional<hw::Iommufd> iommufd;  // always there, but anew after release()

 private:
  static constexpr std::uint64_t kThings = std::uint64_t{1} << 34;

  std::vector<Kind> kinds_;  // of objects that have handles and live, by id
  std::vector<Region> regions_;
  std::vector<Thing> things_;
};

inline PortAnswer failed(int error) {
  PortAnswer answer;
  answer.error = error;
  return answer;
}

inline PortAnswer succeeded(std::optional<std::uint64_t> result) {
  PortAnswer answer;
  answer.results.push_back(result);
  return answer;
}

PortAnswer unsupported(std::string note);

// What only the struct of an ioctl has: its reserved fields, and memory that cannot be read or written.
PortAnswer no_struct();

template <class T>
PortAnswer with_result(const hw::Result<T>& result, std::uint64_t bits = 0) {
  return result.ok() ? succeeded(result.value | bits) : failed(result.error);
}

// A flag that no call knows.
inline constexpr std::uint32_t kUnknownFlag = 0x100;

// A type that the mock driver does not know.
inline constexpr std::uint32_t kForeignType = 0x1234;

// The law's DriverData; `known` is the driver's type of it.
hw::UserData user_data(std::uint64_t data, std::uint32_t known, std::span<const std::byte> bytes);

// The law's DriverType.
inline std::uint32_t driver_type(std::uint64_t type, std::uint32_t known) {
  return type == 0 ? 0 : type == 1 ? known : kForeignType;
}

// The law's Rights number READ 1 and WRITE 2.
inline std::uint32_t map_flags(std::uint64_t rights, bool fixed) {
  return (fixed ? hw::kMapFixedIova : 0) | ((rights & 1) != 0 ? hw::kMapReadable : 0) |
         ((rights & 2) != 0 ? hw::kMapWriteable : 0);
}

struct Operation {
  std::string_view name;
  std::size_t arity;
  PortAnswer (*call)(World&, Arguments);
};

// The operations of each part of the law, one file each.
std::span<const Operation> ioas_operations();
std::span<const Operation> device_operations();
std::span<const Operation> hwpt_operations();
std::span<const Operation> event_operations();
std::span<const Operation> limit_operations();
std::span<const Operation> reply_operations();
std::span<const Operation> vfio_operations();
std::span<const Operation> viommu_operations();

}  // namespace HW_REFERENCE_VARIANT
}  // namespace iolaw::hw_port
