// SPDX-License-Identifier: Apache-2.0
// The law of iommufd on the model: every branch of every rule by calls written by hand.
#include <gtest/gtest.h>

#include <cerrno>
#include <set>

#include "model/eval/model.hpp"
#include "model/law/parse.hpp"

namespace iolaw {
namespace {

constexpr Word kMax = ~Word{0};
constexpr Word kPage = 0x1000;
constexpr Word kUserMemory = 0x4000'0000;
constexpr Word kTop = kMax - 0x17ff;  // a page from here ends half a page below the end of the address space
constexpr Word kInAperture = 0x100'0000;
constexpr Word kRead = 1;
constexpr Word kWrite = 2;
constexpr Word kReadWrite = 3;

struct NamedCall {
  const char* rule;
  std::vector<Word> arguments;
};

struct Case {
  const char* branch;  // what the last call takes
  std::vector<NamedCall> calls;
};

NamedCall alloc() { return {"ioas.alloc", {0}}; }
NamedCall map(Word ioas, Word va, Word length, Word iova, Word rights) {
  return {"ioas.map", {ioas, va, length, iova, rights, 0}};
}
NamedCall copy(Word dst, Word length, Word dst_iova, Word src_iova, Word rights) {
  return {"ioas.copy", {dst, 0, length, dst_iova, src_iova, rights, 0}};
}
NamedCall unmap(Word iova, Word length) { return {"ioas.unmap", {0, iova, length}}; }
NamedCall reserve(Word ioas, Word start, Word length) { return {"ioas.reserve", {ioas, start, length}}; }
NamedCall access(Word ioas, bool needs_pin = true) { return {"access.create", {ioas, needs_pin ? Word{1} : Word{0}}}; }
NamedCall replace(Word object, Word ioas) { return {"access.replace", {object, ioas}}; }
NamedCall pin(Word iova, Word length, bool write = false) {
  return {"access.pin", {0, iova, length, write ? Word{1} : Word{0}}};
}
NamedCall unpin(Word object, Word pinned) { return {"access.unpin", {object, pinned}}; }
NamedCall attach(Word ioas) { return {"device.attach", {ioas, 0}}; }

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"ioas.alloc.ok", {alloc()}},
      {"ioas.destroy.ioas", {{"ioas.destroy", {0}}}},
      {"ioas.destroy.users", {alloc(), attach(0), {"ioas.destroy", {0}}}},
      {"ioas.destroy.ok", {alloc(), map(0, kUserMemory, kPage, 0, kRead), {"ioas.destroy", {0}}}},

      {"ioas.map.last_byte", {map(0, kUserMemory, kPage, kMax, 0)}},
      {"ioas.map.rights", {map(0, kUserMemory, kPage, 0, 0)}},
      {"ioas.map.ioas", {map(0, kMax, kPage, 0, kRead)}},
      {"ioas.map.va_wrap", {alloc(), map(0, kMax, 1, 0, kRead)}},
      {"ioas.map.length", {alloc(), map(0, kUserMemory, 0, 0, kRead)}},
      {"ioas.map.length_align", {alloc(), access(0), map(0, kUserMemory, 5, 5, kRead)}},
      {"ioas.map.iova_align", {alloc(), access(0), map(0, kUserMemory, kPage, 5, kRead)}},
      {"ioas.map.wrap", {alloc(), map(0, kUserMemory, kPage, kMax - 1, kRead)}},
      {"ioas.map.reserved", {alloc(), reserve(0, 0xfff, 1), map(0, kUserMemory, kPage, 0, kRead)}},
      {"ioas.map.overlap", {alloc(), map(0, kUserMemory, kPage, 1, kRead), map(0, kUserMemory, kPage, kPage, kRead)}},
      {"ioas.map.va_align", {alloc(), access(0), map(0, kUserMemory + 1, kPage, 0, kRead)}},
      {"ioas.map.last_page", {alloc(), attach(0), map(0, kTop, kPage, kInAperture, kRead)}},
      {"ioas.map.memory", {alloc(), attach(0), map(0, kPage, kPage, kInAperture, kRead)}},
      {"ioas.map.ok", {alloc(), map(0, kTop, kPage, 7, kRead)}},

