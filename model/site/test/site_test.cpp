// SPDX-License-Identifier: Apache-2.0
#include "model/site/site.hpp"

#include <gtest/gtest.h>

#include "model/law/parse.hpp"
#include "model/site/code.hpp"
#include "model/site/footprint.hpp"
#include "model/site/graphs.hpp"
#include "model/site/life_cycle.hpp"

namespace iolaw::site {
namespace {

constexpr const char* kLaw = R"(/// Files & their readers: <b>not</b> HTML.

enum Mode { CLOSED, READING, WRITING }

/// A file.
object File {
  mode: Mode    // what it is open for
  size: u64
}

/// A reader.
object Reader { holds file: maybe File, ready: bool }

rule file.create() -> file: File {
  then file = new File { mode = CLOSED, size = 0 }
}

rule file.open(file: File, mode: Mode)
  since linux 6.17
  cites linux "include/uapi/linux/files.h" FILE_OPEN
{
  fails ENOENT [file]   unless file lives
  fails EBUSY  [open]   unless file.mode == CLOSED
  fails EINVAL [closed] when mode == CLOSED  // nothing to do
  then file.mode = mode
}

rule file.close(file: File) {
  fails ENOENT [file] unless file lives
  fails EBADF  [open] when file.mode == CLOSED
  then file.mode = CLOSED
}

rule file.destroy(file: File) {
  fails ENOENT [file]  unless file lives
  fails EBUSY  [users] when file is busy
  fails EBUSY  [open]  when file.mode != CLOSED
  then destroy file
}

rule reader.start(file: File) -> reader: Reader {
  fails ENOENT [file] unless file lives
  then reader = new Reader { file, ready = false }
}

rule reader.drop() {
  then set all r: Reader where r.file is some: r.file = none
}

/// The same name as an outcome has.
step file.open.closed "Only to what was asked for" on file.open: after(file.mode) == mode

invariant file.small "Files are small": all f: File: f.size <= 10
)";

Law law_of(const std::string& text) {
  Parsed parsed = parse_law_texts({{"files.law", text}});
  for (const Diagnostic& diagnostic : parsed.diagnostics) ADD_FAILURE() << diagnostic.message;
  return std::move(parsed.law).value();
}

std::map<std::string, std::string> site_of(const Law& law, std::vector<Proof> proofs = {}) {
  return write_site({{law, "", std::move(proofs)}}, [](const std::string&) { return std::nullopt; });
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<std::string> moves(const Law& law, const LifeCycle& cycle) {
  std::vector<std::string> out;
  const auto value = [&](std::size_t at) { return at == kNowhere ? std::string("-") : cycle.values[at]; };
  for (const Move& move : cycle.moves) {
    out.push_back(value(move.from) + " " + value(move.to));
    for (const std::uint32_t rule : move.rules) out.back() += " " + law.rules[rule].name;
  }
  return out;
}

TEST(LifeCycle, FollowsWhatChecksRefuseAndEffectsGive) {
  const Law law = law_of(kLaw);
  const std::vector<LifeCycle> cycles = life_cycles(law, 0);
  ASSERT_EQ(cycles.size(), 1U);
  EXPECT_EQ(
      moves(law, cycles[0]),
      (std::vector<std::string>{"- CLOSED file.create", "CLOSED - file.destroy", "CLOSED READING file.open",
                                "CLOSED WRITING file.open", "READING CLOSED file.close", "WRITING CLOSED file.close"}));
}

TEST(LifeCycle, KnowsReferencesThatMayBeNone) {
  const Law law = law_of(kLaw);
  const std::vector<LifeCycle> cycles = life_cycles(law, 1);
  ASSERT_EQ(cycles.size(), 1U) << "nothing moves `ready`";
  EXPECT_EQ(moves(law, cycles[0]), (std::vector<std::string>{"- some reader.start", "some none reader.drop"}));
}

TEST(Footprints, TellWhichRulesAFormulaIsUpTo) {
  const Law law = law_of(kLaw);
  const Footprints footprints(law);
  const Expr& small = *law.find_property("file.small")->formula;
  EXPECT_TRUE(footprints.touches(0, small)) << "it makes files";
  EXPECT_FALSE(footprints.touches(1, small)) << "it writes another field";
  EXPECT_TRUE(footprints.touches(3, small));
}

TEST(Site, EscapesWhatIsNoHtml) {
  const auto files = site_of(law_of(kLaw));
  const std::string& page = files.at("files.html");
  EXPECT_TRUE(has(page, "<p>Files &amp; their readers: &lt;b&gt;not&lt;/b&gt; HTML.</p>"));
  EXPECT_FALSE(has(page, "<b>not</b>"));
}

TEST(Site, NamesThatTwoThingsShareHaveTwoAnchors) {
  const std::string page = site_of(law_of(kLaw)).at("files.html");
  EXPECT_TRUE(has(page, "id=\"file.open.closed\""));
  EXPECT_TRUE(has(page, "id=\"property:file.open.closed\""));
}

TEST(Site, RulesSayTheirCallTheirViewAndTheirRemarks) {
  const auto files = site_of(law_of(kLaw));
  const std::string& page = files.at("files.html");
  EXPECT_TRUE(has(page, "href=\"all-calls.html#FILE_OPEN\""));
  EXPECT_TRUE(has(page, "since Linux 6.17"));
  EXPECT_TRUE(has(page, "nothing to do</p>"));
  EXPECT_TRUE(has(page, "<td>what it is open for</td>"));
  EXPECT_TRUE(has(files.at("all-errnos.html"), "<a href=\"files.html#file.close.open\">"));
  EXPECT_TRUE(has(files.at("names.js"), "[\"file.open.file\",\"outcome\",\"files.html#file.open.file\""));
}

TEST(Site, SaysThatNothingDrawsAndWritesTables) {
  const auto files = site_of(law_of(kLaw));
  EXPECT_TRUE(has(files.at("index.html"), "<code>dot</code> (Debian package graphviz) was"));
  EXPECT_TRUE(has(files.at("index.html"), "<table class=\"grid\">"));
  EXPECT_TRUE(has(files.at("files.html"), "<td><code>READING</code></td><td><code>CLOSED</code></td>"));
}

TEST(Site, ShowsProofsOnlyWhereThereAreSome) {
  const Law law = law_of(kLaw);
  EXPECT_EQ(site_of(law).count("all-proofs.html"), 0U);
  const auto files =
      site_of(law, {{"file.create", "file.small", "proved", 0.0123, false, true, {"file.small"}, false, ""},
                    {"file.open", "file.small", "proved", 0, true, false, {}, false, ""},
                    {"file.destroy", "file.small", "violated", 2, false, false, {}, false, ""}});
  const std::string& matrix = files.at("all-proofs.html");
  EXPECT_TRUE(has(matrix, "<td class=\"good\"><a href=\"files.html#proof:file.create:file.small\""));
  EXPECT_TRUE(has(matrix, "<td class=\"bad\">"));
  EXPECT_FALSE(has(matrix, "<code>file.open</code>")) << "it cannot affect any property";
  EXPECT_TRUE(has(files.at("files.html"), "<tr id=\"proof:file.create:file.small\">"));
  EXPECT_TRUE(has(files.at("files.html"), "12 ms"));
}

TEST(Site, TakesFromAPictureWhatIsItsOwn) {
  const std::string svg = inline_svg(
      "<?xml?>\n<!-- dot -->\n<svg width=\"10pt\" xmlns=\"http://www.w3.org/2000/svg\">\n<g id=\"node1\" class=\"node "
      "dot\">\n<title>a</title>\n<a xlink:href=\"x.html#a\" xlink:title=\"a\"><path fill=\"none\" stroke=\"black\" "
      "d=\"M1\"/></a></g></svg>",
      "A & B");
  EXPECT_EQ(
      svg,
      "<svg role=\"img\" aria-label=\"A &amp; B\" width=\"10pt\">\n<g class=\"node dot\">\n<a href=\"x.html#a\"><path "
      "d=\"M1\"/></a></g></svg>");
}

TEST(Site, IsTheSameForTheSameLaw) { EXPECT_EQ(site_of(law_of(kLaw)), site_of(law_of(kLaw))); }

}  // namespace
}  // namespace iolaw::site
