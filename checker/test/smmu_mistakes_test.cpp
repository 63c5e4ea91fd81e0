// SPDX-License-Identifier: Apache-2.0
// Mistakes seeded into the law below iommufd, each a patch: the proof must refute the property that says so. Parts of
// that law that have nothing to do with each other are proved apart, which is quicker.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace {

namespace fs = std::filesystem;

struct Mistake {
  const char* patch;
  const char* module;  // of spec/smmu, where it is seeded
  const char* rule;
  const char* property;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.patch; }

struct Ran {
  int code = -1;
  std::string text;
};

Ran run(const std::string& command) {
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ran;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = fread(buffer.data(), 1, buffer.size(), pipe)) ran.text.append(buffer.data(), got);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) ran.code = WEXITSTATUS(status);
  return ran;
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

class SmmuMistakeTest : public testing::TestWithParam<Mistake> {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / (std::string("iolaw_smmu_mistake_") + GetParam().patch);
    fs::remove_all(folder_);
    fs::copy(fs::path(IOLAW_SOURCE_DIR) / "spec", folder_, fs::copy_options::recursive);
    std::ofstream(root()) << "use smmu." << GetParam().module << "\n";
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path root() const { return folder_ / "part.law"; }

  // The verdict on the obligation that the mistake breaks; of a loop the one of its pieces.
  std::string verdict() const {
    const Ran ran = run(std::string(IOLAW_PROGRAM) + " prove " + quoted(root()) + " --json --rule " + GetParam().rule +
                        " --invariant " + GetParam().property);
    std::string worst;
    const nlohmann::json report = nlohmann::json::parse(ran.text);
    for (const nlohmann::json& obligation : report["obligations"]) {
      if (obligation["property"] != GetParam().property) continue;
      if (worst.empty() || obligation["verdict"] != "proved") worst = obligation["verdict"];
    }
    return worst;
  }

  fs::path folder_;
};

TEST_P(SmmuMistakeTest, ProofRefutesIt) {
  ASSERT_EQ(verdict(), "proved") << "without the mistake";
  const fs::path patch =
      fs::path(IOLAW_SOURCE_DIR) / "checker/test/mistakes" / (std::string("smmu_") + GetParam().patch + ".patch");
  const Ran patched =
      run(std::string(PATCH_PROGRAM) + " -p1 -s -d " + quoted(folder_) + " < " + quoted(patch) + " 2>&1");
  ASSERT_EQ(patched.code, 0) << patched.text;
  const std::string found = verdict();
  EXPECT_TRUE(found == "violated" || found == "cti") << found;
}

INSTANTIATE_TEST_SUITE_P(
    Seeded, SmmuMistakeTest,
    testing::Values(Mistake{"unpinned_before_sync", "domain", "gather.release", "leaf.released"},
                    Mistake{"atc_invalidated_first", "domain", "gather.tlb_completed", "cached.accounted_by_device"},
                    Mistake{"gather_not_widened", "domain", "domain.unmap_page", "gather.covers"},
                    Mistake{"table_freed_after_leaf_invalidation", "domain", "gather.invalidate", "table.invalidated"},
                    Mistake{"last_address_unchecked", "domain", "domain.map", "map.bounded"},
                    Mistake{"failed_map_keeps_pages", "domain", "domain.map_undone", "domain.map_undone.identity"},
                    Mistake{"combined_entries_forgotten", "cache", "tlb.invalidate", "stage2.held"},
                    Mistake{"nh_all_before_s2_ipa", "cache", "tlb.invalidate", "stage2.held"},
                    Mistake{"vmid_reused_unflushed", "cache", "vmid.free", "tag.vmid"},
                    Mistake{"asid_reused_unflushed", "cache", "asid.free", "tag.asid"},
                    Mistake{"vmid_retired_while_held", "cache", "vmid.retire", "stream.vmid_held"},
                    Mistake{"body_not_synced", "stream", "stream.write_head", "stream.body_synced"},
                    Mistake{"sync_overtakes", "queue", "cmdq.sync", "cmdq.synced"},
                    Mistake{"queue_freed_early", "queue", "cmdq.free", "cmdq.freed"},
                    Mistake{"error_raised_twice", "queue", "cmdq.stop", "cmdq.reported_once"},
                    Mistake{"event_overwritten", "queue", "eventq.record", "eventq.occupancy"},
                    Mistake{"lvcmdq_mapped_above_a_gap", "cmdqv", "hw_queue.alloc", "lvcmdq.dense"},
                    Mistake{"lvcmdq_unmapped_below_another", "cmdqv", "hw_queue.destroy", "lvcmdq.dense"},
                    Mistake{"lvcmdq_handed_on_dirty", "cmdqv", "hw_queue.destroy", "lvcmdq.blank"},
                    Mistake{"match_before_replace", "cmdqv", "sid.set_match", "sid.no_stale"},
                    Mistake{"virtual_sid_taken_twice", "cmdqv", "vdevice.alloc", "sid.injective"},
                    Mistake{"guest_chooses_vmid", "guest", "lvcmdq.execute", "guest.vmid"},
                    Mistake{"guest_moves_base_while_mapped", "guest", "guest.write_base", "guest.agrees"}),
    [](const auto& name) { return std::string(name.param.patch); });

}  // namespace