      {"ioas.copy.last_byte", {copy(0, kMax, 0, 0, 0)}},
      {"ioas.copy.rights", {copy(0, kPage, 0, 0, 0)}},
      {"ioas.copy.src_ioas", {copy(0, 0, 0, 0, kRead)}},
      {"ioas.copy.length", {alloc(), copy(9, 0, 0, 0, kRead)}},
      {"ioas.copy.src_wrap", {alloc(), copy(9, kPage, 0, kMax - 1, kRead)}},
      {"ioas.copy.unmapped", {alloc(), map(0, kUserMemory, kPage, 0, kRead), copy(9, kPage, 0, 1, kRead)}},
      {"ioas.copy.dst_ioas", {alloc(), map(0, kUserMemory, kPage, 0, kRead), copy(9, kPage, 0, 0, kRead)}},
      {"ioas.copy.length_align",
       {alloc(), alloc(), map(0, kUserMemory, kPage, 0, kRead), access(1), copy(1, 5, 5, 0, kRead)}},
      {"ioas.copy.iova_align",
       {alloc(), alloc(), map(0, kUserMemory, kPage, 0, kRead), access(1), copy(1, kPage, 5, 0, kRead)}},
      {"ioas.copy.wrap", {alloc(), map(0, kUserMemory, kPage, 0, kRead), copy(0, kPage, kMax - 1, 0, kRead)}},
      {"ioas.copy.reserved",
       {alloc(), map(0, kUserMemory, kPage, 0, kRead), reserve(0, kPage, 1), copy(0, kPage, kPage, 0, kRead)}},
      {"ioas.copy.overlap", {alloc(), map(0, kUserMemory, kPage, 0, kRead), copy(0, kPage, 0xfff, 0, kWrite)}},
      {"ioas.copy.read_only", {alloc(), map(0, kUserMemory, kPage, 0, kRead), copy(0, kPage, kPage, 0, kWrite)}},
      {"ioas.copy.va_align",
       {alloc(), alloc(), map(0, kUserMemory + 1, kPage, 0, kRead), access(1), copy(1, kPage, 0, 0, kRead)}},
      {"ioas.copy.last_page",
       {alloc(), alloc(), map(0, kTop, kPage, 0, kRead), attach(1), copy(1, kPage, kInAperture, 0, kRead)}},
      {"ioas.copy.memory",
       {alloc(), alloc(), map(0, kPage, kPage, 0, kRead), attach(1), copy(1, kPage, kInAperture, 0, kRead)}},
      {"ioas.copy.ok", {alloc(), map(0, kUserMemory, kPage, 0, kReadWrite), copy(0, 1, kPage, 0xfff, kWrite)}},

      {"ioas.unmap.ioas", {unmap(kMax, 1)}},
      {"ioas.unmap.last_byte", {alloc(), unmap(kMax, 1)}},
      {"ioas.unmap.length", {alloc(), unmap(kPage, 0)}},
      {"ioas.unmap.wrap", {alloc(), unmap(kMax - 1, 3)}},
      {"ioas.unmap.split", {alloc(), map(0, kUserMemory, kPage, 0, kRead), unmap(0, 0xfff)}},
      {"ioas.unmap.empty", {alloc(), map(0, kUserMemory, kPage, 0, kRead), unmap(kPage, kPage)}},
      {"ioas.unmap.ok", {alloc(), unmap(0, kMax)}},

      {"ioas.reserve.length", {reserve(0, 0, 0)}},
      {"ioas.reserve.wrap", {reserve(0, kMax, 2)}},
      {"ioas.reserve.ioas", {reserve(0, kMax, 1)}},
      {"ioas.reserve.area", {alloc(), map(0, kUserMemory, kPage, 0, kRead), reserve(0, 0xfff, 1)}},
      {"ioas.reserve.ok", {alloc(), map(0, kUserMemory, kPage, 0, kRead), reserve(0, kPage, 1)}},

      {"access.create.ioas", {access(0)}},
      {"access.create.align", {alloc(), map(0, kUserMemory, 5, 0, kRead), access(0)}},
      {"access.create.ok", {alloc(), map(0, kUserMemory, 5, 0, kRead), access(0, false)}},
      {"access.replace.access", {replace(0, 0)}},
      {"access.replace.ioas", {alloc(), access(0), replace(0, 1)}},
      {"access.replace.align", {alloc(), alloc(), access(0), map(1, kUserMemory, 5, 0, kRead), replace(0, 1)}},
      {"access.replace.ok", {alloc(), alloc(), access(0), replace(0, 1)}},
      {"access.destroy.access", {{"access.destroy", {0}}}},
      {"access.destroy.ok", {alloc(), access(0), {"access.destroy", {0}}}},

