// SPDX-License-Identifier: Apache-2.0
#include "checker/concurrent/leeway.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

namespace iolaw::concurrent {
namespace {

// What follows was read in Linux 7.3, drivers/iommu/iommufd; the function stands behind each row.
constexpr auto kSteps = std::to_array<Steps>({
    // io_pagetable.c iopt_unmap_iova_range; vfio_compat.c iommufd_vfio_unmap_dma cuts areas before.
    {"ioas.unmap", "it makes every access let go of an area first, and holds no lock meanwhile"},
    {"reply.unmap_all", "likewise"},
    // vfio_compat.c get_compat_ioas, iommufd_vfio_unmap_dma
    {"vfio.*", "the IOAS is looked up first; areas are cut before others are unmapped"},
    // io_pagetable.c iopt_get_pages, iopt_map_pages
    {"ioas.copy*", "what the source maps is looked up first"},
    // device.c iommufd_access_change_ioas; a file goes with its last user, which may be another thread's call
    {"access.*", "an access that moves is in both address spaces for a while; a call keeps one that is closed"},
    // device.c iommufd_device_auto_get_domain, iommufd_device_do_attach
    {"device.*", "a page table joins the address space before the device is known to take it"},
    // hw_pagetable.c iommufd_hwpt_paging_alloc, iommufd_hwpt_alloc
    {"hwpt.*", "a page table joins the address space before the rest of the call is known to succeed"},
    // viommu.c iommufd_hw_queue_alloc_phys, iommufd_hw_queue_alloc_ioctl
    {"hw_queue.*", "memory is pinned and locked before the IOMMU is known to take the queue"},
});

constexpr std::string_view kCopies = "a copy maps what it looked up, though that may be gone";
constexpr std::string_view kUnanswered = "what is undone when the answer cannot be written was seen by others";
constexpr std::string_view kCompat = "a call of VFIO works on the IOAS that it looked up, though another was set since";
constexpr std::string_view kLocks = "accesses have let go when an unmap finds that a queue has locked the memory since";

constexpr auto kApart = std::to_array<Apart>({
    {"ioas.copy*", "ioas.unmap", kCopies},
    {"ioas.copy*", "vfio.unmap_dma", kCopies},
    {"ioas.copy*", "ioas.destroy", kCopies},
    {"ioas.copy*", "reply.*", kCopies},
    {"reply.*", "ioas.unmap", kUnanswered},
    {"reply.*", "vfio.unmap_dma", kUnanswered},
    {"reply.*", "reply.*", kUnanswered},
    {"vfio.*", "vfio.set_ioas", kCompat},
    {"vfio.*", "vfio.clear_ioas", kCompat},
    {"vfio.unmap_dma", "option.set_large_pages", "whether areas are cut is asked before they are"},
    {"vfio.unmap_dma", "vfio.set_iommu", "whether areas are cut is asked before they are"},
    {"hw_queue.alloc", "ioas.unmap", kLocks},
    {"hw_queue.alloc", "reply.unmap_all", kLocks},
    {"hw_queue.alloc", "vfio.unmap_dma", kLocks},
});

// The parameter that a call of the rule destroys.
std::uint32_t ended_parameter(const Rule& rule, std::uint32_t otherwise) {
  for (const Effect& effect : rule.effects) {
    if (effect.tag == Effect::Tag::destroy && effect.object->op == Op::variable &&
        effect.object->index < rule.parameters.size()) {
      return effect.object->index;
    }
  }
  return otherwise;
}

// The handles that a call has to do with.
std::vector<std::uint64_t> handles_of(const Law& law, const RecordedCall& call) {
  const Rule& rule = law.rules[call.rule];
  std::vector<std::uint64_t> handles;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (rule.parameters[i].type.tag == TypeTag::reference && call.arguments[i] != kNoHandle)
      handles.push_back(call.arguments[i]);
  }
  for (std::size_t i = 0; i < call.results.size() && i < rule.results.size(); ++i) {
    if (rule.results[i].type.tag == TypeTag::reference && call.results[i]) handles.push_back(*call.results[i]);
  }
  return handles;
}

}  // namespace

std::span<const Steps> calls_of_steps() { return kSteps; }
std::span<const Apart> kept_apart() { return kApart; }

bool has_effect(const Rule& rule) {
  return !rule.effects.empty() ||
         std::any_of(rule.eaches.begin(), rule.eaches.end(), [](const Each& each) { return !each.effects.empty(); });
}

bool asks(const Rule& rule) {
  return !rule.results.empty() && !has_effect(rule) &&
         std::none_of(rule.results.begin(), rule.results.end(),
                      [](const Result& result) { return result.type.tag == TypeTag::reference; });
}

bool matches(std::string_view rule, std::string_view pattern) {
  if (!pattern.ends_with('*')) return rule == pattern;
  return rule.starts_with(pattern.substr(0, pattern.size() - 1));
}

Leeway::Leeway(const Law& law) : law_(law) {
  for (const Rule& rule : law.rules) {
    ends_.push_back(ended_parameter(rule, kNoParameter));
    of_steps_.push_back(
        std::any_of(kSteps.begin(), kSteps.end(), [&](const Steps& steps) { return matches(rule.name, steps.rules); }));
    asks_.push_back(asks(rule));
    counts_objects_.push_back(rule.name == "option.set_rlimit_mode");
  }
}

// What a call named together with an object that another is at work on may be what that object refers to.
bool Leeway::at_same_object(const History& history, const RecordedCall& call, const RecordedCall& other) const {
  std::set<std::uint64_t> at_work;
  for (const std::uint64_t handle : handles_of(law_, other)) at_work.insert(handle);
  for (bool grows = !at_work.empty(); grows;) {
    grows = false;
    for (const RecordedCall& any : history.calls) {
      const std::vector<std::uint64_t> handles = handles_of(law_, any);
      if (!std::any_of(handles.begin(), handles.end(), [&](std::uint64_t h) { return at_work.contains(h); })) continue;
      for (const std::uint64_t handle : handles) grows = at_work.insert(handle).second || grows;
    }
  }
  const std::uint32_t ended = ends_[call.rule];
  if (ended != kNoParameter) return at_work.contains(call.arguments[ended]);
  const std::vector<std::uint64_t> own = handles_of(law_, call);
  return std::any_of(own.begin(), own.end(), [&](std::uint64_t handle) { return at_work.contains(handle); });
}

bool Leeway::excuses(const History& history, std::uint32_t index) const {
  const RecordedCall& call = history.calls[index];
  if (call.error == 0 && !asks_[call.rule]) return false;
  for (const RecordedCall& other : history.calls) {
    if (&other == &call || !other.overlaps(call)) continue;
    if (call.error == EBUSY && counts_objects_[call.rule]) return true;
    const bool held = call.error == EBUSY && ends_[call.rule] != kNoParameter;
    if (!held && !of_steps_[call.rule] && !of_steps_[other.rule]) continue;
    if (at_same_object(history, call, other)) return true;
  }
  return false;
}

std::vector<std::string> rules_of_pieces(const Model& model) {
  std::vector<std::string> names;
  for (std::uint32_t rule = 0; rule < model.law().rules.size(); ++rule) {
    if (model.has_pieces(rule)) names.push_back(model.law().rules[rule].name);
  }
  return names;
}

}  // namespace iolaw::concurrent
