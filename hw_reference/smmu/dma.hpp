// SPDX-License-Identifier: Apache-2.0
// A device that does DMA through an SMMU, with or without a translation cache of its own (PCIe ATC).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "hw_reference/smmu/smmu.hpp"

namespace hw::smmu {

class DmaEngine final : public AtcEndpoint {
 public:
  // With `ats`, the device asks for translations, keeps them until it is told otherwise, and sends translated
  // addresses.
  DmaEngine(Smmu& smmu, StreamId stream, std::optional<SubstreamId> substream = {}, bool ats = false);
  ~DmaEngine() override;
  DmaEngine(const DmaEngine&) = delete;
  DmaEngine& operator=(const DmaEngine&) = delete;

  // Any length and alignment: one transaction per 4 KiB piece, ascending, stopping at the first that aborts. The result
  // is `ignored` if any piece was. Bytes that were moved before an abort stay moved. At the first that stalls it stops,
  // too (`stalled`): that piece waits, and nobody asks how it ended.
  DmaStatus read(std::uint64_t iova, std::span<std::byte> into);
  DmaStatus write(std::uint64_t iova, std::span<const std::byte> from);

  DmaStatus read64(std::uint64_t iova, std::uint64_t& value);
  DmaStatus write64(std::uint64_t iova, std::uint64_t value);

  // Asks software for a page, as an endpoint with ATS does when it gets no translation.
  void ask_for_page(std::uint64_t iova, bool write, std::uint16_t group, bool last = true);
  struct PageAnswered {
    std::optional<SubstreamId> substream;
    std::uint16_t group;
    PageAnswer answer;
    bool operator==(const PageAnswered&) const = default;
  };
  std::vector<PageAnswered> answers();  // since it was asked last

  // The next invalidations get no answer, until told otherwise: CERROR_ATC_INV_SYNC.
  void ignore_invalidations(bool ignore);
  std::size_t cached() const;

  bool invalidate(std::optional<SubstreamId> substream, bool all_substreams, std::uint64_t first,
                  std::uint64_t last) override;
  void page_answer(std::optional<SubstreamId> substream, std::uint16_t group, PageAnswer answer) override;

 private:
  template <typename Byte>
  DmaStatus transfer(std::uint64_t iova, std::span<Byte> bytes);
  template <typename Byte>
  DmaStatus piece(std::uint64_t iova, std::span<Byte> bytes);
  std::optional<PhysAddr> from_cache(std::uint64_t iova, bool write) const;

  Smmu& smmu_;
  const StreamId stream_;
  const std::optional<SubstreamId> substream_;
  const bool ats_;
  mutable std::mutex mutex_;                  // protects what follows; never held while the SMMU is called
  std::map<std::uint64_t, Translation> atc_;  // by IOVA of the 4 KiB page
  std::vector<PageAnswered> answers_;
  bool mute_ = false;
  std::uint64_t invalidations_ = 0;  // a translation that was asked for before one is not kept
};

}  // namespace hw::smmu