      {"access.pin.limit", {pin(0, 0x100'0001)}},
      {"access.pin.access", {pin(0, 0)}},
      {"access.pin.kind", {alloc(), access(0, false), pin(0, 0)}},
      {"access.pin.length", {alloc(), access(0), pin(kMax, 0)}},
      {"access.pin.wrap", {alloc(), access(0), pin(kMax, 2)}},
      {"access.pin.gap", {alloc(), access(0), map(0, kUserMemory, kPage, kPage, kRead), pin(0, 2 * kPage)}},
      {"access.pin.unaligned", {alloc(), access(0), map(0, kUserMemory, kPage, kPage, kRead), pin(kPage + 1, 1)}},
      {"access.pin.rights", {alloc(), access(0), map(0, kUserMemory, kPage, kPage, kRead), pin(kPage, 1, true)}},
      {"access.pin.memory", {alloc(), access(0), map(0, kPage, kPage, kPage, kRead), pin(kPage, 1)}},
      {"access.pin.unmapped", {alloc(), access(0), map(0, kUserMemory, kPage, kPage, kRead), pin(kPage, kPage + 1)}},
      {"access.pin.ok", {alloc(), access(0), map(0, kUserMemory, kPage, kPage, kRead), pin(kPage, 0xfff)}},
      {"access.unpin.access", {unpin(0, 0)}},
      {"access.unpin.pin", {alloc(), access(0), unpin(0, 0)}},
      {"access.unpin.ok", {alloc(), access(0), map(0, kUserMemory, kPage, 0, kRead), pin(0, 1), unpin(0, 0)}},

      {"device.attach.ioas", {attach(0)}},
      {"device.attach.align", {alloc(), map(0, kUserMemory, 5, kInAperture, kRead), attach(0)}},
      {"device.attach.aperture", {alloc(), map(0, kUserMemory, kPage, 0, kRead), attach(0)}},
      {"device.attach.last_page", {alloc(), map(0, kTop, kPage, kInAperture, kRead), attach(0)}},
      {"device.attach.memory", {alloc(), map(0, kPage, kPage, kInAperture, kRead), attach(0)}},
      {"device.attach.ok", {alloc(), map(0, kUserMemory, kPage, kInAperture, kRead), attach(0)}},
      {"device.destroy.device", {{"device.destroy", {0}}}},
      {"device.destroy.ok", {alloc(), attach(0), {"device.destroy", {0}}}},
      {"device.translate.ok", {alloc(), attach(0), {"device.translate", {0, 0}}}},
      {"memory.pins.ok", {{"memory.pins", {kUserMemory}}}},
  };
  return all;
}

class IommufdLaw : public testing::Test {
 protected:
  static void SetUpTestSuite() { law_ = parse_law(IOLAW_LAW).law; }
  static void TearDownTestSuite() { law_.reset(); }

  void SetUp() override {
    ASSERT_TRUE(law_) << "the law has errors";
    model_.emplace(*law_);
    state_ = State(*law_);
  }

  Call resolve(const NamedCall& named) const {
    const Rule* rule = law_->find_rule(named.rule);
    EXPECT_NE(rule, nullptr) << named.rule;
    return {static_cast<std::uint32_t>(rule - law_->rules.data()), named.arguments};
  }
  std::string run(const NamedCall& named) {
    const Call call = resolve(named);
    const auto branch = model_->step(state_, call, outcome_);
    return branch ? branch_id(law_->rules[call.rule], *branch) : "unspecified";
  }
  std::string explain(const NamedCall& named, Outcome observed) const {
    std::string text;
    for (const Reason& reason : model_->explain(state_, resolve(named), observed)) text += reason.text + "\n";
    return text;
  }
  std::uint32_t kind(const char* name) const {
    std::uint32_t index = 0;
    while (law_->kinds.at(index).name != name) ++index;
    return index;
  }

  static std::optional<Law> law_;
  std::optional<Model> model_;
  State state_;
  Outcome outcome_;
};

std::optional<Law> IommufdLaw::law_;

TEST_F(IommufdLaw, EveryCaseTakesItsBranch) {
  for (const Case& test : cases()) {
    state_ = State(*law_);
    for (std::size_t which = 0; which + 1 < test.calls.size(); ++which) {
      const std::string taken = run(test.calls[which]);
      EXPECT_EQ(taken, test.calls[which].rule + std::string(".ok")) << "before " << test.branch;
    }
    EXPECT_EQ(run(test.calls.back()), test.branch);
    for (const Property& property : law_->properties) {
      if (property.tag == Property::Tag::invariant) {
        EXPECT_TRUE(model_->holds(property, state_)) << property.name << " after " << test.branch;
      }
    }
  }
}

TEST_F(IommufdLaw, UnmapLetsPinsGo) {
  for (const NamedCall& call : {alloc(), access(0), map(0, kUserMemory, kPage, 0, kRead), pin(0, 1)}) run(call);
  EXPECT_EQ(run(unmap(0, kPage)), "ioas.unmap.ok");
  EXPECT_EQ(outcome_.results.at(0), kPage);
  EXPECT_EQ(state_.population(kind("Pin")), 0U);
  EXPECT_EQ(state_.population(kind("Pages")), 0U);
}

TEST_F(IommufdLaw, CopiesPinAPageOnce) {
  const NamedCall pins{"memory.pins", {kUserMemory + 0x123}};
  for (const NamedCall& call : {alloc(), map(0, kUserMemory, kPage, kInAperture, kReadWrite),
                                copy(0, kPage, kInAperture + kPage, kInAperture, kRead), attach(0)}) {
    run(call);
  }
  EXPECT_EQ(run(pins), "memory.pins.ok");
  EXPECT_EQ(outcome_.results.at(0), 1U);
  run(map(0, kUserMemory, kPage, kInAperture + 2 * kPage, kRead));
  run(pins);
  EXPECT_EQ(outcome_.results.at(0), 2U) << "another call of map, another pages object";
  EXPECT_EQ(run({"device.translate", {0, kInAperture + kPage + 5}}), "device.translate.ok");
  EXPECT_EQ(outcome_.results.at(0), kUserMemory);
  run({"device.translate", {0, 0}});
  EXPECT_EQ(outcome_.results.at(0), std::nullopt);
}

TEST_F(IommufdLaw, ExplainsTheOverlap) {
  for (const NamedCall& call : {alloc(), map(0, kUserMemory, 2 * kPage, kInAperture, kRead)}) run(call);
  EXPECT_EQ(explain(map(0, kUserMemory, 2 * kPage, kInAperture + kPage, kRead), {0, {}}),
            "the law takes ioas.map.overlap: fails EEXIST when some a: Area in ioas: overlaps(a.span, span)\n"
            "  area0 (ioas = ioas0, span = 0x1000000..0x1001fff, pages = pages0, va = 0x40000000, rights = {READ})\n"
            "    `overlaps(a.span, span)` is true: a.span = 0x1000000..0x1001fff, span = 0x1001000..0x1002fff\n");
}

TEST_F(IommufdLaw, ExplainsWhyAnErrnoDoesNotApply) {
  for (const NamedCall& call : {alloc(), map(0, kUserMemory, 2 * kPage, kInAperture, kRead)}) run(call);
  EXPECT_EQ(
      explain(unmap(kInAperture, 2 * kPage), {ENOENT, {}}),
      "the law takes ioas.unmap.ok: ok, unmapped = 0x2000; no failure of the rule applies\n"
      "not ioas.unmap.ioas (fails ENOENT unless ioas lives): it does not apply\n"
      "  `ioas lives` is true: ioas = ioas0\n"
      "not ioas.unmap.split (fails ENOENT unless a.span in range): it does not apply\n"
      "  at the piece area0 (ioas = ioas0, span = 0x1000000..0x1001fff, pages = pages0, va = 0x40000000, rights = "
      "{READ}):\n"
      "  `a.span in range` is true: range = 0x1000000..0x1001fff, a.span = 0x1000000..0x1001fff\n"
      "not ioas.unmap.empty (fails ENOENT when not everything and bytes == 0): it does not apply\n"
      "  `bytes == 0` is false: bytes = 0x2000\n");
  EXPECT_EQ(explain(alloc(), {ENOMEM, {}}),
            "the law takes ioas.alloc.ok: ok, ioas = ioas1; no failure of the rule applies\n"
            "ioas.alloc never fails with ENOMEM\n");
}

TEST_F(IommufdLaw, BlamesTheConjunctThatFails) {
  for (const NamedCall& call :
       {alloc(), map(0, kUserMemory, kPage, 0, kRead), map(0, kUserMemory, kPage, kPage, kRead)})
    run(call);
  state_.field(kind("Area"), 0, 1)[1] += 1;
  const Property& disjoint = *law_->find_property("area.disjoint");
  ASSERT_FALSE(model_->holds(disjoint, state_));
  EXPECT_EQ(model_->blame(disjoint, state_).at(0).text,
            "area.disjoint does not hold (\"Two areas of one IOAS never share an address\")\n"
            "  area0 (ioas = ioas0, span = 0..0x1000, pages = pages0, va = 0x40000000, rights = {READ})\n"
            "    area1 (ioas = ioas0, span = 0x1000..0x1fff, pages = pages1, va = 0x40000000, rights = {READ})\n"
            "      `a != b` is true: a = area0, b = area1\n"
            "      `a.ioas == b.ioas` is true: a.ioas = ioas0, b.ioas = ioas0\n"
            "      `overlaps(a.span, b.span)` is true: a.span = 0..0x1000, b.span = 0x1000..0x1fff");
}

}  // namespace
}  // namespace iolaw
