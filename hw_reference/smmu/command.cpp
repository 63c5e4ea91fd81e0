// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/command.hpp"

namespace hw::smmu {

namespace command {

namespace {

std::uint64_t op(Opcode opcode) { return static_cast<std::uint64_t>(opcode); }

Command of_stream(Opcode opcode, StreamId stream) { return {op(opcode) | in_field(stream, 63, 32), 0}; }

Command of_vm(Opcode opcode, std::uint16_t vmid, std::uint16_t asid = 0) {
  return {op(opcode) | in_field(vmid, 47, 32) | in_field(asid, 63, 48), 0};
}

Command at(Command base, std::uint64_t address, bool leaf) {
  base.high = address_field(address, 63, 12) | (leaf ? 1 : 0);
  return base;
}

}  // namespace

Command cfgi_ste(StreamId stream, bool leaf) {
  Command c = of_stream(Opcode::cfgi_ste, stream);
  c.high = leaf ? 1 : 0;
  return c;
}
Command cfgi_ste_range(StreamId stream, unsigned range) {
  Command c = of_stream(Opcode::cfgi_ste_range, stream);
  c.high = in_field(range, 4, 0);
  return c;
}
Command cfgi_all() { return cfgi_ste_range(0, 31); }
Command cfgi_cd(StreamId stream, SubstreamId substream, bool leaf) {
  Command c = of_stream(Opcode::cfgi_cd, stream);
  c.low |= in_field(substream, 31, 12);
  c.high = leaf ? 1 : 0;
  return c;
}
Command cfgi_cd_all(StreamId stream) { return of_stream(Opcode::cfgi_cd_all, stream); }
Command tlbi_nh_all(std::uint16_t vmid) { return of_vm(Opcode::tlbi_nh_all, vmid); }
Command tlbi_nh_asid(std::uint16_t vmid, std::uint16_t asid) { return of_vm(Opcode::tlbi_nh_asid, vmid, asid); }
Command tlbi_nh_va(std::uint16_t vmid, std::uint16_t asid, std::uint64_t address, bool leaf) {
  return at(of_vm(Opcode::tlbi_nh_va, vmid, asid), address, leaf);
}
Command tlbi_nh_vaa(std::uint16_t vmid, std::uint64_t address, bool leaf) {
  return at(of_vm(Opcode::tlbi_nh_vaa, vmid), address, leaf);
}
Command tlbi_s2_ipa(std::uint16_t vmid, std::uint64_t ipa, bool leaf) {
  return at(of_vm(Opcode::tlbi_s2_ipa, vmid), address_field(ipa, 51, 12), leaf);
}
Command tlbi_s12_vmall(std::uint16_t vmid) { return of_vm(Opcode::tlbi_s12_vmall, vmid); }
Command tlbi_nsnh_all() { return {op(Opcode::tlbi_nsnh_all), 0}; }

Command with_range(Command c, unsigned tg, unsigned ttl, unsigned num, unsigned scale) {
  c.low |= in_field(num, 16, 12) | in_field(scale, 24, 20);
  c.high |= in_field(tg, 11, 10) | in_field(ttl, 9, 8);
  return c;
}

Command atc_inv(StreamId stream, std::uint64_t address, unsigned size) {
  Command c = of_stream(Opcode::atc_inv, stream);
  c.high = address_field(address, 63, 12) | in_field(size, 5, 0);
  return c;
}
Command pri_resp(StreamId stream, std::optional<SubstreamId> substream, std::uint16_t group, unsigned answer) {
  Command c = of_stream(Opcode::pri_resp, stream);
  if (substream) c.low |= in_field(1, 11, 11) | in_field(*substream, 31, 12);
  c.high = in_field(answer, 13, 12) | in_field(group, 8, 0);
  return c;
}
Command resume(StreamId stream, std::uint16_t tag, unsigned answer) {
  Command c = of_stream(Opcode::resume, stream);
  c.low |= in_field(answer, 13, 12);
  c.high = tag;
  return c;
}
Command stall_term(StreamId stream) { return of_stream(Opcode::stall_term, stream); }
Command sync(unsigned signal) { return {op(Opcode::sync) | in_field(signal, 13, 12), 0}; }
Command sync_with_msi(PhysAddr address, std::uint32_t data) {
  Command c = sync(kSignalInterrupt);
  c.low |= in_field(data, 63, 32);
  c.high = address_field(address, 51, 2);
  return c;
}

}  // namespace command

namespace {

// The range fields of a TLBI by address (4.4.1).
bool range_is_legal(const Command& c, const Features& features) {
  const bool any = c.num() != 0 || c.scale() != 0 || c.ttl() != 0;
  if (c.tg() == 0) return !any;  // then they are reserved, and an implementation may refuse them
  if (!features.range_invalidation) return false;
  if (!any) return false;
  return !(c.tg() == 2 && c.ttl() == 1);
}

}  // namespace

bool is_tlbi(Opcode opcode) {
  switch (opcode) {
    case Opcode::tlbi_nh_all:
    case Opcode::tlbi_nh_asid:
    case Opcode::tlbi_nh_va:
    case Opcode::tlbi_nh_vaa:
    case Opcode::tlbi_s12_vmall:
    case Opcode::tlbi_s2_ipa:
    case Opcode::tlbi_nsnh_all:
      return true;
    default:
      return false;
  }
}

bool is_cfgi(Opcode opcode) {
  return opcode == Opcode::cfgi_ste || opcode == Opcode::cfgi_ste_range || opcode == Opcode::cfgi_cd ||
         opcode == Opcode::cfgi_cd_all;
}

CommandError check(const Command& c, const Features& features) {
  const auto unless = [](bool legal) { return legal ? CommandError::none : CommandError::illegal; };
  const bool secure = bit(c.low, 10);
  switch (c.opcode()) {
    case Opcode::prefetch_config:
    case Opcode::prefetch_address:
    case Opcode::cfgi_ste:
    case Opcode::cfgi_ste_range:
      return unless(!secure);
    case Opcode::cfgi_cd:
    case Opcode::cfgi_cd_all:
      return unless(!secure && features.stage1);
    case Opcode::tlbi_nh_all:
    case Opcode::tlbi_nh_asid:
      return unless(features.stage1);
    case Opcode::tlbi_nh_va:
    case Opcode::tlbi_nh_vaa:
      return unless(features.stage1 && range_is_legal(c, features));
    case Opcode::tlbi_s12_vmall:
      return unless(features.stage2);
    case Opcode::tlbi_s2_ipa:
      return unless(features.stage2 && range_is_legal(c, features));
    case Opcode::tlbi_nsnh_all:
      return CommandError::none;
    case Opcode::atc_inv:
      return unless(features.ats && !secure && c.atc_size() <= 52);
    case Opcode::pri_resp:
      return unless(features.pri && !secure && c.page_answer() != 3);
    case Opcode::resume:
    case Opcode::stall_term:
      return unless(features.stall_model != StallModel::terminate && !secure);
    case Opcode::sync:
      return unless(c.completion_signal() != 3);
  }
  return CommandError::illegal;
}

}  // namespace hw::smmu
