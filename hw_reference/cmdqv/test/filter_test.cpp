// SPDX-License-Identifier: Apache-2.0
// Laws 53, 54, 55 and 62 on the functions that decide: any 128-bit command whatever.
#include "hw_reference/cmdqv/filter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "hw_reference/cmdqv/trapped.hpp"

namespace hw::cmdqv {
namespace {

using smmu::Command;
using smmu::Opcode;

Command any_command() {
  const auto opcode = *rc::gen::oneOf(
      rc::gen::element<std::uint64_t>(0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x28, 0x2a, 0x30, 0x40, 0x46),
      rc::gen::inRange<std::uint64_t>(0, 256));
  // Sparse values as well as any, so that commands without stray bits occur.
  const auto sparse = [] {
    const auto word = *rc::gen::arbitrary<std::uint64_t>();
    const std::vector<std::uint64_t> kinds = {word, word & 0xfffff000'00000000, word & 0x0000ffff'fffff000, 0};
    return *rc::gen::elementOf(kinds);
  };
  return {(sparse() & ~0xffull) | opcode, sparse()};
}

QueueOwner any_owner() {
  QueueOwner owner;
  owner.vmid = *rc::gen::arbitrary<std::uint16_t>();
  for (SidPair& pair : owner.sids) {
    pair = {*rc::gen::arbitrary<bool>(), *rc::gen::inRange(0u, 8u), *rc::gen::inRange(0u, 1u << 20)};
  }
  return owner;
}

TEST(Filter, law_53_54_55_what_a_guest_may_do) {
  EXPECT_TRUE(rc::check("opcode, StreamID and VMID of what passes", [] {
    const QueueOwner owner = any_owner();
    Command asked = any_command();
    if (asked.opcode() == Opcode::atc_inv && *rc::gen::arbitrary<bool>()) {
      asked.low = with_field(asked.low, 63, 32, *rc::gen::inRange(0u, 10u));
    }
    const auto admitted = admit(asked, owner);
    if (!std::holds_alternative<Command>(admitted)) return;
    const Command& done = std::get<Command>(admitted);
    RC_ASSERT(done.opcode() == asked.opcode());
    RC_ASSERT(done.high == asked.high);
    switch (done.opcode()) {
      case Opcode::tlbi_nh_asid:
      case Opcode::tlbi_nh_va:
        RC_ASSERT(done.vmid() == owner.vmid);
        RC_ASSERT(with_field(done.low, 47, 32, asked.vmid()) == asked.low);
        break;
      case Opcode::atc_inv: {
        const auto match = std::find_if(owner.sids.begin(), owner.sids.end(), [&](const SidPair& pair) {
          return pair.enabled && pair.virtual_sid == asked.stream();
        });
        RC_ASSERT(match != owner.sids.end());
        RC_ASSERT(done.stream() == match->physical_sid);
        break;
      }
      case Opcode::sync:
        RC_ASSERT(done.completion_signal() == smmu::kSignalNone);
        break;
      default:
        RC_FAIL("a guest's queue ran another opcode");
    }
  }));
}

TEST(Filter, the_hypervisor_is_not_restricted_but_for_signals) {
  QueueOwner owner;
  owner.hypervisor = true;
  const Command all = smmu::command::cfgi_all();
  EXPECT_EQ(std::get<Command>(admit(all, owner)), all);
  EXPECT_TRUE(std::holds_alternative<smmu::CommandError>(admit(smmu::command::sync(smmu::kSignalEvent), owner)));
}

TEST(Trapped, law_62_what_is_accepted_is_legal_for_the_smmu_and_of_this_vm) {
  EXPECT_TRUE(rc::check("any command, any features", [] {
    const smmu::Features features{.ats = *rc::gen::arbitrary<bool>(),
                                  .range_invalidation = *rc::gen::arbitrary<bool>()};
    const QueueOwner owner = any_owner();
    Command asked = any_command();
    if (*rc::gen::arbitrary<bool>()) asked.low = with_field(asked.low, 63, 32, *rc::gen::inRange(0u, 10u));
    const auto done = convert_trapped(asked, owner, features);
    RC_CLASSIFY(done.has_value(), "accepted");
    if (!done) return;
    RC_ASSERT(smmu::check(*done, features) == smmu::CommandError::none);
    if (smmu::is_tlbi(done->opcode())) RC_ASSERT(done->vmid() == owner.vmid);
    if (!smmu::is_tlbi(done->opcode())) RC_ASSERT(owner.physical(asked.stream()) == done->stream());
    const Opcode op = done->opcode();
    RC_ASSERT(op != Opcode::tlbi_nsnh_all && op != Opcode::sync && op != Opcode::cfgi_ste &&
              op != Opcode::cfgi_ste_range && op != Opcode::tlbi_s12_vmall && op != Opcode::tlbi_s2_ipa);
  }));
}

TEST(Trapped, examples) {
  QueueOwner owner;
  owner.vmid = 9;
  owner.sids[3] = {true, 5, 77};
  const smmu::Features features;
  EXPECT_EQ(convert_trapped(smmu::command::tlbi_nsnh_all(), owner, features), smmu::command::tlbi_nh_all(9));
  EXPECT_EQ(convert_trapped(smmu::command::tlbi_nh_asid(1, 4), owner, features), smmu::command::tlbi_nh_asid(9, 4));
  EXPECT_EQ(convert_trapped(smmu::command::cfgi_cd(5, 2, true), owner, features), smmu::command::cfgi_cd(77, 2, true));
  EXPECT_FALSE(convert_trapped(smmu::command::cfgi_cd(6, 2, true), owner, features));
  EXPECT_FALSE(convert_trapped(smmu::command::atc_inv(5, 0, 53), owner, features));
  EXPECT_FALSE(convert_trapped(smmu::command::atc_inv(5, 0, 52), owner, {.ats = false}));
  EXPECT_FALSE(convert_trapped(smmu::command::cfgi_ste(5, true), owner, features));
}

}  // namespace
}  // namespace hw::cmdqv
