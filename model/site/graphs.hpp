// SPDX-License-Identifier: Apache-2.0
// Graphs of a law as pictures.
#pragma once

#include <string>

#include "model/site/life_cycle.hpp"
#include "model/site/page.hpp"

namespace iolaw::site {

// Who holds whom and who lives in whom: solid arrows hold, dashed arrows live in. As a picture where there is a program
// that draws, else words that say so; the list of arrows in either case.
std::string object_graph(const Context& context);

// A life cycle as a picture; empty where nothing draws. The table of its moves says the same.
std::string life_cycle_graph(const Context& context, const LifeCycle& cycle);

// What dot prints, fit to stand in a page: without prologue, comments, and colours and names of its own.
std::string inline_svg(const std::string& svg, const std::string& label);

}  // namespace iolaw::site
