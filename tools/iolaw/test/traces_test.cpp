// SPDX-License-Identifier: Apache-2.0
// Every command that saves a trace saves the same kind of document: it meets the schema, and `iolaw trace` reads it.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "model/trace/test/json_schema.hpp"

namespace iolaw {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kRooms = R"(object Room { limit: u64 }
rule room.open() -> room: Room { then room = new Room { limit = 1 } }
rule room.widen(room: Room, by: u64) {
  fails ENOENT [room] unless room lives
  fails EINVAL [by] unless by == 1 or by == 2
  fails EOVERFLOW [wide] when overflows(room.limit + by)
  then room.limit = room.limit + by
}
invariant room.narrow "A room is narrow": all r: Room: r.limit < 3
)";

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

class Traces : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "iolaw_traces_XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    write(folder / "rooms.law", kRooms);
  }
  void TearDown() override { fs::remove_all(folder); }

  // Runs `iolaw` there; the exit code. Both streams are kept.
  int iolaw(const std::string& arguments) {
    const std::string command =
        "cd '" + folder.string() + "' && " IOLAW_BINARY " " + arguments + " >stdout 2>stderr </dev/null";
    const int status = std::system(command.c_str());
    out = read(folder / "stdout");
    err = read(folder / "stderr");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  void expect_trace(const std::string& file, const std::string& note) {
    SCOPED_TRACE(file);
    const std::string text = read(folder / file);
    ASSERT_TRUE(Json::accept(text)) << text;
    const Json document = Json::parse(text);
    EXPECT_EQ(misfit(IOLAW_TRACE_SCHEMA, document), "");
    EXPECT_EQ(document["#meta"]["note"].get<std::string>().rfind(note, 0), 0U) << document["#meta"];
    EXPECT_EQ(iolaw("trace show " + file), 0) << err;
    EXPECT_NE(out.find(note), std::string::npos) << out;
    EXPECT_EQ(iolaw("trace diff " + file + " " + file), 0) << err;
  }

  fs::path folder;
  std::string out;
  std::string err;
};

TEST_F(Traces, OfARandomRun) {
  ASSERT_EQ(iolaw("run rooms.law --seed 1 --steps 1 --out run.json"), 0) << err;
  expect_trace("run.json", "random run, seed 1");
}

TEST_F(Traces, OfViolations) {
  EXPECT_EQ(iolaw("run rooms.law --steps 10000 --out run.json"), 12) << out << err;
  expect_trace("run.json", "breaks room.narrow");
  EXPECT_EQ(iolaw("search rooms.law --property room.narrow --out search.json"), 12) << out << err;
  expect_trace("search.json", "breaks room.narrow");
  EXPECT_EQ(iolaw("search rooms.law --property room.narrow --json"), 12) << err;
  write(folder / "printed.json", out);
  expect_trace("printed.json", "breaks room.narrow");
  EXPECT_EQ(iolaw("explore rooms.law --scope by=1..2 --out explore.json"), 12) << out << err;
  expect_trace("explore.json", "breaks room.narrow");
  EXPECT_EQ(iolaw("prove rooms.law --invariant room.narrow --json"), 12) << out << err;
  bool found = false;
  const Json report = Json::parse(out);
  for (const Json& obligation : report["obligations"]) {
    if (!obligation.contains("trace")) continue;
    found = true;
    write(folder / "prove.json", obligation["trace"].dump());
    expect_trace("prove.json", "breaks room.narrow");
  }
  EXPECT_TRUE(found) << out;
}

TEST_F(Traces, OfAStepThatIsNotInductive) {
  std::string law =
      std::regex_replace(kRooms, std::regex("\\[by\\] unless.*"), "[by] unless by == 2 and room.limit > 1");
  write(folder / "rooms.law", law);
  EXPECT_EQ(iolaw("prove rooms.law --invariant room.narrow --json"), 13) << out << err;
  bool found = false;
  const Json report = Json::parse(out);
  for (const Json& obligation : report["obligations"]) {
    if (!obligation.contains("counterexample")) continue;
    found = true;
    write(folder / "cti.json", obligation["counterexample"].dump());
    expect_trace("cti.json", "breaks room.narrow, from a state that may be unreachable");
    EXPECT_EQ(iolaw("replay cti.json --port model"), 64) << "no port can be brought there";
  }
  EXPECT_TRUE(found) << out;
}

// What a call does may depend on the view of the law, so a trace says in which one it was made.
TEST_F(Traces, OfAView) {
  write(folder / "views.law",
        "profile core \"What all have\"\nprofile mock includes core \"The test driver\"\nobject Room {}\n"
        "rule room.open(flags: u64) -> room: Room {\n"
        "  fails EOPNOTSUPP [flags] only mock since linux 6.5 when flags != 0\n"
        "  then room = new Room {}\n}\n");
  EXPECT_EQ(iolaw("search views.law --profile mock --linux 6.6 --outcome room.open.flags --out mock.json"), 0) << err;
  const Json meta = Json::parse(read(folder / "mock.json"))["#meta"];
  EXPECT_EQ(meta["profile"], "mock");
  EXPECT_EQ(meta["linux"], "6.6");
  expect_trace("mock.json", "reaches room.open.flags");
  EXPECT_EQ(iolaw("replay mock.json --port model"), 0) << err;
  EXPECT_EQ(iolaw("trace show mock.json --linux 6.4"), 65) << out;
  EXPECT_NE(err.find("room.open has no branch room.open.flags"), std::string::npos) << err;
}

