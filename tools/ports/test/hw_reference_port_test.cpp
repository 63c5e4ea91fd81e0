// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/hw_reference_port.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <initializer_list>
#include <set>
#include <vector>

#include "tools/ports/registry.hpp"

namespace iolaw {
namespace {

constexpr std::uint64_t kMemory = 0x4000'0000;
constexpr std::uint64_t kMax = ~std::uint64_t{0};
constexpr std::uint64_t kRead = 1;
constexpr std::uint64_t kBoth = 3;

// Calls by name. The answers of a script are kept as one list of numbers, to be compared between ports.
struct Caller {
  explicit Caller(std::unique_ptr<Port> p) : port(std::move(p)) {}

  PortAnswer raw(std::string_view rule, std::initializer_list<std::uint64_t> arguments) {
    return port->call(rule, {arguments.begin(), arguments.size()});
  }
  int error(std::string_view rule, std::initializer_list<std::uint64_t> arguments) {
    const PortAnswer answer = raw(rule, arguments);
    EXPECT_EQ(answer.status, PortAnswer::Status::answered) << answer.note;
    log.push_back(answer.error);
    return answer.error;
  }
  std::uint64_t value(std::string_view rule, std::initializer_list<std::uint64_t> arguments) {
    const PortAnswer answer = raw(rule, arguments);
    EXPECT_EQ(answer.status, PortAnswer::Status::answered) << answer.note;
    log.push_back(answer.error);
    if (answer.results.empty() || !answer.results[0]) return kNoHandle;
    log.push_back(*answer.results[0]);
    return *answer.results[0];
  }

