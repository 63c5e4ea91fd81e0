// SPDX-License-Identifier: Apache-2.0
// Lack of memory where iommufd drives an SMMU: tables, PASIDs, guests with queues of CMDQV, faults. Every allocation of
// software is made to fail in turn; those of the models of hardware are left alone. The call that meets it answers
// ENOMEM and leaves all as it was: objects, pins, and what each stream reaches. Repeated, it succeeds, and the sequence
// ends as it does undisturbed.
#include <string>
#include <utility>

#include "hw_reference/domain/fault_port.hpp"
#include "hw_reference/domain/test/cmdqv_board.hpp"
#include "hw_reference/iommufd/answer.hpp"
#include "hw_reference/test/failing_allocations.hpp"

namespace {

using hw::testing::countdown;

using namespace hw::domain;
using namespace hw::domain::testing;
namespace iommufd = hw_reference;
namespace smmu = hw::smmu;

using Id = iommufd::ObjectId;
constexpr std::uint64_t kIova = 0x10'0000;

smmu::Features stalling() {
  smmu::Features features;
  features.stall_model = smmu::StallModel::either;
  return features;
}

// Makes calls on a board of its own. `pending`: which allocation of theirs fails; negative: none.
class Failing {
 public:
  explicit Failing(long pending)
      : board(smmu::Policy::exact(), kTableBytes, 2, stalling()),
        cmdqv(board.rig.memory, board.rig.smmu, hw::cmdqv::Parameters(), smmu::Policy::exact()),
        host(cmdqv, *board.rig.driver),
        pending_(pending) {}

  Board board;
  hw::cmdqv::Cmdqv cmdqv;
  CmdqvHost host;

  unsigned refused() const { return refused_; }
  bool reached() const { return pending_ < 0; }
  const std::vector<std::string>& log() const { return log_; }

  template <class Call>
  void make(Call call) {
    (void)answer_of(call);
  }
  template <class Call>
  auto value(Call call) {
    return answer_of(call).value;
  }
  // No queue may keep a page mapped when the board goes.
  ~Failing() { board.fd.reset(); }

 private:
  template <class Call>
  auto answer_of(Call call) {
    const std::string before = state();
    const bool waiting = pending_ >= 0;
    auto answer = armed(call);
    if (error_of(answer) == ENOMEM && waiting && reached()) {
      ++refused_;
      EXPECT_EQ(state(), before) << "after call " << log_.size();
      answer = armed(call);
    }
    log_.push_back(std::to_string(error_of(answer)) + "\n" + state());
    return answer;
  }
  template <class Call>
  auto armed(Call call) {
    countdown = pending_;
    // A caller's own memory may lack, too.
    auto answer = iommufd::answer(call);
    pending_ = std::exchange(countdown, -1);
    return answer;
  }
  static int error_of(int error) { return error; }
  template <class T>
  static int error_of(const iommufd::Result<T>& result) {
    return result.error;
  }
  std::string state() {
    std::string text = board.fd->dump() + "\npins " + std::to_string(board.frames.total_pins());
    for (const smmu::StreamId stream : {kStream, kStream + 1, kStream + 2}) {
      for (const std::uint64_t at : {kIova, kIova + 2 * kPage, 5 * kPage}) {
        text += ' ' + std::to_string(board.page_at(at, stream).value_or(kMax));
        text += ' ' + std::to_string(board.page_at(at, stream, 2).value_or(kMax));
      }
    }
    return text;
  }

