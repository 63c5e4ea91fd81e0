// SPDX-License-Identifier: Apache-2.0
#include "checker/generate/folder.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace iolaw {
namespace {

namespace fs = std::filesystem;

class Folder : public testing::Test {
 protected:
  Folder() : path_(fs::temp_directory_path() / ("iolaw_folder_test." + std::to_string(getpid()))) {}
  ~Folder() override { fs::remove_all(path_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }

  const fs::path path_;
  const std::vector<GeneratedFile> files_{{"a_test.cpp", "// " + std::string(kGeneratedMark) + "\nint a;\n"},
                                          {"b.hpp", "// " + std::string(kGeneratedMark) + "\nint b;\n"}};
};

TEST_F(Folder, that_is_missing_is_not_up_to_date) {
  EXPECT_EQ(compare_folder(path_, files_), (std::vector<std::string>{"missing a_test.cpp", "missing b.hpp"}));
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(Folder, that_was_written_is_up_to_date) {
  update_folder(path_, files_);
  EXPECT_TRUE(compare_folder(path_, files_).empty());
}

TEST_F(Folder, shows_an_edited_file) {
  update_folder(path_, files_);
  write("a_test.cpp", "// " + std::string(kGeneratedMark) + "\nint c;\n");
  EXPECT_EQ(compare_folder(path_, files_), std::vector<std::string>{"differs a_test.cpp"});
}

TEST_F(Folder, loses_what_is_no_longer_made_and_keeps_the_rest) {
  update_folder(path_, files_);
  write("old_test.cpp", "// " + std::string(kGeneratedMark) + "\n");
  write("notes.md", "mine\n");
  EXPECT_EQ(compare_folder(path_, files_), std::vector<std::string>{"left over old_test.cpp"});
  update_folder(path_, files_);
  EXPECT_FALSE(fs::exists(path_ / "old_test.cpp"));
  EXPECT_TRUE(fs::exists(path_ / "notes.md"));
}

}  // namespace
}  // namespace iolaw