  std::unique_ptr<Port> port;
  std::vector<std::uint64_t> log;
};

Caller caller() { return Caller(make_hw_reference_port()); }

TEST(HwReferencePort, EveryRuleByName) {
  Caller c = caller();
  const auto ioas = c.value("ioas.alloc", {0});
  EXPECT_EQ(c.error("ioas.map", {ioas, kMemory, 0x2000, 0x100'0000, kBoth, 0}), 0);
  EXPECT_EQ(c.error("ioas.copy", {ioas, ioas, 0x1000, 0x200'0000, 0x100'1000, kRead, 0}), 0);
  EXPECT_EQ(c.error("ioas.reserve", {ioas, 0x300'0000, 1}), 0);
  const auto device = c.value("device.attach", {ioas, 0});
  EXPECT_EQ(c.value("device.translate", {device, 0x200'0004}), kMemory + 0x1000);
  EXPECT_EQ(c.value("device.translate", {device, 0x300'0000}), kNoHandle);
  EXPECT_EQ(c.value("memory.pins", {kMemory}), 1U);
  EXPECT_EQ(c.value("memory.pins", {kMemory + 0x2000}), 0U);
  const auto access = c.value("access.create", {ioas, 1});
  const auto pin = c.value("access.pin", {access, 0x100'0000, 0x1800, 1});
  EXPECT_EQ(c.error("access.unpin", {access, pin}), 0);
  EXPECT_EQ(c.error("access.unpin", {access, pin}), ENOENT);
  const auto other = c.value("ioas.alloc", {0});
  EXPECT_EQ(c.error("access.replace", {access, other}), 0);
  EXPECT_EQ(c.error("ioas.destroy", {other}), EBUSY);
  EXPECT_EQ(c.error("access.destroy", {access}), 0);
  EXPECT_EQ(c.error("ioas.destroy", {other}), 0);
  EXPECT_EQ(c.error("ioas.destroy", {ioas}), EBUSY);
  EXPECT_EQ(c.error("device.destroy", {device}), 0);
  EXPECT_EQ(c.value("memory.pins", {kMemory}), 0U);
  EXPECT_EQ(c.value("ioas.unmap", {ioas, 0, kMax}), 0x3000U);
  EXPECT_EQ(c.error("ioas.destroy", {ioas}), 0);
}

TEST(HwReferencePort, UnknownRuleOrArityIsUnsupported) {
  Caller c = caller();
  for (const char* rule : {"", "ioas", "ioas.map2", "device.frobnicate", "ioas.alloC"})
    EXPECT_EQ(c.raw(rule, {}).status, PortAnswer::Status::unsupported) << rule;
  EXPECT_EQ(c.raw("ioas.alloc", {}).status, PortAnswer::Status::unsupported);
}

TEST(HwReferencePort, HandlesAreDistinctAcrossKinds) {
  Caller c = caller();
  const auto ioas = c.value("ioas.alloc", {0});
  EXPECT_EQ(c.error("ioas.map", {ioas, kMemory, 0x1000, 0x100'0000, kBoth, 0}), 0);
  const auto device = c.value("device.attach", {ioas, 0});
  const auto access = c.value("access.create", {ioas, 1});
  const auto pin = c.value("access.pin", {access, 0x100'0000, 1, 0});
  EXPECT_EQ((std::set<std::uint64_t>{ioas, device, access, pin}.size()), 4U);
}

TEST(HwReferencePort, HandleOfAnotherKindNamesNothing) {
  Caller c = caller();
  const auto ioas = c.value("ioas.alloc", {0});
  const auto access = c.value("access.create", {ioas, 1});
  for (const std::uint64_t wrong : {access, kNoHandle, std::uint64_t{0}, ioas | std::uint64_t{1} << 32}) {
    EXPECT_EQ(c.error("ioas.destroy", {wrong}), ENOENT);
    EXPECT_EQ(c.error("device.attach", {wrong, 0}), ENOENT);
    EXPECT_EQ(c.error("device.destroy", {wrong}), ENOENT);
    EXPECT_EQ(c.error("access.unpin", {access, wrong}), ENOENT);
  }
  EXPECT_EQ(c.error("access.destroy", {ioas}), EBADF);
  EXPECT_EQ(c.error("access.replace", {ioas, ioas}), EBADFD);
}

TEST(HwReferencePort, ResetForgetsEverything) {
  Caller c = caller();
  const auto ioas = c.value("ioas.alloc", {0});
  EXPECT_EQ(c.error("ioas.map", {ioas, kMemory, 0x1000, 0x100'0000, kBoth, 0}), 0);
  c.value("device.attach", {ioas, 0});
  EXPECT_EQ(c.value("memory.pins", {kMemory}), 1U);
  c.port->reset();
  EXPECT_EQ(c.value("memory.pins", {kMemory}), 0U);
  EXPECT_EQ(c.error("ioas.destroy", {ioas}), ENOENT);
}

// A script for each of some defects: at most eight calls, whose answers differ from those of the sound library.
struct Witness {
  const char* defect;
  void (*script)(Caller&);
};

constexpr std::uint64_t kIova = 0x100'0000;

const Witness kWitnesses[] = {
    {"unmap_ignores_pins",
     [](Caller& c) {
       const auto ioas = c.value("ioas.alloc", {0});
       c.error("ioas.map", {ioas, kMemory, 0x1000, kIova, kBoth, 0});
       const auto access = c.value("access.create", {ioas, 1});
       c.value("access.pin", {access, kIova, 0x1000, 0});
       c.value("ioas.unmap", {ioas, kIova, 0x1000});
       c.value("memory.pins", {kMemory});
     }},
    {"overlap_off_by_one",
     [](Caller& c) {
       const auto ioas = c.value("ioas.alloc", {0});
       c.error("ioas.map", {ioas, kMemory, 0x1000, kIova, kBoth, 0});
       c.error("ioas.map", {ioas, kMemory, 0x1000, kIova + 0xfff, kBoth, 0});
     }},
    {"copy_repins",
     [](Caller& c) {
       const auto ioas = c.value("ioas.alloc", {0});
       c.error("ioas.map", {ioas, kMemory, 0x1000, kIova, kBoth, 0});
       c.error("ioas.copy", {ioas, ioas, 0x1000, kIova + 0x1000, kIova, kBoth, 0});
       c.value("device.attach", {ioas, 0});
       c.value("memory.pins", {kMemory});
     }},
    {"wrap_unnoticed",
     [](Caller& c) {
       const auto ioas = c.value("ioas.alloc", {0});
       c.error("ioas.map", {ioas, kMemory, 0x2000, kMax - 0xfff, kBoth, 0});
     }},
    {"destroy_ignores_users",
     [](Caller& c) {
       const auto ioas = c.value("ioas.alloc", {0});
       c.value("device.attach", {ioas, 0});
       c.error("ioas.destroy", {ioas});
     }},
    {"unmap_drops_shared_pin",
     [](Caller& c) {
       const auto ioas = c.value("ioas.alloc", {0});
       c.value("device.attach", {ioas, 0});
       c.error("ioas.map", {ioas, kMemory, 0x1000, kIova, kBoth, 0});
       c.error("ioas.copy", {ioas, ioas, 0x1000, kIova + 0x1000, kIova, kBoth, 0});
       c.value("ioas.unmap", {ioas, kIova, 0x1000});
       c.value("memory.pins", {kMemory});
     }},
    {"alignment_sticks",
     [](Caller& c) {
       const auto ioas = c.value("ioas.alloc", {0});
       const auto device = c.value("device.attach", {ioas, 0});
       c.error("device.destroy", {device});
       c.error("ioas.map", {ioas, kMemory, 1, kIova + 1, kBoth, 0});
     }},
    {"unmap_all_or_nothing",
     [](Caller& c) {
       const auto ioas = c.value("ioas.alloc", {0});
       c.error("ioas.map", {ioas, kMemory, 0x1000, kIova, kBoth, 0});
       c.error("ioas.map", {ioas, kMemory, 0x1000, kIova + 0x1000, kBoth, 0});
       c.value("ioas.unmap", {ioas, kIova, 0x1800});
       c.error("ioas.map", {ioas, kMemory, 0x1000, kIova, kBoth, 0});
     }},
    {"failed_pin_leaks",
     [](Caller& c) {
       const auto ioas = c.value("ioas.alloc", {0});
       c.error("ioas.map", {ioas, kMemory, 0x1000, kIova, kBoth, 0});
       const auto access = c.value("access.create", {ioas, 1});
       c.value("access.pin", {access, kIova, 0x2000, 0});
       c.value("memory.pins", {kMemory});
     }},
    {"failed_attach_leaks",
     [](Caller& c) {
       const auto ioas = c.value("ioas.alloc", {0});
       c.error("ioas.map", {ioas, kMemory, 0x1000, kIova, kBoth, 0});
       c.error("ioas.map", {ioas, 0, 0x1000, kIova + 0x1000, kBoth, 0});
       c.value("device.attach", {ioas, 0});
       c.value("memory.pins", {kMemory});
     }},
};

TEST(HwReferenceDefects, EachIsSeenThroughThePort) {
  register_hw_reference_defect_ports();
  for (const Witness& witness : kWitnesses) {
    SCOPED_TRACE(witness.defect);
    auto port = make_port("hw_reference:" + std::string(witness.defect));
    ASSERT_NE(port, nullptr);
    Caller sound = caller();
    Caller defective(std::move(port));
    witness.script(sound);
    witness.script(defective);
    EXPECT_NE(sound.log, defective.log);
  }
}

}  // namespace
}  // namespace iolaw
