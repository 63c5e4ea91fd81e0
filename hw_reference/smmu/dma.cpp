// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/smmu/dma.hpp"

#include <algorithm>
#include <utility>

#include "hw_reference/smmu/bits.hpp"

namespace hw::smmu {

namespace {
constexpr std::uint64_t kPiece = 4096;
}

DmaEngine::DmaEngine(Smmu& smmu, StreamId stream, std::optional<SubstreamId> substream, bool ats)
    : smmu_(smmu), stream_(stream), substream_(substream), ats_(ats) {
  if (ats_) smmu_.attach_endpoint(stream_, this);
}

DmaEngine::~DmaEngine() {
  if (ats_) smmu_.attach_endpoint(stream_, nullptr);
}

std::optional<PhysAddr> DmaEngine::from_cache(std::uint64_t iova, bool write) const {
  const auto found = atc_.find(align_down(iova, kPiece));
  if (found == atc_.end()) return std::nullopt;
  if (!(found->second.permitted & needed_right({.write = write}))) return std::nullopt;
  return found->second.address + iova % kPiece;
}

template <typename Byte>
DmaStatus DmaEngine::piece(std::uint64_t iova, std::span<Byte> bytes) {
  constexpr bool kWrite = std::is_const_v<Byte>;
  const Transaction transaction{
      .stream = stream_, .substream = substream_, .address = iova, .access = {.write = kWrite}};
  if (ats_) {
    std::unique_lock lock(mutex_);
    std::optional<PhysAddr> address = from_cache(iova, kWrite);
    if (!address) {
      const std::uint64_t before = invalidations_;
      lock.unlock();
      Transaction request = transaction;
      request.address = align_down(iova, kPiece);
      const auto translation = smmu_.ats_request(request);
      if (!translation) return DmaStatus::aborted;
      lock.lock();
      if (invalidations_ == before) atc_[request.address] = *translation;
      address = translation->address + iova % kPiece;
    }
    lock.unlock();
    return smmu_.translated(stream_, *address, bytes);
  }
  if constexpr (kWrite) {
    return smmu_.write(transaction, bytes);
  } else {
    return smmu_.read(transaction, bytes);
  }
}

template <typename Byte>
DmaStatus DmaEngine::transfer(std::uint64_t iova, std::span<Byte> bytes) {
  DmaStatus result = DmaStatus::done;
  while (!bytes.empty()) {
    const std::size_t part = std::min<std::uint64_t>(kPiece - iova % kPiece, bytes.size());
    const DmaStatus status = piece(iova, bytes.first(part));
    if (status == DmaStatus::aborted || status == DmaStatus::stalled) return status;
    if (status == DmaStatus::ignored) result = status;
    bytes = bytes.subspan(part);
    iova += part;
  }
  return result;
}

DmaStatus DmaEngine::read(std::uint64_t iova, std::span<std::byte> into) { return transfer(iova, into); }
DmaStatus DmaEngine::write(std::uint64_t iova, std::span<const std::byte> from) { return transfer(iova, from); }

DmaStatus DmaEngine::read64(std::uint64_t iova, std::uint64_t& value) {
  return read(iova, std::as_writable_bytes(std::span(&value, 1)));
}
DmaStatus DmaEngine::write64(std::uint64_t iova, std::uint64_t value) {
  return write(iova, std::as_bytes(std::span(&value, 1)));
}

void DmaEngine::ignore_invalidations(bool ignore) {
  std::lock_guard lock(mutex_);
  mute_ = ignore;
}

void DmaEngine::ask_for_page(std::uint64_t iova, bool write, std::uint16_t group, bool last) {
  smmu_.page_request({.stream = stream_,
                      .substream = substream_,
                      .address = align_down(iova, kPiece),
                      .group = group,
                      .read = true,
                      .write = write,
                      .last = last});
}

std::vector<DmaEngine::PageAnswered> DmaEngine::answers() {
  std::lock_guard lock(mutex_);
  return std::exchange(answers_, {});
}

void DmaEngine::page_answer(std::optional<SubstreamId> substream, std::uint16_t group, PageAnswer answer) {
  std::lock_guard lock(mutex_);
  answers_.push_back({substream, group, answer});
}

std::size_t DmaEngine::cached() const {
  std::lock_guard lock(mutex_);
  return atc_.size();
}

bool DmaEngine::invalidate(std::optional<SubstreamId> substream, bool all_substreams, std::uint64_t first,
                           std::uint64_t last) {
  std::lock_guard lock(mutex_);
  if (mute_) return false;
  ++invalidations_;
  // Without SSV only requests without PASID are meant, unless the Global flag is set.
  if (!all_substreams && substream != substream_) return true;
  atc_.erase(atc_.lower_bound(align_down(first, kPiece)), atc_.upper_bound(last));
  return true;
}

}  // namespace hw::smmu