  long pending_;
  unsigned refused_ = 0;
  std::vector<std::string> log_;
};

void run_tables(Failing& f) {
  auto& fd = *f.board.fd;
  Driver& driver = *f.board.rig.driver;
  const Id space = f.value([&] { return fd.ioas_alloc(); }), other = f.value([&] { return fd.ioas_alloc(); });
  const Id device = f.value([&] { return fd.device_bind(std::make_unique<SmmuDevice>(driver, kStream)); });
  f.make([&] { return f.board.map(space, 4, 3, kIova); });
  f.make([&] { return fd.device_attach(device, 0, space); });
  f.make([&] { return f.board.map(space, 8, 1, std::uint64_t{1} << 40); });  // tables of its own
  f.make([&] { return fd.ioas_copy(other, space, 2 * kPage, kIova, kIova, iommufd::kRead); });
  const Id dirty = f.value([&] { return fd.hwpt_alloc({device, other, iommufd::kHwptDirtyTracking, 0, {}}); });
  f.make([&] { return fd.device_replace(device, 0, dirty); });
  f.make([&] { return fd.hwpt_set_dirty_tracking(dirty, 1); });
  std::byte bits{0};
  f.make([&] { return fd.hwpt_get_dirty_bitmap(dirty, 0, kIova, 2 * kPage, kPage, {&bits, 1}); });
  f.make([&] { return fd.device_replace(device, 0, space); });
  f.make([&] { return fd.device_hw_info(device); });
  f.make([&] { return fd.ioas_unmap(space, kIova, 3 * kPage); });
  f.make([&] { return fd.device_detach(device, 0); });
}

void run_pasids(Failing& f) {
  auto& fd = *f.board.fd;
  Driver& driver = *f.board.rig.driver;
  const Id space = f.value([&] { return fd.ioas_alloc(); }), other = f.value([&] { return fd.ioas_alloc(); });
  const Id device = f.value([&] { return fd.device_bind(std::make_unique<SmmuDevice>(driver, kStream + 1)); });
  f.make([&] { return f.board.map(space, 10, 3, kIova); });
  f.make([&] { return f.board.map(other, 20, 3, kIova); });
  const Id first = f.value([&] { return fd.hwpt_alloc({device, space, iommufd::kHwptPasid, 0, {}}); });
  const Id second = f.value([&] { return fd.hwpt_alloc({device, other, iommufd::kHwptPasid, 0, {}}); });
  f.make([&] { return fd.device_attach(device, 0, first); });
  f.make([&] { return fd.device_attach(device, 2, second); });
  f.make([&] { return fd.device_attach(device, 3, first); });
  f.make([&] { return fd.device_attach(device, 3, first); });
  f.make([&] { return fd.device_replace(device, 2, first); });
  f.make([&] { return fd.device_replace(device, 0, second); });
  f.make([&] { return fd.device_detach(device, 3); });
  f.make([&] { return fd.device_detach(device, 2); });
  f.make([&] { return fd.device_detach(device, 0); });
  // A table that the device cannot have beside PASIDs.
  const Id parent = f.value([&] { return fd.hwpt_alloc({device, space, iommufd::kHwptNestParent, 0, {}}); });
  f.make([&] { return fd.device_attach(device, 0, parent); });
  f.make([&] { return fd.device_attach(device, 2, second); });
}

void run_guest(Failing& f) {
  auto& fd = *f.board.fd;
  Driver& driver = *f.board.rig.driver;
  const Id device =
      f.value([&] { return fd.device_bind(std::make_unique<SmmuDevice>(driver, kStream + 2, false, &f.host)); });
  const Id space = f.value([&] { return fd.ioas_alloc(); });
  const Id parent = f.value([&] { return fd.hwpt_alloc({device, space, iommufd::kHwptNestParent, 0, {}}); });
  f.make([&] { return f.board.map(space, 30, 16, 0); });
  std::array<std::uint64_t, 2> room{};
  const iommufd::UserData data{0, sizeof room, reinterpret_cast<const std::byte*>(&room)};
  const auto viommu = f.value([&] { return fd.viommu_alloc({device, parent, kCmdqvType, 0, data}); });
  f.make([&] { return fd.viommu_alloc({device, parent, kSmmuType, 0, {}}); });
  f.make([&] { return fd.vdevice_alloc({viommu.id, device, kVirtualStream}); });
  f.make([&] { return fd.vdevice_alloc({viommu.id, device, kVirtualStream}); });
  f.make([&] { return fd.veventq_alloc({viommu.id, kCmdqvType, 4, 0}); });
  const SmmuNestedData entry{{kGuestTranslates, 0}};
  const iommufd::UserData nested{kSmmuType, sizeof entry, reinterpret_cast<const std::byte*>(&entry)};
  const Id table = f.value([&] { return fd.hwpt_alloc({device, viommu.id, 0, 0, nested}); });
  f.make([&] { return fd.device_attach(device, 0, table); });
  const auto page = f.value([&] { return fd.mmap({viommu.mmap_offset, viommu.mmap_length}); });
  const auto child = f.value([&] { return fd.mapping_fork(page); });
  const auto queue = [&](std::uint32_t index) {
    return f.value([&] {
      return fd.hw_queue_alloc({viommu.id, kCmdqvQueueType, index, 12 * kPage + index * kRingBytes, kRingBytes, 0});
    });
  };
  const Id low = queue(0), high = queue(1);
  queue(1);
  f.make([&] { return fd.ioas_unmap(space, 0, kMax); });
  const std::array commands = {smmu::command::tlbi_nh_all(7), smmu::command::cfgi_cd_all(kVirtualStream)};
  std::uint32_t done = 0;
  f.make([&] {
    return fd.hwpt_invalidate(
        viommu.id, {kSmmuType, sizeof(smmu::Command), 2, reinterpret_cast<const std::byte*>(commands.data()), false},
        done);
  });
  f.make([&] { return fd.destroy(high); });
  f.make([&] { return fd.destroy(low); });
  queue(0);
  f.make([&] { return fd.munmap(child); });
  f.make([&] { return fd.munmap(page); });
}

void run_faults(Failing& f) {
  auto& fd = *f.board.fd;
  Driver& driver = *f.board.rig.driver;
  EXPECT_EQ(driver.set_stalls(kStream), 0);
  const Id device =
      f.value([&] { return fd.device_bind(std::make_unique<SmmuDevice>(driver, kStream, OnFault::stall)); });
  const Id space = f.value([&] { return fd.ioas_alloc(); });
  const Id queue = f.value([&] { return fd.fault_alloc(); });
  const Id table = f.value([&] { return fd.hwpt_alloc({device, space, iommufd::kHwptFaultIdValid, queue, {}}); });
  f.make([&] { return fd.device_attach(device, 0, table); });
  std::uint64_t word = 1;
  EXPECT_EQ(f.board.rig.smmu.write({.stream = kStream, .address = kIova}, std::as_bytes(std::span(&word, 1))),
            smmu::DmaStatus::stalled);
  const std::array<iommufd::PageFault, 2> group{iommufd::PageFault{.grpid = 0, .addr = kIova},
                                                iommufd::PageFault{.grpid = 0, .addr = kIova + kPage}};
  f.make([&] { return fd.device_faults(device, group); });
  const auto read = f.value([&] { return fd.fault_read(queue, 4 * sizeof(iommufd::PageFault)); });
  f.make([&] { return f.board.map(space, 4, 1, kIova); });
  const iommufd::PageResponse response{read.empty() ? 0 : read[0].cookie, 0};
  f.make([&] { return fd.fault_write(queue, {&response, 1}, sizeof response); });
  EXPECT_EQ(f.board.rig.smmu.stalled(), 0U);
  EXPECT_EQ(fd.device_detach(device, 0), 0);
}

class SmmuAllocation : public ::testing::TestWithParam<std::pair<const char*, void (*)(Failing&)>> {};

TEST_P(SmmuAllocation, EachFailureIsAnsweredAndUndone) {
  std::vector<std::string> undisturbed;
  {
    Failing f(-1);
    GetParam().second(f);
    undisturbed = f.log();
    ASSERT_EQ(f.refused(), 0U);
  }
  unsigned failures = 0;
  for (long at = 0;; ++at) {
    Failing f(at);
    GetParam().second(f);
    ASSERT_EQ(f.refused(), f.reached() ? 1U : 0U) << "allocation " << at;
    ASSERT_EQ(f.log(), undisturbed) << "allocation " << at;
    if (!f.reached()) break;
    ++failures;
  }
  EXPECT_GT(failures, 20U);
  RecordProperty("failures", static_cast<int>(failures));
}

INSTANTIATE_TEST_SUITE_P(Scripts, SmmuAllocation,
                         ::testing::Values(std::pair("tables", &run_tables), std::pair("pasids", &run_pasids),
                                           std::pair("guest", &run_guest), std::pair("faults", &run_faults)),
                         [](const auto& script) { return std::string(script.param.first); });

// On the way to a queue nobody can be told of a lack of memory: then the transaction ends. It is never forgotten.
TEST(SmmuAllocationOfFaults, AFaultIsReadOrItsTransactionEnds) {
  unsigned ended = 0;
  for (long at = 0;; ++at) {
    Board board(smmu::Policy::exact(), kTableBytes, 2, stalling());
    EXPECT_EQ(board.rig.driver->set_stalls(kStream), 0);
    auto& fd = *board.fd;
    const Id device = fd.device_bind(std::make_unique<SmmuDevice>(*board.rig.driver, kStream, OnFault::stall)).value;
    const Id queue = fd.fault_alloc().value;
    const Id table = fd.hwpt_alloc({device, fd.ioas_alloc().value, iommufd::kHwptFaultIdValid, queue, {}}).value;
    ASSERT_TRUE(fd.device_attach(device, 0, table).ok());
    FaultPort port(*board.rig.driver, kStream, fd, device);
    std::uint64_t word = 1;
    smmu::Ticket ticket = 0;
    EXPECT_EQ(board.rig.smmu.write({.stream = kStream, .address = kIova}, std::as_bytes(std::span(&word, 1)), &ticket),
              smmu::DmaStatus::stalled);
    countdown = at;
    board.rig.driver->handle_faults();
    const bool failed = std::exchange(countdown, -1) < 0;
    const auto outcome = board.rig.smmu.outcome(ticket);
    const bool readable = !fd.fault_read(queue, sizeof(iommufd::PageFault)).value.empty();
    EXPECT_NE(outcome.has_value(), readable) << "allocation " << at;
    EXPECT_EQ(outcome.has_value(), failed) << "allocation " << at;
    if (outcome) {
      ++ended;
      EXPECT_EQ(outcome->status, smmu::DmaStatus::aborted);
    }
    if (!failed) break;
  }
  EXPECT_GT(ended, 1U);
}

}  // namespace
