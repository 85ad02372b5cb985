#include "runnel/kernels/plan.h"

#include <algorithm>

#include "runnel/kernels/cache_sizes.h"

namespace runnel::kernels {
namespace {

constexpr int64_t kWorthAThread = 1 << 20;    // multiply-adds: some ten microseconds
constexpr int64_t kWorthWaking = 1 << 22;     // multiply-adds of a whole call
constexpr int64_t kWorthAStep = 1 << 17;      // multiply-adds of a share of a lone step: two microseconds
constexpr int64_t kWorthACrossing = 1 << 15;  // multiply-adds of a member in a step

/// A thread's sequences from which on it walks them alone: fewer leave its tiles low, and where the weights don't fit its
/// cache it waits for them.
constexpr int64_t kEnoughSequences = 4, kEnoughForFarWeights = 17;

/// Whether a core must read a direction's weights from afar in each step.
bool far(int64_t weights) {
  static const int64_t cache = cache_sizes().l2;
  return weights * static_cast<int64_t>(sizeof(float)) > cache;
}

}  // namespace

int64_t step_shares(int64_t rows, const PlanSizes& sizes) {
  const int64_t useful = rows * sizes.work_a_row / kWorthAStep;
  if (useful < 2 || !sizes.divisible) return 1;
  return std::clamp<int64_t>(useful, 1, std::min<int64_t>(thread_count(), sizes.panels));
}

void Plan::assign(const Walk& walk, const PlanSizes& sizes) {
  const int64_t threads = thread_count();
  const int64_t work = sizes.directions * walk.packed_rows() * (sizes.work_a_row + sizes.besides);
  alone_ = work < 2 * kWorthAThread;
  const int64_t most = alone_ ? 1 : std::max<int64_t>(1, threads / sizes.directions);
  const int64_t useful = std::clamp<int64_t>(work / kWorthAThread, 1, most);
  job_ = work < kWorthWaking ? Job::brief : Job::worth_waking;
  members_ = 1;
  const int64_t enough = far(sizes.work_a_row) ? kEnoughForFarWeights : kEnoughSequences;
  if (sizes.divisible && walk.batch() < enough * useful && walk.steps() > 0) {
    const int64_t work_a_step = walk.packed_rows() / walk.steps() * sizes.work_a_row;
    members_ = std::clamp<int64_t>(std::min(work_a_step / kWorthACrossing, sizes.panels), 1, useful);
  }
  cut_batch(walk, members_ > 1 ? 1 : useful);
  barriers_.resize(static_cast<size_t>(sizes.directions));
  shares_.clear();
  for (int64_t d = 0; d < sizes.directions; ++d) {
    SpinBarrier& barrier = barriers_[static_cast<size_t>(d)];
    barrier.set_members(members_);
    for (size_t part = 0; part + 1 < cuts_.size(); ++part) {
      for (int64_t m = 0; m < members_; ++m) {
        shares_.push_back({.number = shares(),
                           .direction = d,
                           .begin = cuts_[part],
                           .end = cuts_[part + 1],
                           .panels = {sizes.panels * m / members_, sizes.panels * (m + 1) / members_},
                           .others = members_ > 1 ? &barrier : nullptr});
      }
    }
  }
}

int64_t Plan::reserve(const Walk& walk, int64_t directions) {
  far(0);  // which looks at the machine once
  const int64_t most = directions * std::max<int64_t>(1, thread_count() / directions);
  cuts_.reserve(static_cast<size_t>(std::min(most, walk.batch()) + 1));
  shares_.reserve(static_cast<size_t>(most));
  barriers_.resize(static_cast<size_t>(directions));
  return most;
}

/// Neighbouring sequences of about equally many steps together.
void Plan::cut_batch(const Walk& walk, int64_t parts) {
  cuts_.assign(1, 0);
  int64_t rows = 0;
  for (int64_t k = 0; k < walk.batch() && parts > 1; ++k) {
    rows += walk.length(k);
    const int64_t made = static_cast<int64_t>(cuts_.size());
    if (made < parts && rows * parts >= made * walk.packed_rows()) cuts_.push_back(k + 1);
  }
  if (cuts_.back() != walk.batch()) cuts_.push_back(walk.batch());
}

}  // namespace runnel::kernels
