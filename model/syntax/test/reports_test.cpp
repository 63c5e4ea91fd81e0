// SPDX-License-Identifier: Apache-2.0
// Diagnostics of real mistakes in the forms that other programs read: every bad law, as JSON and as SARIF.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "model/diagnostics/codes.hpp"
#include "model/diagnostics/json.hpp"
#include "model/diagnostics/sarif.hpp"
#include "model/law/parse.hpp"
#include "model/syntax/test/bad_laws.hpp"
#include "model/trace/test/json_schema.hpp"

namespace iolaw {
namespace {

using Json = nlohmann::json;

Json sarif_of(const Parsed& parsed) {
  nlohmann::ordered_json log = sarif_log();
  add_to_sarif(log, parsed.diagnostics, parsed.files);
  return Json::parse(log.dump());  // throws on text that is no UTF-8
}

TEST(Reports, JsonMeetsItsSchema) {
  for (const std::string& file : bad_laws()) {
    const Parsed parsed = parse_law(file);
    Json diagnostics = Json::array();
    for (const Diagnostic& diagnostic : parsed.diagnostics) diagnostics.push_back(to_json(diagnostic, parsed.files));
    const Json document{{"files", {{{"file", file}, {"ok", false}, {"diagnostics", diagnostics}}}}};
    EXPECT_EQ(misfit(IOLAW_DIAGNOSTICS_SCHEMA, document), "") << file;
  }
}

TEST(Reports, SarifMeetsTheStandard) {
  std::size_t fixes = 0;
  std::size_t related = 0;
  for (const std::string& file : bad_laws()) {
    SCOPED_TRACE(file);
    const Parsed parsed = parse_law(file);
    const Json log = sarif_of(parsed);
    EXPECT_EQ(misfit(IOLAW_SARIF_SCHEMA, log), "");
    const Json& run = log["runs"][0];
    EXPECT_EQ(run["results"].size(), parsed.diagnostics.size());
    for (const Json& result : run["results"]) {
      EXPECT_EQ(run["tool"]["driver"]["rules"].at(result["ruleIndex"].get<std::size_t>())["id"], result["ruleId"]);
      const Json& region = result["locations"][0]["physicalLocation"]["region"];
      EXPECT_LE(std::pair(region["startLine"].get<int>(), region["startColumn"].get<int>()),
                std::pair(region["endLine"].get<int>(), region["endColumn"].get<int>()));
      fixes += result.contains("fixes") ? 1 : 0;
      related += result.contains("relatedLocations") ? 1 : 0;
    }
  }
  EXPECT_GT(fixes, 5U);
  EXPECT_GT(related, 2U);
}

TEST(Reports, SarifKnowsEveryCode) {
  const Json log = Json::parse(sarif_log().dump());
  EXPECT_EQ(misfit(IOLAW_SARIF_SCHEMA, log), "");
  const Json& rules = log["runs"][0]["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), code_pages().size());
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const CodePage& page = code_pages()[i];
    EXPECT_EQ(rules[i]["id"], code_name(static_cast<int>(page.code)));
    EXPECT_NE(rules[i]["help"]["text"].get<std::string>().find(page.right), std::string::npos);
  }
}

// The law with a fix applied, as an editor would.
std::string apply(std::string text, const Json& replacement) {
  const auto offset = [&](const Json& region, const char* line, const char* column) {
    std::size_t at = 0;
    for (int i = 1; i < region[line].get<int>(); ++i) at = text.find('\n', at) + 1;
    return at + region[column].get<std::size_t>() - 1;
  };
  const Json& region = replacement["deletedRegion"];
  const std::size_t begin = offset(region, "startLine", "startColumn");
  const std::size_t end = offset(region, "endLine", "endColumn");
  return text.replace(begin, end - begin, replacement["insertedContent"]["text"].get<std::string>());
}

TEST(Reports, FixesRepairTheLaw) {
  const std::vector<std::pair<std::string, std::string>> laws = {
      {"objekt Ioas {}\n", "object Ioas {}\n"},
      {"object Ioas {\n  alignment u64\n}\n", "object Ioas {\n  alignment: u64\n}\n"},
      {"object Ioas { limit: u46 }\n", "object Ioas { limit: u64 }\n"},
      {"const A: u64 = 1\nconst B: u64 == 2\n", "const A: u64 = 1\nconst B: u64 = 2\n"},
      {"rule r(a: u64) {\n  fails EINVAL [a] if a == 0\n}\n", "rule r(a: u64) {\n  fails EINVAL [a] when a == 0\n}\n"},
      {"rule r(a: u64) {\n  fails EINVAL a when a == 0\n}\n", "rule r(a: u64) {\n  fails EINVAL [a] when a == 0\n}\n"},
      {"rule r(a: u64) {\n  fials EINVAL [a] when a == 0\n}\n",
       "rule r(a: u64) {\n  fails EINVAL [a] when a == 0\n}\n"},
      {"rule r(a: u64) {\n  let b a\n  fails EINVAL [a] when b == 0\n}\n",
       "rule r(a: u64) {\n  let b = a\n  fails EINVAL [a] when b == 0\n}\n"},
      {"object Ioas {}\nrule r(i: Ioas) {\n  fails ENOENT [i] unless i lives\n  then destory i\n}\n",
       "object Ioas {}\nrule r(i: Ioas) {\n  fails ENOENT [i] unless i lives\n  then destroy i\n}\n"},
  };
  for (const auto& [wrong, right] : laws) {
    SCOPED_TRACE(wrong);
    const Json log = sarif_of(parse_law_texts({{"here.law", wrong}}));
    const Json& results = log["runs"][0]["results"];
    ASSERT_EQ(results.size(), 1U) << results.dump(1);
    ASSERT_TRUE(results[0].contains("fixes")) << results.dump(1);
    EXPECT_EQ(apply(wrong, results[0]["fixes"][0]["artifactChanges"][0]["replacements"][0]), right);
    EXPECT_TRUE(parse_law_texts({{"here.law", right}}).law);
  }
}

TEST(Reports, PlacesAreUris) {
  EXPECT_EQ(uri_of("spec/iommufd.law", "/home/me"), "spec/iommufd.law");
  EXPECT_EQ(uri_of("/home/me/spec/a b.law", "/home/me"), "spec/a%20b.law");
  EXPECT_EQ(uri_of("../x#y.law", "/home/me"), "file:///home/x%23y.law");
  EXPECT_EQ(uri_of("/etc/x.law", "/home/me"), "file:///etc/x.law");
}

TEST(Reports, AMistakeThatTwoLawsShareIsToldOnce) {
  const Parsed parsed = parse_law_texts({{"here.law", "objekt Ioas {}\n"}});
  nlohmann::ordered_json log = sarif_log();
  add_to_sarif(log, parsed.diagnostics, parsed.files);
  add_to_sarif(log, parsed.diagnostics, parsed.files);
  EXPECT_EQ(log["runs"][0]["results"].size(), 1U);
}

}  // namespace
}  // namespace iolaw