TEST_F(Traces, OfADefect) {
  write(folder / "defect.law", "object Room { limit: u64 }\nrule room.widen(room: Room) { then room.limit = 1 }\n");
  EXPECT_EQ(iolaw("run defect.law --out run.json"), 65) << out << err;
  expect_trace("run.json", "reads what has no value");
}

TEST_F(Traces, OfAnOutcome) {
  EXPECT_EQ(iolaw("search rooms.law --outcome room.widen.by --out outcome.json"), 0) << out << err;
  expect_trace("outcome.json", "reaches room.widen.by");
}

TEST_F(Traces, OfADifference) {
  fs::copy(IOLAW_SPEC_DIR, folder / "spec", fs::copy_options::recursive);
  const fs::path changed = folder / "spec/iommufd/ioas.law";
  const std::string law = read(changed);
  const std::string other = std::regex_replace(law, std::regex("fails EEXIST( +\\[overlap\\])"), "fails EBADF $1");
  ASSERT_NE(law, other);
  write(changed, other);
  EXPECT_EQ(iolaw("diff spec/iommufd.law --port hw_reference --steps 100000 --out diff.json"), 20) << out << err;
  expect_trace("diff.json", "differs on hw_reference");
  EXPECT_EQ(iolaw("replay diff.json --port hw_reference"), 20) << out << err;
  EXPECT_EQ(iolaw("replay diff.json " IOLAW_SPEC_DIR "/iommufd.law --port hw_reference"), 0) << out << err;
}

TEST_F(Traces, PartWhereTheyPart) {
  ASSERT_EQ(iolaw("search rooms.law --outcome room.widen.ok --out a.json"), 0) << err;
  const std::string text = read(folder / "a.json");
  write(folder / "b.json", std::regex_replace(text, std::regex("room.widen.ok"), "room.widen.by"));
  EXPECT_EQ(iolaw("trace diff a.json b.json"), 20) << err;
  EXPECT_NE(out.find("They part at step 2:\n"), std::string::npos) << out;
  EXPECT_EQ(iolaw("trace diff a.json b.json --json"), 20) << err;
  const Json report = Json::parse(out);
  EXPECT_EQ(report["same"], false);
  EXPECT_EQ(report["parts_at"], 2);
  EXPECT_EQ(report["differs"], Json({"branch"}));
}

TEST_F(Traces, BadOnesAreRefused) {
  ASSERT_EQ(iolaw("run rooms.law --steps 1 --out good.json"), 0) << err;
  EXPECT_EQ(iolaw("trace show no_such.json"), 64);
  EXPECT_NE(err.find("cannot read no_such.json"), std::string::npos) << err;
  write(folder / "text.json", "{\n  \"states\": [}");
  EXPECT_EQ(iolaw("trace show text.json"), 65);
  EXPECT_NE(err.find("text.json: no trace of this law: the document: parse error at line 2, column 14"),
            std::string::npos)
      << err;
  write(folder / "rule.json", std::regex_replace(read(folder / "good.json"), std::regex("room.open"), "room.close"));
  for (const char* command : {"trace show rule.json", "trace diff good.json rule.json", "replay rule.json"}) {
    EXPECT_EQ(iolaw(command), 65) << command;
    EXPECT_NE(err.find("rule.json: no trace of this law: states[1].call: the law has no rule room.close"),
              std::string::npos)
        << err;
  }
  write(folder / "law.json", std::regex_replace(read(folder / "good.json"), std::regex("rooms.law"), "other.law"));
  EXPECT_EQ(iolaw("trace show law.json"), 65);
  EXPECT_NE(err.find("--law"), std::string::npos) << err;
  EXPECT_EQ(iolaw("trace show law.json --law rooms.law"), 0) << err;
  EXPECT_EQ(iolaw("trace diff good.json law.json"), 64);
  EXPECT_EQ(iolaw("trace diff good.json law.json --law rooms.law"), 0) << err;
}

TEST_F(Traces, SarifIsOnStdoutAlone) {
  write(folder / "bad.law", "object Room { limit u64 }\n");
  EXPECT_EQ(iolaw("check --sarif bad.law rooms.law"), 65);
  EXPECT_EQ(err, "");
  const Json log = Json::parse(out);
  EXPECT_EQ(misfit(IOLAW_SARIF_SCHEMA, log), "");
  ASSERT_EQ(log["runs"][0]["results"].size(), 1U);
  const Json& place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "bad.law");
  EXPECT_EQ(place["region"]["startColumn"], 21);
  EXPECT_EQ(iolaw("check --sarif rooms.law"), 0);
  EXPECT_TRUE(Json::parse(out)["runs"][0]["results"].empty());
  EXPECT_EQ(iolaw("check --json bad.law rooms.law"), 65);
  EXPECT_EQ(misfit(IOLAW_DIAGNOSTICS_SCHEMA, Json::parse(out)), "");
}

}  // namespace
}  // namespace iolaw
