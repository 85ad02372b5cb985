#include "runnel/ops/broadcast.h"

#include "runnel/ops/op_error.h"

namespace runnel {

Broadcast::Broadcast(std::string_view where, const Shape& first, const Shape& second)
    : first_is_smaller_(first.rank() < second.rank()), same_shape_(first == second) {
  const Shape& larger = first_is_smaller_ ? second : first;
  const Shape& smaller = first_is_smaller_ ? first : second;
  shape_ = larger;
  int64_t matched = 0;
  for (const Axis& axis : larger) {
    const bool shared = matched < smaller.rank() && smaller[matched] == axis;
    if (shared) ++matched;
    const int64_t stride = shared ? smaller.count_between(matched, smaller.rank()) : 0;
    const bool joins = !groups_.empty() && (groups_.back().smaller_stride != 0) == shared;
    if (joins) {
      groups_.back() = {groups_.back().size * axis.size, stride};
    } else {
      groups_.push_back({axis.size, stride});
    }
  }
  if (matched < smaller.rank()) throw errors::does_not_broadcast(where, first, second);
  for (size_t g = 0; g + 1 < groups_.size(); ++g) runs_ *= groups_[g].size;
}

}  // namespace runnel
