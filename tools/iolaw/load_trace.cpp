// SPDX-License-Identifier: Apache-2.0
#include "tools/iolaw/load_trace.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <iterator>
#include <utility>

#include "tools/iolaw/commands.hpp"
#include "tools/iolaw/load.hpp"

namespace iolaw {
LoadedTraces load_traces(const std::vector<std::string>& files, const std::string& law_file, LawView view) {
  LoadedTraces loaded;
  std::vector<std::string> texts;
  std::string law_path = law_file;
  for (const std::string& file : files) {
    std::optional<std::string> text = read_file(file);
    if (!text) {
      fmt::print(stderr, "iolaw: cannot read {}\n", file);
      loaded.error = kUsage;
      return loaded;
    }
    const TraceOrigin origin = origin_of_trace(*text);
    const std::string& named = origin.law;
    if (law_path.empty()) law_path = named;
    if (texts.empty() && view.profile.empty()) view.profile = origin.view.profile;
    if (texts.empty() && !view.version) view.version = origin.view.version;
    if (law_file.empty() && named != law_path && !named.empty()) {
      fmt::print(stderr, "iolaw: {} is a trace of {}, {} of {}: name one law with --law\n", files.front(), law_path,
                 file, named);
      loaded.error = kUsage;
      return loaded;
    }
    texts.push_back(std::move(*text));
  }
  // What is no trace at all names no law: then its text is at fault, not the command line.
  std::optional<Law> law = law_path.empty() ? Law{} : load_law(law_path, view);
  if (!law) {
    if (law_file.empty()) {
      fmt::print(stderr, "iolaw: {} is a trace of that law; --law names another\n", files.front());
    }
    loaded.error = kLawError;
    return loaded;
  }
  loaded.law = std::move(*law);
  for (std::size_t which = 0; which < files.size(); ++which) {
    try {
      Trace trace = trace_from_json(loaded.law, texts[which]);
      loaded.traces.push_back({std::move(trace), shown_states(loaded.law, texts[which])});
    } catch (const TraceError& error) {
      fmt::print(stderr, "iolaw: {}: {}\n", files[which], error.what());
      loaded.error = kLawError;
      return loaded;
    }
  }
  return loaded;
}

}  // namespace iolaw
