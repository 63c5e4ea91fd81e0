// SPDX-License-Identifier: Apache-2.0
#include "checker/explore/load.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

extern char** environ;

namespace iolaw::explore {
namespace {

namespace fs = std::filesystem;

// Code for this very processor: what it is goes into the name of what is kept. Every library has the same names inside;
// hidden, they stay apart in a process that loads several.
const std::vector<std::string> kFlags{
    "-std=c++20", "-O3", "-march=native", "-fPIC", "-shared", "-fvisibility=hidden", "-w", "-x", "c++"};

fs::path cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0')
    return fs::path(cache) / "iolaw";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0')
    return fs::path(home) / ".cache" / "iolaw";
  return fs::temp_directory_path() / fmt::format("iolaw-{}", getuid());
}

std::string compiler() {
  const char* named = std::getenv("CXX");
  return named != nullptr && *named != '\0' ? named : "c++";
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("flags") || line.starts_with("Features")) return line;
  }
  return {};
}

// Two independent 64-bit FNV-1a sums: names of files, nobody attacks them.
std::string content_name(const std::string& content) {
  std::uint64_t a = 0xcbf29ce484222325;
  std::uint64_t b = 0x9ae16a3b2f90404f;
  for (const char c : content) {
    a = (a ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    b = (b + static_cast<unsigned char>(c)) * 0xc4ceb9fe1a85ec53;
    b ^= b >> 33;
  }
  return fmt::format("{:016x}{:016x}", a, b);
}

// Keeps the models that were used last, up to the limit. What another process removes first is gone as well.
void prune(const fs::path& folder, std::uintmax_t limit) {
  struct Kept {
    fs::file_time_type used;
    std::uintmax_t bytes = 0;
    fs::path path;
  };
  std::vector<Kept> files;
  std::error_code failed;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failed)) {
    if (!entry.is_regular_file(failed)) continue;
    Kept one{entry.last_write_time(failed), entry.file_size(failed), entry.path()};
    if (!failed) files.push_back(std::move(one));
  }
  std::sort(files.begin(), files.end(), [](const Kept& a, const Kept& b) { return a.used > b.used; });
  std::uintmax_t bytes = 0;
  for (const Kept& file : files) {
    bytes += file.bytes;
    if (bytes > limit) fs::remove(file.path, failed);
  }
}

// Runs the compiler; what it says goes to `log`.
bool run(const std::vector<std::string>& words, const fs::path& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int failed = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0)
    throw LoadError(fmt::format("cannot run {}: a C++ compiler is needed (CXX names another)", words[0]));
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string first_lines(const fs::path& file, std::size_t most) {
  std::ifstream in(file);
  std::string text;
  std::string line;
  for (std::size_t lines = 0; lines < most && std::getline(in, line); ++lines) text += fmt::format("{}\n", line);
  return text;
}

void compile(const std::string& text, const fs::path& target) {
  const std::string unique = fmt::format("{}.{}", target.string(), getpid());
  const fs::path source = fmt::format("{}.cpp", unique);
  const fs::path object = fmt::format("{}.tmp", unique);
  const fs::path log = fmt::format("{}.log", unique);
  std::ofstream(source) << text;
  std::vector<std::string> words{compiler()};
  words.insert(words.end(), kFlags.begin(), kFlags.end());
  words.insert(words.end(), {source.string(), "-o", object.string()});
  const bool good = run(words, log);
  if (!good) {
    throw LoadError(fmt::format("{} does not compile; the compiler says:\n{}", source.string(), first_lines(log, 12)));
  }
  // Another process may have made the same file meanwhile; either is good.
  fs::rename(object, target);
  std::error_code ignored;
  fs::remove(source, ignored);
  fs::remove(log, ignored);
}

}  // namespace

Loaded load_model(const std::string& text) {
  std::string content = text + compiler() + processor();
  for (const std::string& flag : kFlags) content += flag;
  const fs::path folder = cache_folder();
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) throw LoadError(fmt::format("cannot make {}: {}", folder.string(), failed.message()));
  const fs::path target = folder / fmt::format("{}.so", content_name(content));

  Loaded loaded;
  loaded.cached = fs::exists(target);
  if (loaded.cached) {
    fs::last_write_time(target, fs::file_time_type::clock::now(), failed);
  } else {
    compile(text, target);
    prune(folder, kCacheBytes);
  }
  void* library = dlopen(target.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw LoadError(fmt::format("cannot load {}: {}", target.string(), dlerror()));
  loaded.library = std::shared_ptr<void>(library, [](void* handle) { dlclose(handle); });
  using Entry = const iolaw_compiled::Compiled* (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(library, iolaw_compiled::kCompiledSymbol));
  if (entry == nullptr) throw LoadError(fmt::format("{} holds no model", target.string()));
  loaded.model = entry();
  if (loaded.model->version != iolaw_compiled::kCompiledVersion) {
    throw LoadError(fmt::format("{} holds a model of version {}, not {}", target.string(), loaded.model->version,
                                iolaw_compiled::kCompiledVersion));
  }
  return loaded;
}

}  // namespace iolaw::explore
