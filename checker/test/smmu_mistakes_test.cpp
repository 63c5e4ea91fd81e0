// SPDX-License-Identifier: Apache-2.0
// Mistakes seeded into the law below iommufd, each a patch: the proof must refute the property that says so. Parts of
// that law that have nothing to do with each other are proved apart, which is quicker.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "checker/test/seeded_law.hpp"

namespace iolaw {
namespace {

namespace fs = std::filesystem;

struct Mistake {
  const char* patch;
  const char* module;  // of spec/smmu, where it is seeded
  const char* rule;
  const char* property;
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.patch; }

class SmmuMistakeTest : public testing::TestWithParam<Mistake> {
 protected:
  void SetUp() override { std::ofstream(root()) << "use smmu." << GetParam().module << "\n"; }

  fs::path root() const { return law_.folder() / "part.law"; }

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

  SeededLaw law_{std::string("smmu_") + GetParam().patch};
};

TEST_P(SmmuMistakeTest, ProofRefutesIt) {
  ASSERT_EQ(verdict(), "proved") << "without the mistake";
  ASSERT_EQ(law_.seed(std::string("smmu_") + GetParam().patch), "");
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
}  // namespace iolaw
