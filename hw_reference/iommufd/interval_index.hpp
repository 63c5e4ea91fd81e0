// SPDX-License-Identifier: Apache-2.0
// An ordered index of disjoint closed intervals: a B+tree over their first addresses. Insert, find and erase take
// O(log n) node visits; a node holds 8 to 32 keys in adjacent cache lines, so 10^7 intervals are at most eight levels.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "hw_reference/variant.hpp"

namespace hw_reference {
inline namespace HW_REFERENCE_VARIANT {

// T has `first` and `last`, its closed ends. While it is inside `first` must not change, and `last` may only become
// less. The index does not own the items. Not synchronized.
//
// Keys are exact: a node's key for a child is the lowest first address below that child.
template <class T>
class IntervalIndex {
  struct Node;

 public:
  // A position; insert and erase invalidate it.
  class Cursor {
   public:
    T* get() const { return node_ == nullptr ? nullptr : static_cast<T*>(node_->children[at_]); }
    T* operator->() const { return get(); }
    explicit operator bool() const { return node_ != nullptr; }
    void advance() {
      if (++at_ < node_->count) return;
      node_ = node_->next;
      at_ = 0;
    }

   private:
    friend class IntervalIndex;
    Cursor(const Node* node, unsigned at) : node_(node), at_(at) {}
    const Node* node_;
    unsigned at_;
  };

  IntervalIndex() = default;
  IntervalIndex(const IntervalIndex&) = delete;
  IntervalIndex& operator=(const IntervalIndex&) = delete;
  ~IntervalIndex() {
    if (root_ != nullptr) free_tree(root_, height_);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::size_t bytes() const { return nodes_ * sizeof(Node); }  // memory of the index itself

  // The interval that owns `address`, or null.
  T* find(std::uint64_t address) const {
    const Cursor cursor = seek(address);
    return cursor && cursor->first <= address ? cursor.get() : nullptr;
  }

  // The lowest interval whose last address is at least `address`.
  Cursor seek(std::uint64_t address) const {
    if (size_ == 0) return {nullptr, 0};
    const Node* node = root_;
    for (unsigned level = height_; level > 1; --level) node = child_of(*node, branch(*node, address));
    const unsigned after = keys_up_to(*node, address);
    if (after > 0 && static_cast<const T*>(node->children[after - 1])->last >= address) return {node, after - 1};
    if (after < node->count) return {node, after};
    return {node->next, 0};
  }

  Cursor begin() const { return seek(0); }

  // The lowest interval that shares an address with first..last, or null.
  T* overlap(std::uint64_t first, std::uint64_t last) const {
    const Cursor cursor = seek(first);
    return cursor && cursor->first <= last ? cursor.get() : nullptr;
  }

  // The item must overlap none inside. Throws std::bad_alloc, and then nothing has changed.
  void insert(T& item) {
    if (root_ == nullptr) {
      root_ = new Node;
      height_ = 1;
      ++nodes_;
    }
    Path path = descend(item.first);
    unsigned full = 0;  // nodes from the leaf upwards that must be split
    while (full < height_ && path.steps[full].node->count == kFanout) ++full;
    std::array<std::unique_ptr<Node>, kMaxHeight + 1> spare;
    const unsigned wanted = full == height_ ? full + 1 : full;
    for (unsigned i = 0; i < wanted; ++i) spare[i].reset(new Node);

    for (unsigned level = 1; level < height_; ++level) {
      const Step& step = path.steps[level];
      step.node->keys[step.at] = std::min(step.node->keys[step.at], item.first);
    }
    std::uint64_t key = item.first;
    void* child = &item;
    unsigned at = path.steps[0].at;
    for (unsigned level = 0; level < full; ++level) {
      Node* const right = spare[level].release();
      split_insert(*path.steps[level].node, *right, at, key, child);
      key = right->keys[0];
      child = right;
      at = level + 1 < height_ ? path.steps[level + 1].at + 1 : 0;
    }
    if (full == height_) {
      Node* const top = spare[full].release();
      top->count = 2;
      top->keys[0] = root_->keys[0];
      top->children[0] = root_;
      top->keys[1] = key;
      top->children[1] = child;
      root_ = top;
      ++height_;
      assert(height_ <= kMaxHeight);
    } else {
      insert_at(*path.steps[full].node, at, key, child);
    }
    nodes_ += wanted;
    ++size_;
  }

  // The item must be inside. Never allocates.
  void erase(const T& item) {
    Path path = descend(item.first);
    Node* node = path.steps[0].node;
    const unsigned at = path.steps[0].at - 1;
    assert(path.steps[0].at > 0 && node->children[at] == &item);
    remove_at(*node, at);
    --size_;
    if (at == 0 && node->count > 0) {
      for (unsigned level = 1; level < height_; ++level) {
        const Step& step = path.steps[level];
        step.node->keys[step.at] = node->keys[0];
        if (step.at != 0) break;
      }
    }
    for (unsigned level = 0; level + 1 < height_ && path.steps[level].node->count < kMinimum; ++level) {
      const Step& parent = path.steps[level + 1];
      if (!refill(*parent.node, parent.at + 1 < parent.node->count ? parent.at : parent.at - 1)) break;
    }
    while (height_ > 1 && root_->count == 1) {
      Node* const old = root_;
      root_ = child_of(*old, 0);
      delete old;
      --nodes_;
      --height_;
    }
  }

 private:
  static constexpr unsigned kFanout = 32;
  static constexpr unsigned kMinimum = 8;
  static constexpr unsigned kMaxHeight = 20;

  struct Node {
    unsigned count = 0;
    Node* next = nullptr;  // to the right on the same level
    std::uint64_t keys[kFanout];
    void* children[kFanout];  // T* in a leaf, Node* elsewhere
  };
  struct Step {
    Node* node;
    unsigned at;  // leaf: how many keys are at most the address; elsewhere: the child taken
  };
  struct Path {
    std::array<Step, kMaxHeight + 1> steps;  // [0] is the leaf
  };

  static Node* child_of(const Node& node, unsigned at) { return static_cast<Node*>(node.children[at]); }

  static unsigned keys_up_to(const Node& node, std::uint64_t address) {
    unsigned low = 0;
    unsigned length = node.count;
    while (length > 0) {
      const unsigned half = length / 2;
      const bool right = node.keys[low + half] <= address;
      low = right ? low + half + 1 : low;
      length = right ? length - half - 1 : half;
    }
    return low;
  }

  static unsigned branch(const Node& node, std::uint64_t address) {
    const unsigned after = keys_up_to(node, address);
    return after == 0 ? 0 : after - 1;
  }

  Path descend(std::uint64_t address) const {
    Path path;
    Node* node = root_;
    for (unsigned level = height_; level > 1; --level) {
      const unsigned at = branch(*node, address);
      path.steps[level - 1] = {node, at};
      node = child_of(*node, at);
    }
    path.steps[0] = {node, keys_up_to(*node, address)};
    return path;
  }

  static void insert_at(Node& node, unsigned at, std::uint64_t key, void* child) {
    std::move_backward(node.keys + at, node.keys + node.count, node.keys + node.count + 1);
    std::move_backward(node.children + at, node.children + node.count, node.children + node.count + 1);
    node.keys[at] = key;
    node.children[at] = child;
    ++node.count;
  }

  static void remove_at(Node& node, unsigned at) {
    std::move(node.keys + at + 1, node.keys + node.count, node.keys + at);
    std::move(node.children + at + 1, node.children + node.count, node.children + at);
    --node.count;
  }

  // Appends the first `n` entries of `from` to `to` and removes them there.
  static void shift_left(Node& to, Node& from, unsigned n) {
    std::copy(from.keys, from.keys + n, to.keys + to.count);
    std::copy(from.children, from.children + n, to.children + to.count);
    std::move(from.keys + n, from.keys + from.count, from.keys);
    std::move(from.children + n, from.children + from.count, from.children);
    to.count += n;
    from.count -= n;
  }

  // Puts the last `n` entries of `from` before those of `to`.
  static void shift_right(Node& from, Node& to, unsigned n) {
    std::move_backward(to.keys, to.keys + to.count, to.keys + to.count + n);
    std::move_backward(to.children, to.children + to.count, to.children + to.count + n);
    std::copy(from.keys + from.count - n, from.keys + from.count, to.keys);
    std::copy(from.children + from.count - n, from.children + from.count, to.children);
    to.count += n;
    from.count -= n;
  }

  static void split_insert(Node& node, Node& right, unsigned at, std::uint64_t key, void* child) {
    // Ascending insertion, the usual order, leaves full nodes behind.
    const bool appends = at == kFanout && node.next == nullptr;
    const unsigned cut = appends ? kFanout - kMinimum : kFanout / 2;
    right.next = node.next;
    node.next = &right;
    shift_right(node, right, kFanout - cut);
    if (at <= cut && !appends)
      insert_at(node, at, key, child);
    else
      insert_at(right, at - cut, key, child);
  }

  // Merges or evens out the children `at` and `at + 1`. True if they became one.
  bool refill(Node& parent, unsigned at) {
    Node& left = *child_of(parent, at);
    Node& right = *child_of(parent, at + 1);
    const unsigned sum = left.count + right.count;
    if (sum <= kFanout) {
      shift_left(left, right, right.count);
      left.next = right.next;
      delete &right;
      --nodes_;
      remove_at(parent, at + 1);
      return true;
    }
    if (left.count < right.count)
      shift_left(left, right, sum / 2 - left.count);
    else
      shift_right(left, right, sum / 2 - right.count);
    parent.keys[at + 1] = right.keys[0];
    return false;
  }

  static void free_tree(Node* node, unsigned level) {
    for (unsigned i = 0; level > 1 && i < node->count; ++i) free_tree(child_of(*node, i), level - 1);
    delete node;
  }

  Node* root_ = nullptr;
  unsigned height_ = 0;
  std::size_t size_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace HW_REFERENCE_VARIANT
}  // namespace hw_reference
