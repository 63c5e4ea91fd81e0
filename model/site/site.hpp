// SPDX-License-Identifier: Apache-2.0
// The law as a site: pages of plain HTML, a stylesheet and a little script, that need neither network nor server.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/law/law.hpp"

namespace iolaw::site {

// What is known of one obligation of a proof.
struct Proof {
  std::string rule;      // "ioas.map", "ioas.unmap (each a)", "initial state"
  std::string property;  // "area.disjoint", "kept.fits", "reachable.overlap"
  std::string verdict;   // "proved", "bounded", "violated", "cti", "vacuous", "unknown"
  double seconds = 0;
  bool untouched = false;           // the rule writes nothing that the property reads
  bool uses_checks = false;         // the proof used the rule's own checks
  std::vector<std::string> core{};  // and these invariants
  bool cached = false;              // proved by an earlier run
  std::string note{};
};

// One view of the law, in a folder of its own; the first is at the top.
struct View {
  Law law;
  std::string folder;         // "", "core/"
  std::vector<Proof> proofs;  // none: there are no pages of proofs
};

// A graph in the language of dot as SVG; empty optional where it cannot be drawn.
using Draw = std::function<std::optional<std::string>(const std::string& dot)>;

// Path of each file, relative to the folder of the site, and what is in it. Equal laws give equal files.
std::map<std::string, std::string> write_site(const std::vector<View>& views, const Draw& draw);

}  // namespace iolaw::site
