#pragma once

#include <cstdint>
#include <vector>

#include "runnel/base/denormals.h"
#include "runnel/base/thread_pool.h"
#include "runnel/kernels/walk.h"

namespace runnel::kernels {

/// Panels first … last − 1 of packed weights; of a step's weights, groups of panels.
struct PanelRange {
  int64_t first, last;
};

/// What one thread does of one direction: all steps, for some of the sequences or for some of the units.
struct Share {
  int64_t number;  ///< among all shares of the layer
  int64_t direction;
  int64_t begin, end;   ///< sequences, of the sorted order
  PanelRange panels;    ///< of the weights that the walk multiplies with: which units these are
  SpinBarrier* others;  ///< those that do the other units of the same sequences; null: there are none

  void wait() const {
    if (others) others->wait();
  }
};

/// What a plan needs to know of a layer.
struct PlanSizes {
  int64_t directions;
  int64_t work_a_row;  ///< multiply-adds of a sequence in one step of a direction: as many as it has weights
  int64_t panels;      ///< of one direction's weights
  bool divisible;      ///< whether units may be shared
  int64_t besides =
      0;  ///< multiply-adds of such a row that are done only in the other pass, whose cut is the same
};

/// Among how many threads one step's units are worth sharing.
int64_t step_shares(int64_t rows, const PlanSizes& sizes);

/// How a layer call is cut for the threads.
///
///     a thread must be woken                          no share is smaller than kWorthAThread
///     a sequence walked by one thread needs no other  directions and sequences are shared out first
///     two caches hold twice the weights, but the      few sequences, or some and weights that no cache holds: the
///     threads must meet after every step              units are, where a step has kWorthACrossing of work for each
class Plan {
 public:
  /// Allocates only where there are more shares than ever before. Every direction walks as `walk` does.
  void assign(const Walk& walk, const PlanSizes& sizes);

  /// Makes room for the plan of any walk of this one's batch. Returns the most shares that it may have.
  int64_t reserve(const Walk& walk, int64_t directions);

  /// Whether several threads do the units of the same sequences.
  bool shares_units() const { return members_ > 1; }
  int64_t shares() const { return static_cast<int64_t>(shares_.size()); }

  /// Calls `body(share)` for every share, denormals flushed. Where the threads for a team can't be had, one thread does
  /// all units.
  template <class Body>
  void run(const Body& body) {
    const auto one = [&](int64_t i) {
      const FlushDenormals flush;
      body(shares_[static_cast<size_t>(i)]);
    };
    if (alone_) {
      for (int64_t i = 0; i < shares(); ++i) one(i);
    } else if (members_ == 1) {
      parallel_tasks(shares(), one, job_);
    } else if (!try_team(shares(), one, job_)) {
      const FlushDenormals flush;
      for (int64_t i = 0; i < shares(); i += members_) {
        Share all = shares_[static_cast<size_t>(i)];
        all.panels.last = shares_[static_cast<size_t>(i + members_ - 1)].panels.last;
        all.others = nullptr;
        body(all);
      }
    }
  }

 private:
  void cut_batch(const Walk& walk, int64_t parts);

  int64_t members_ = 1;
  bool alone_ = true;  // not worth a second thread, be it for another direction
  Job job_ = Job::worth_waking;
  std::vector<SpinBarrier> barriers_;  // one a direction
  std::vector<int64_t> cuts_;
  std::vector<Share> shares_;
};

}  // namespace runnel::kernels
