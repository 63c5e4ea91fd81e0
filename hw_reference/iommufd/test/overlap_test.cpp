// SPDX-License-Identifier: Apache-2.0
// What another thread does between two pieces of a call. That thread is played where it could come in (mutex.hpp), so
// nothing depends on time.
#include <functional>
#include <new>
#include <utility>

#include "hw_reference/iommufd/test/world.hpp"
#include "hw_reference/mutex.hpp"

namespace hw_reference {
namespace {

// Tries at every place where another thread could come in, until it is done; never inside itself.
class Meanwhile {
 public:
  explicit Meanwhile(std::function<bool()> is_done) : is_done_(std::move(is_done)) {
    preemption_hook = {[](void* self, bool blocked) { static_cast<Meanwhile*>(self)->come_in(blocked); }, this};
  }
  ~Meanwhile() { preemption_hook = {}; }
  Meanwhile(const Meanwhile&) = delete;
  Meanwhile& operator=(const Meanwhile&) = delete;

  bool done() const { return done_; }

 private:
  void come_in(bool blocked) {
    // The call that was interrupted has the lock: the other thread would wait. Calls answer this by ENOMEM.
    if (inside_ && blocked) throw std::bad_alloc();
    if (inside_ || done_) return;
    inside_ = true;
    done_ = is_done_();
    inside_ = false;
  }

  std::function<bool()> is_done_;
  bool inside_ = false;
  bool done_ = false;
};

constexpr std::uint64_t kLower = 0x10'0000;               // an area of one page
constexpr std::uint64_t kUpper = kLower + 3 * kPageSize;  // another one, which is pinned: an unmap has to let go first

struct OverlapTest : World {
  ObjectId space = ioas();
  ObjectId access = fd->access_create(space, true).value;

  void SetUp() override {
    ASSERT_EQ(map(space, 0, 1, kLower), 0);
    ASSERT_EQ(map(space, 1, 1, kUpper), 0);
    ASSERT_TRUE(fd->access_pin(access, kUpper, kPageSize, false).ok());
  }
};

TEST_F(OverlapTest, WhatIsMappedBehindAnUnmapStays) {
  const Meanwhile mapping([&] { return map(space, 2, 2, kLower) == 0; });
  const auto unmapped = fd->ioas_unmap(space, 0, kMax);
  ASSERT_TRUE(mapping.done());
  EXPECT_EQ(unmapped.error, 0);
  EXPECT_EQ(unmapped.value, 2 * kPageSize);
  EXPECT_EQ(map(space, 2, 1, kLower), EEXIST);
  EXPECT_EQ(map(space, 2, 1, kUpper), 0);
}

TEST_F(OverlapTest, AnUnmapEndsAtWhatIsMappedAcrossItsWay) {
  const Meanwhile mapping([&] {
    if (map(space, 2, 1, kLower) != 0) return false;  // the lower area is still there
    return fd->ioas_unmap(space, kLower, 4 * kPageSize).ok() && map(space, 2, 4, kLower) == 0;
  });
  EXPECT_EQ(fd->ioas_unmap(space, 0, kMax).error, ENOENT);
  ASSERT_TRUE(mapping.done());
  EXPECT_EQ(map(space, 2, 1, kUpper), EEXIST);
}

}  // namespace
}  // namespace hw_reference
