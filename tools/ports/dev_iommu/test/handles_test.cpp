// SPDX-License-Identifier: Apache-2.0
#include "tools/ports/dev_iommu/handles.hpp"

#include <gtest/gtest.h>

#include "model/port/port.hpp"

namespace iolaw::dev_iommu {
namespace {

using Kind = Handles::Kind;

TEST(Handles, KindsNeverCollide) {
  Handles handles;
  const auto ioas = handles.add_object(Kind::ioas, 5);
  const auto access = handles.add_access(5);
  const auto pin = handles.add_pin(access, 5);
  EXPECT_NE(ioas, access);
  EXPECT_NE(access, pin);
  EXPECT_NE(ioas, pin);
  EXPECT_EQ(handles.id(ioas), 5u);
  EXPECT_EQ(handles.fd(access), 5u);
  EXPECT_EQ(handles.item(pin, access), 5u);
}

TEST(Handles, WhatWasNeverGivenOutNamesNothing) {
  Handles handles;
  handles.add_object(Kind::ioas, 2);
  const auto access = handles.add_access(7);
  for (const std::uint64_t handle : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}, kNoHandle}) {
    EXPECT_EQ(handles.id(handle), Handles::kNeverId) << handle;
    EXPECT_EQ(handles.destroyable(handle, Kind::ioas), Handles::kNeverId) << handle;
    EXPECT_EQ(handles.live_id(handle, Kind::ioas), Handles::kNeverId) << handle;
    EXPECT_EQ(handles.fd(handle), Handles::kNeverFd) << handle;
    EXPECT_EQ(handles.item(handle, access), Handles::kNeverItem) << handle;
  }
  EXPECT_EQ(handles.fd(access - 1), Handles::kNeverFd);
  EXPECT_EQ(handles.fd(access + 1), Handles::kNeverFd);
}

TEST(Handles, AHandleOfOneKindIsNoneOfAnother) {
  Handles handles;
  const auto ioas = handles.add_object(Kind::ioas, 1);
  const auto access = handles.add_access(3);
  EXPECT_EQ(handles.id(access), Handles::kNeverId);
  EXPECT_EQ(handles.fd(ioas), Handles::kNeverFd);
  EXPECT_EQ(handles.destroyable(ioas, Kind::device), Handles::kNeverId);
  EXPECT_EQ(handles.extra(ioas, Kind::device), nullptr);
  EXPECT_EQ(handles.idev(ioas), Handles::kNeverId);
}

TEST(Handles, ADeadIdIsDestroyedAgainOnlyWhileNobodyCanHaveIt) {
  Handles handles;
  const auto ioas = handles.add_object(Kind::ioas, 1);
  handles.remove_object(1);
  EXPECT_EQ(handles.id(ioas), 1u);
  EXPECT_EQ(handles.destroyable(ioas, Kind::ioas), 1u);
  EXPECT_EQ(handles.live_id(ioas, Kind::ioas), Handles::kNeverId);
  const auto access = handles.add_access(4);  // took some id that the port is not told of
  EXPECT_EQ(handles.destroyable(ioas, Kind::ioas), Handles::kNeverId);
  handles.remove_access(handles.fd(access));
  Handles::Extra extra;
  extra.idev = 3;
  handles.add_object(Kind::device, 1, extra);
  EXPECT_EQ(handles.destroyable(ioas, Kind::ioas), Handles::kNeverId);
  EXPECT_EQ(handles.destroyable(ioas, Kind::device), 1u);
  EXPECT_EQ(handles.idev(ioas), 3u);
}

TEST(Handles, WhatHasNoHandleTakesIdsToo) {
  Handles handles;
  const auto device = handles.add_object(Kind::device, 1);
  handles.remove_object(1);
  handles.add_nameless();
  EXPECT_EQ(handles.destroyable(device, Kind::device), Handles::kNeverId);
}

TEST(Handles, APinBelongsToTheAccessThatMadeIt) {
  Handles handles;
  const auto first = handles.add_access(3);
  const auto second = handles.add_access(4);
  const auto pin = handles.add_pin(first, 0);
  EXPECT_EQ(handles.item(pin, first), 0u);
  EXPECT_EQ(handles.item(pin, second), Handles::kNeverItem);
  handles.remove_access(3);
  EXPECT_FALSE(handles.access_lives(first));
  const auto reused = handles.add_access(3);  // the same descriptor, another access
  EXPECT_EQ(reused, first);
  EXPECT_EQ(handles.item(pin, reused), Handles::kNeverItem);
}

TEST(Handles, OpenDescriptorsAreThoseOfLiveAccesses) {
  Handles handles;
  handles.add_access(3);
  handles.add_access(9);
  handles.remove_access(3);
  EXPECT_EQ(handles.open_fds(), std::vector<std::uint32_t>{9});
  handles.clear();
  EXPECT_TRUE(handles.open_fds().empty());
}

}  // namespace
}  // namespace iolaw::dev_iommu
