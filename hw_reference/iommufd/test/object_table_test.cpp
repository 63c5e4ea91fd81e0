// SPDX-License-Identifier: Apache-2.0
#include "hw_reference/iommufd/object_table.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace hw_reference {
namespace {

struct Thing : Object {
  static constexpr ObjectType kType = ObjectType::access;
  Thing() : Object(kType) {}
};
struct OtherThing : Object {
  static constexpr ObjectType kType = ObjectType::device;
  OtherThing() : Object(kType) {}
};

ObjectId add(ObjectTable& table) { return table.reserve().publish(std::make_shared<Thing>()); }

TEST(ObjectTable, ReservedIdsAreInvisibleAndGivenBack) {
  ObjectTable table;
  {
    auto first = table.reserve();
    EXPECT_EQ(first.id(), 1U);
    EXPECT_FALSE(table.hold<Thing>(1));
    EXPECT_EQ(table.take_unused(1).error, ENOENT);
    EXPECT_EQ(table.reserve().id(), 2U);
  }
  EXPECT_EQ(add(table), 1U);
}

TEST(ObjectTable, LooksUpByIdAndType) {
  ObjectTable table;
  const ObjectId id = add(table);
  EXPECT_TRUE(table.hold<Thing>(id));
  EXPECT_FALSE(table.hold<OtherThing>(id));
  EXPECT_FALSE(table.hold<Thing>(0));
  EXPECT_FALSE(table.hold<Thing>(id + 1));
  EXPECT_FALSE(table.hold<Thing>(~ObjectId{0}));
}

TEST(ObjectTable, UsersKeepAnObject) {
  ObjectTable table;
  const ObjectId id = add(table);
  {
    const auto call = table.hold<Thing>(id);
    const auto copy = call;
    EXPECT_EQ(call->users, 3U);
    EXPECT_EQ(table.take_unused(id).error, EBUSY);
  }
  EXPECT_EQ(table.take_unused(id, ObjectType::ioas).error, ENOENT);
  EXPECT_TRUE(table.take_unused(id).ok());
  EXPECT_EQ(table.take_unused(id).error, ENOENT);
}

TEST(ObjectTable, LowestFreeIdFirst) {
  ObjectTable table;
  for (ObjectId id = 1; id <= 100; ++id) ASSERT_EQ(add(table), id);
  for (const ObjectId id : {70U, 3U, 50U, 4U}) ASSERT_TRUE(table.take_unused(id).ok());
  for (const ObjectId id : {3U, 4U, 50U, 70U, 101U}) EXPECT_EQ(add(table), id);
}

TEST(ObjectTable, CreatorWaitsForCalls) {
  ObjectTable table;
  auto thing = std::make_shared<Thing>();
  thing->users = 2;
  const ObjectId id = table.reserve().publish(thing);
  auto call = table.hold<Thing>(id);
  std::atomic<bool> left = false;
  std::thread taker([&] {
    EXPECT_EQ(table.take_from_creator<Thing>(id), thing);
    EXPECT_TRUE(left);
  });
  while (table.hold<Thing>(id)) std::this_thread::yield();  // until it is out of the table
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  left = true;
  call.reset();
  taker.join();
  EXPECT_EQ(thing->users, 1U);
  EXPECT_EQ(table.take_from_creator<Thing>(id), nullptr);
}

}  // namespace
}  // namespace hw_reference
