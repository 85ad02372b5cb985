#pragma once

#include <string>

#include "runnel/explain/story.h"

namespace runnel {

/// How much a text tells.
enum class Detail {
  brief,   ///< the shapes and the parameters
  normal,  ///< where each number comes from, in words; what to know; what a call costs
  full,  ///< what each layer costs, the places of a state one by one, the other layout, data without a batch
};

struct StoryTextOptions {
  bool color = false;  ///< paint the names of the axes, one colour an axis
  Detail detail = Detail::normal;
};

/// The story for a terminal of 80 columns, ended by a line break. One layer by itself: what goes in and
/// comes out, in words, each number and where it comes from, what to know, the parameters. A chain: the
/// data flow down the page.
///
///     GRU(input_size=100, hidden_size=20, batch_first=True)
///
///       in   input   [batch=3, seq=10, feature=100]
///            h_0     [layer·direction=1, batch=3, hidden=20]  zeros unless given
///       out  output  [batch=3, seq=10, hidden=20]             the state at every step
///            h_n     [layer·direction=1, batch=3, hidden=20]  the state at the end
///     …
std::string story_text(const Story& story, const StoryTextOptions& options = {});

}  // namespace runnel
