// SPDX-License-Identifier: Apache-2.0
// Differential runs: random calls generated from the law, made on a port, judged by the model; a difference is shrunk.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/differ/corpus.hpp"
#include "checker/differ/runner.hpp"
#include "checker/differ/starts.hpp"
#include "model/port/port.hpp"
#include "model/trace/trace.hpp"

namespace iolaw {

struct DiffOptions {
  std::uint64_t seed = 1;
  std::uint64_t steps = 100'000;  // calls compared, probes included; shrinking comes on top
  // Called now and then, from the thread that runs.
  std::function<void(std::uint64_t steps, double seconds, std::size_t outcomes)> progress = {};
  // What find_starts() gave, where several campaigns share it; otherwise a campaign asks for it itself.
  std::shared_ptr<const std::vector<Start>> starts = {};
  // Asked after each run; true ends the campaign.
  std::function<bool()> enough = {};
  // A folder with the traces of earlier campaigns, which are replayed first, and which new ones are added to; none if
  // empty. Files that are no such traces are passed over: `complain` is told which, and why.
  std::string corpus = {};
  std::string law_path = {};  // for the traces that are kept
  Corpus::Complain complain = {};
  // Calls from the initial state that lead to what is hard to reach; runs begin with them, too.
  std::vector<std::vector<Call>> known = {};
};

struct DiffReport {
  std::uint64_t seed = 0;
  std::uint64_t steps = 0;               // compared before the first difference was found
  double seconds = 0;                    // for these
  std::vector<std::string> reached;      // IDs of the outcomes that the law took, in the order of the law
  std::vector<std::string> missed;       // and of those that it did not
  std::size_t pairs = 0;                 // of outcomes, of which the second has to do with an object of the first
  std::size_t replayed = 0;              // traces of the corpus,
  std::size_t passed_over = 0;           // files there that are no traces of the law,
  std::size_t kept = 0;                  // and traces that were added
  std::vector<std::string> unsupported;  // rules that the port cannot call, with its reasons
  std::optional<Difference> difference;  // shrunk
  std::uint64_t shrink_steps = 0;
  bool confirmed = false;  // the shrunk sequence was run once more and differed again
};

// Deterministic for a deterministic port: the seed decides every call. Stops at the first difference.
// Throws EvaluationError for a defect of the law, CorpusError for a corpus that cannot be read or written.
DiffReport run_diff(const Model& model, Port& port, const DiffOptions& options);

// The calls up to the difference with the outcomes that the law allows, to be saved and run anywhere.
Trace to_trace(const Model& model, const std::string& law_path, const std::string& port, const Difference& difference);

// For a reader: the calls, what the law allows for the last one, what the port answered, and why that is not allowed.
std::string to_text(const Model& model, const std::string& port, const Difference& difference);

}  // namespace iolaw
