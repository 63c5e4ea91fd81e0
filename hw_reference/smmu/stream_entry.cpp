// SPDX-License-Identifier: Apache-2.0
// Arm IHI 0070, 5.2: stream table entries and the combinations that are ILLEGAL.
#include <algorithm>

#include "hw_reference/smmu/bits.hpp"
#include "hw_reference/smmu/stage.hpp"

namespace hw::smmu {

namespace {

// Empty: the level that S2SL0 names does not exist for this granule.
std::variant<unsigned, Flaw> start_level(unsigned granule_shift, unsigned sl0) {
  if (sl0 == 3) return Flaw{"S2SL0 is reserved"};
  return granule_shift == 12 ? 2 - sl0 : 3 - sl0;
}

std::variant<Geometry, Flaw> decode_stage2_geometry(const Words& words, const Features& features) {
  const unsigned granule_shift = decode_tg0(static_cast<unsigned>(field(words[2], 47, 46)));
  if (granule_shift == 0 || !features.has_granule(granule_shift)) return Flaw{"S2TG is not supported"};

  const unsigned output_bits = decode_address_size(static_cast<unsigned>(field(words[2], 50, 48)));
  Geometry geometry{.granule_shift = granule_shift};
  geometry.output_bits = output_bits == 0 ? features.output_bits : std::min(output_bits, features.output_bits);
  geometry.wide_output = granule_shift == 16 && features.output_bits == 52;

  const unsigned size = static_cast<unsigned>(field(words[2], 37, 32));
  const unsigned least = granule_shift == 16 ? 64 - features.output_bits : std::max(16u, 64 - features.output_bits);
  const unsigned most = !features.small_tables ? 39 : granule_shift == 16 ? 47 : 48;
  if (size < least || size > most) return Flaw{"S2T0SZ is out of range"};
  geometry.input_bits = 64 - size;

  const auto level = start_level(granule_shift, static_cast<unsigned>(field(words[2], 39, 38)));
  if (const auto* flaw = std::get_if<Flaw>(&level)) return *flaw;
  geometry.start_level = std::get<unsigned>(level);

  // The first level resolves at least one bit, and joins at most 16 tables; level 0 is never joined.
  const unsigned joined = geometry.start_level == 0 ? 0 : 4;
  const unsigned resolved_below = geometry.level_shift(geometry.start_level);
  if (geometry.input_bits <= resolved_below) return Flaw{"S2T0SZ leaves nothing for the level of S2SL0"};
  if (geometry.input_bits - resolved_below > geometry.stride() + joined) {
    return Flaw{"S2T0SZ needs more tables at the level of S2SL0 than can be concatenated"};
  }

  const PhysAddr root = address_field(words[3], 51, 4);
  if (root > low_bits(geometry.output_bits)) return Flaw{"S2TTB is beyond S2PS"};
  geometry.root = align_down(root, geometry.root_bytes());
  return geometry;
}

std::variant<Stage2, Flaw> decode_stage2(const Words& words, const Features& features) {
  if (!features.stage2) return Flaw{"stage 2 is not implemented"};
  if (!bit(words[2], 51)) return Flaw{"S2AA64 is 0: AArch32 tables are not implemented"};
  if (bit(words[2], 52)) return Flaw{"S2ENDI: big-endian tables are not implemented"};
  Stage2 stage;
  stage.stall = bit(words[2], 57);
  if (stage.stall && features.stall_model == StallModel::terminate) return Flaw{"S2S although STALL_MODEL is 1"};
  if (!stage.stall && features.stall_model == StallModel::stall) return Flaw{"S2S is 0 although STALL_MODEL is 2"};
  stage.protect_walks = bit(words[2], 54);
  stage.ignore_access_flag = bit(words[2], 53);
  stage.update_access_flag = bit(words[2], 56);
  stage.update_dirty = bit(words[2], 55);
  stage.record = bit(words[2], 58);
  if (stage.update_access_flag && features.hardware_update < 1) return Flaw{"S2HA is beyond HTTU"};
  if (stage.update_dirty && features.hardware_update < 2) return Flaw{"S2HD is beyond HTTU"};
  const auto geometry = decode_stage2_geometry(words, features);
  if (const auto* flaw = std::get_if<Flaw>(&geometry)) return *flaw;
  stage.geometry = std::get<Geometry>(geometry);
  return stage;
}

// Empty rule: legal.
Flaw decode_stage1(const Words& words, const Features& features, StreamEntry& entry) {
  if (!features.stage1) return {"stage 1 is not implemented"};
  entry.contexts = address_field(words[0], 51, 6);
  if (!entry.stage2 && entry.contexts > low_bits(features.output_bits)) return {"S1ContextPtr is out of range"};
  entry.context_bits = static_cast<unsigned>(field(words[0], 63, 59));
  if (entry.context_bits > features.substream_bits) return {"S1CDMax is beyond SSIDSIZE"};
  if (entry.context_bits > 0) {
    const std::uint64_t format = field(words[0], 5, 4);
    if (format == 3) return {"S1Fmt is reserved"};
    if (format != 0 && !features.two_level_contexts) return {"S1Fmt is two-level without CD2L"};
    entry.leaf_bits = format == 0 ? 0 : format == 1 ? 6 : 10;
    entry.default_substream = static_cast<StreamEntry::Default>(field(words[1], 1, 0));
    if (entry.default_substream == StreamEntry::Default::reserved) return {"S1DSS is reserved"};
  }
  // Where there is no choice, there is nothing to disable.
  entry.no_stage1_stall = bit(words[1], 27);
  if (entry.no_stage1_stall && features.stall_model != StallModel::either)
    return {"S1STALLD although STALL_MODEL is not 0"};
  if (!entry.stage2 && field(words[1], 31, 30) != 0) return {"STRW: only the EL1 regime is implemented"};
  return {};
}

}  // namespace

DecodedStream decode_stream(const Words& words, const Features& features) {
  StreamEntry entry;
  if (!bit(words[0], 0)) return Flaw{"V is 0"};
  const std::uint64_t config = field(words[0], 3, 1);
  if (config < 4) return entry;
  entry.merge_events = bit(words[1], 19);
  entry.substream_in_response = features.pri && bit(words[1], 18);
  entry.stage1 = config & 1;
  entry.stage2 = config & 2;
  entry.mode = config == 4 ? StreamEntry::Mode::bypass : StreamEntry::Mode::translate;
  if (entry.mode == StreamEntry::Mode::bypass) return entry;

  if (features.stage2) {
    const std::uint64_t vmid = field(words[2], 15, 0);
    if (vmid > 0xff && !features.vmid16) return Flaw{"S2VMID has more than 8 bits"};
    entry.vmid = static_cast<std::uint16_t>(vmid);
  }
  if (features.ats) {
    const std::uint64_t mode = field(words[1], 29, 28);
    if (mode > 1) return Flaw{"EATS: split-stage ATS is not implemented"};
    entry.ats = mode == 1;
  }
  if (entry.stage2) {
    const auto second = decode_stage2(words, features);
    if (const auto* flaw = std::get_if<Flaw>(&second)) return *flaw;
    entry.second = std::get<Stage2>(second);
  }
  if (entry.stage1) {
    const Flaw flaw = decode_stage1(words, features, entry);
    if (!flaw.rule.empty()) return flaw;
  }
  return entry;
}

}  // namespace hw::smmu
