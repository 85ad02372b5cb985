#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runnel/explain/story.h"
#include "runnel/sequence/schedule.h"

/// What becomes of a batch of sequences that are not equally long: its padding, its packed rows, its last steps.
namespace runnel {

/// Where a sequence ends.
struct SequenceEnd {
  int64_t length = 0;
  int64_t step = -1;                         ///< its last real step, from 0; -1 when it has none
  int64_t row = -1;                          ///< of the packed rows
  std::vector<std::string> equalities = {};  ///< "h_n[0, 1] = output[1, 4, :]"
};

struct BatchStory {
  Schedule schedule;
  /// For each step, the sequences that still run, in the order of the packed rows.
  std::vector<std::vector<int32_t>> steps = {};
  std::vector<SequenceEnd> ends = {};     ///< one for each sequence, in the caller's order
  std::vector<std::string> reverse = {};  ///< equalities of the walk in reverse, which ends at step 0
  int64_t padding() const { return schedule.batch() * schedule.longest() - schedule.rows(); }
};

/// Tells it for the last recurrent layer of a network; without one, there are no equalities.
/// Throws  ShapeError when a length is negative.
BatchStory tell_batch(const Story& story, const Lengths& lengths);

/// For a terminal: the padded batch, the sorted one and the packed rows beside each other; then where each
/// sequence ends. Sequences are called a, b, c, …; a batch that is too large for the page is not drawn.
///
///     padded      sorted      packed
///       0 1 2       0 1 2     step  rows   batch_sizes
///     a ■ · ·     b ■ ■ ■     0     b c a  3
///     b ■ ■ ■     c ■ ■ ·     1     b c    2
///     c ■ ■ ·     a ■ · ·     2     b      1
std::string batch_text(const BatchStory& story);

/// {"lengths": [1, 3, 2], "longest": 3, "rows": 6, "padding": 3, "sorted_indices": […], "unsorted_indices": […],
///  "batch_sizes": [3, 2, 1], "steps": [[1, 2, 0], [1, 2], [1]],
///  "ends": [{"length": 1, "step": 0, "row": 2, "equalities": […]}, …], "reverse": […]} on one line
std::string batch_json(const BatchStory& story);

}  // namespace runnel
