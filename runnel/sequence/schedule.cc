#include "runnel/sequence/schedule.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "runnel/sequence/sequence_error.h"

namespace runnel {
namespace {

constexpr int64_t kMostRows = std::numeric_limits<int32_t>::max();

}  // namespace

Schedule::Schedule(Lengths lengths) : lengths_(std::move(lengths)) {
  int64_t rows = 0;
  for (int64_t n = 0; n < batch(); ++n) {
    const int64_t steps = lengths_[static_cast<size_t>(n)];
    if (steps < 0) throw errors::negative_length(n, steps);
    if (steps > kMostRows - rows) throw errors::too_many_steps();
    rows += steps;
  }
  const auto length = [this](int32_t n) { return lengths_[static_cast<size_t>(n)]; };
  sorted_indices_.resize(lengths_.size());
  std::iota(sorted_indices_.begin(), sorted_indices_.end(), 0);
  const auto longer = [&](int32_t a, int32_t b) { return length(a) > length(b); };
  if (!std::is_sorted(sorted_indices_.begin(), sorted_indices_.end(), longer))
    std::stable_sort(sorted_indices_.begin(), sorted_indices_.end(), longer);
  unsorted_indices_.resize(lengths_.size());
  for (size_t k = 0; k < sorted_indices_.size(); ++k) {
    unsorted_indices_[static_cast<size_t>(sorted_indices_[k])] = static_cast<int32_t>(k);
  }
  int64_t running = batch();
  const int64_t steps = batch() == 0 ? 0 : length(sorted_indices_[0]);
  steps_.reserve(static_cast<size_t>(steps));
  for (int64_t t = 0; t < steps; ++t) {
    while (length(sorted_indices_[static_cast<size_t>(running - 1)]) <= t) --running;
    steps_.push_back({rows_, running});
    rows_ += running;
  }
}

std::vector<int64_t> Schedule::batch_sizes() const {
  std::vector<int64_t> sizes;
  sizes.reserve(steps_.size());
  for (const Step& step : steps_) sizes.push_back(step.batch);
  return sizes;
}

std::vector<int32_t> Schedule::padded_rows(int64_t seq, bool batch_first) const {
  assert(seq >= longest());
  if (seq * batch() > kMostRows) throw errors::too_many_steps();
  std::vector<int32_t> rows;
  rows.reserve(static_cast<size_t>(rows_));
  for (int64_t t = 0; t < longest(); ++t) {
    for (int64_t k = 0; k < steps_[static_cast<size_t>(t)].batch; ++k) {
      const int64_t n = sorted_indices_[static_cast<size_t>(k)];
      rows.push_back(static_cast<int32_t>(batch_first ? n * seq + t : t * batch() + n));
    }
  }
  return rows;
}

void check_lengths(const Lengths& lengths, int64_t batch, int64_t seq) {
  if (static_cast<int64_t>(lengths.size()) != batch) {
    throw errors::wrong_number_of_lengths(static_cast<int64_t>(lengths.size()), batch);
  }
  for (int64_t n = 0; n < batch; ++n) {
    const int64_t length = lengths[static_cast<size_t>(n)];
    if (length < 0) throw errors::negative_length(n, length);
    if (length > seq) throw errors::length_past_the_end(n, length, seq);
  }
}

}  // namespace runnel
