// SPDX-License-Identifier: Apache-2.0
// Laws of which a proof needs an invariant that they do not say: it is found.
#include "checker/strengthen/strengthen.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "checker/test/law_of.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

Strengthening strengthened(const std::string& text, const std::string& property) {
  StrengthenOptions options;
  options.property = property;
  options.steps = 500;
  return strengthen(law_of(text), options);
}

// With what is proposed, nothing is open any more.
void expect_closed(const std::string& text, const Strengthening& found, const std::string& property) {
  EXPECT_EQ(found.discharged, found.open);
  std::string more = text;
  for (const Proposed& proposed : found.proposed) more += "\n" + to_text(proposed);
  EXPECT_TRUE(strengthened(more, property).open.empty()) << more;
  for (const Proposed& proposed : found.proposed) {
    EXPECT_TRUE(strengthened(more, proposed.name).open.empty()) << to_text(proposed);
  }
}

// A device is moved with its queue; that both stand in one place is what keeps the doors apart.
const std::string kRooms = R"(
object Room { open: bool }
object Desk { in room: Room }
object Lamp { holds desk: Desk room: Room }
rule room.make() -> room: Room { then room = new Room { open = true } }
rule desk.make(room: Room) -> desk: Desk {
  fails ENOENT [room] unless room lives
  fails EBUSY [closed] unless room.open
  then desk = new Desk { room }
}
rule lamp.make(desk: Desk) -> lamp: Lamp {
  fails ENOENT [desk] unless desk lives
  then lamp = new Lamp { desk, room = desk.room }
}
rule room.close(room: Room) {
  fails ENOENT [room] unless room lives
  fails EBUSY [used] when some d: Desk in room: true
  then room.open = false
}
rule room.destroy(room: Room) {
  fails ENOENT [room] unless room lives
  fails EBUSY [used] when some d: Desk in room: true
  then destroy room
}
rule desk.destroy(desk: Desk) {
  fails ENOENT [desk] unless desk lives
  fails EBUSY [used] when desk is busy
  then destroy desk
}
)";
const std::string kLit = "invariant lamp.lit \"Lamps stand in open rooms\": all l: Lamp: l.room.open\n";

TEST(Strengthen, TwoWaysToOneObject) {
  // The room of a lamp lives because its desk does, which stands there.
  const std::string property = "Lamp.room.lives";
  const Strengthening found = strengthened(kRooms, property);
  EXPECT_EQ(found.open, (std::vector<std::string>{"room.destroy / Lamp.room.lives"}));
  EXPECT_GT(found.candidates, found.standing);
  ASSERT_EQ(found.proposed.size(), 1U);
  EXPECT_EQ(to_text(found.proposed[0]),
            "invariant Lamp.room.lives.helper_1 \"Room is desk.room of every Lamp\":\n"
            "  all l: Lamp: l.room == l.desk.room\n");
}

TEST(Strengthen, SeveralInvariantsThatNeedEachOther) {
  const std::string text = kRooms + kLit;
  const Strengthening found = strengthened(text, "lamp.lit");
  ASSERT_FALSE(found.open.empty());
  EXPECT_GT(found.proposed.size(), 1U);
  expect_closed(text, found, "lamp.lit");
}

TEST(Strengthen, OrderOfTwoNumbers) {
  const std::string text = R"(
object Queue { head: u64 tail: u64 }
rule queue.make() -> queue: Queue { then queue = new Queue { head = 0, tail = 0 } }
rule queue.put(queue: Queue) {
  fails ENOENT [queue] unless queue lives
  fails ENOSPC [worn_out] when queue.tail == MAX
  then queue.tail = queue.tail + 1
}
rule queue.get(queue: Queue) {
  fails ENOENT [queue] unless queue lives
  fails ENODATA [empty] when queue.head == queue.tail
  then queue.head = queue.head + 1
}
step queue.forward "Nothing is read twice":
  all q: Queue where after(q lives): q.head <= after(q.head)
)";
  // That a head is kept as a u64 needs that it never passes its tail.
  const Strengthening found = strengthened(text, "kept.fits");
  ASSERT_EQ(found.open, std::vector<std::string>{"queue.get / kept.fits"});
  ASSERT_FALSE(found.proposed.empty());
  EXPECT_EQ(found.proposed[0].candidate.formula, "all q: Queue: q.head <= q.tail");
  expect_closed(text, found, "kept.fits");
}

TEST(Strengthen, SaysNothingWhereEverythingIsProved) {
  const Strengthening found =
      strengthened("object Cup {}\nrule cup.make() -> cup: Cup { then cup = new Cup {} }\n", "");
  EXPECT_TRUE(found.open.empty());
  EXPECT_TRUE(found.proposed.empty());
}

TEST(Strengthen, DoesNotProposeWhatIsFalse) {
  // A room of lamps may be closed here: no true invariant can help.
  std::string text = kRooms + kLit;
  const std::string check = "  fails EBUSY [used] when some d: Desk in room: true\n  then room.open";
  text.replace(text.find(check), check.size(), "  then room.open");
  const Strengthening found = strengthened(text, "lamp.lit");
  EXPECT_FALSE(found.open.empty());
  EXPECT_NE(found.discharged, found.open);
}

}  // namespace
}  // namespace iolaw
