// SPDX-License-Identifier: Apache-2.0
// Traces that a campaign leaves to the next ones: a folder with one file for each outcome, and for each pair of calls
// that succeed, named after it. Any of them can be replayed alone.
#pragma once

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/eval/model.hpp"
#include "model/trace/sequence.hpp"
#include "model/trace/trace.hpp"

namespace iolaw {

// A trace that showed something for the first time: its last call, or its last two.
struct Discovery {
  std::string what;  // "ioas.map.overlap", or "ioas.map.ok,ioas.unmap.ok"
  std::vector<TraceStep> steps;
};

// What() says what cannot be done, with which file, and why.
struct CorpusError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Corpus {
 public:
  // Told of each file that is damaged, or that the law does not allow any more: where, and why. It is passed over.
  using Complain = std::function<void(const std::string& text)>;

  // Makes the folder if there is none, and reads what is in it, short traces first. Throws CorpusError if that cannot
  // be done, or nothing could be written there.
  Corpus(const Model& model, std::filesystem::path folder, const Complain& complain);

  const std::vector<Sequence>& sequences() const { return sequences_; }
  std::size_t passed_over() const { return passed_over_; }
  std::size_t kept() const { return kept_; }  // files that were written

  // Writes what was found, without the steps that it can do without, unless there is such a file. Throws
  // CorpusError if it cannot be written.
  void keep(const Discovery& found, const std::string& law_path);

 private:
  Sequence read(const std::filesystem::path& file) const;  // throws std::runtime_error: why not

  const Model& model_;
  std::filesystem::path folder_;
  std::vector<Sequence> sequences_;
  std::size_t passed_over_ = 0;
  std::size_t kept_ = 0;
};

// Without the steps that its last `last` calls can do without to end as they do; as it is where an implementation
// chooses what no sequence can name.
std::vector<TraceStep> minimal(const Model& model, const std::vector<TraceStep>& steps, std::size_t last);

// The trace's calls in the terms of a sequence; `state` becomes the one after them. Throws std::runtime_error where the
// law does not allow a step, or one names an object that no call returned.
Sequence to_sequence(const Model& model, const std::vector<TraceStep>& steps, State& state);

}  // namespace iolaw
