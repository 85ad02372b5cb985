#include "runnel/data/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>

#include "runnel/base/random.h"
#include "runnel/data/data_errors.h"

namespace runnel {
namespace {

constexpr uint64_t kSplitStream = 0x53504C4954;  // "SPLIT": no other use of the seed draws the same numbers

/// The fractions, with a sum of exactly 1 as far as floating point has it.
std::vector<double> checked(std::vector<double> fractions) {
  for (double fraction : fractions) {
    if (!(fraction > 0 && fraction <= 1)) throw errors::bad_fraction(fraction);
  }
  const double sum = std::accumulate(fractions.begin(), fractions.end(), 0.0);
  if (std::abs(sum - 1) > 1e-6) throw errors::fractions_do_not_sum(fractions, sum);
  for (double& fraction : fractions) fraction /= sum;
  return fractions;
}

/// How many of `count` rows each part gets: fraction · count, rounded so that the sum fits, and at least 1.
std::vector<int64_t> part_sizes(int64_t count, const std::vector<double>& fractions) {
  std::vector<int64_t> sizes(fractions.size());
  double covered = 0;
  int64_t begin = 0;
  for (size_t k = 0; k < sizes.size(); ++k) {
    covered += fractions[k];
    const bool last = k + 1 == sizes.size();
    const int64_t end = last ? count : std::llround(covered * static_cast<double>(count));
    sizes[k] = end - begin;
    begin = end;
  }
  for (int64_t& size : sizes) {
    if (size > 0) continue;
    --*std::max_element(sizes.begin(), sizes.end());
    size = 1;
  }
  return sizes;
}

/// Rows that are equal in `keys`, by key, in the order of the bytes.
std::vector<std::vector<int64_t>> rows_by_key(std::span<const std::string> keys) {
  std::map<std::string_view, std::vector<int64_t>> by_key;
  for (size_t row = 0; row < keys.size(); ++row) by_key[keys[row]].push_back(static_cast<int64_t>(row));
  std::vector<std::vector<int64_t>> list;
  for (auto& [key, rows] : by_key) list.push_back(std::move(rows));
  return list;
}

/// The elements in random order.
template <class T>
std::vector<T> shuffled(const std::vector<T>& list, Generator& generator) {
  std::vector<T> result;
  result.reserve(list.size());
  for (int64_t i : generator.permutation(static_cast<int64_t>(list.size()))) {
    result.push_back(list[static_cast<size_t>(i)]);
  }
  return result;
}

/// Puts `rows` into the parts, `sizes[k]` into part k.
void deal(const std::vector<int64_t>& rows, const std::vector<int64_t>& sizes, Split& split) {
  auto next = rows.begin();
  for (size_t k = 0; k < split.size(); ++k) {
    split[k].insert(split[k].end(), next, next + sizes[k]);
    next += sizes[k];
  }
}

Split sorted(Split split) {
  for (std::vector<int64_t>& part : split) std::sort(part.begin(), part.end());
  return split;
}

/// One label's rows: how many each part gets, and which parts got theirs rounded up.
struct Share {
  std::vector<int64_t> sizes;
  std::vector<bool> rounded_up;
};

/// `owed[k]` is what rounding has kept from part k so far; the next roundings up go where most is owed.
Share share_out(int64_t count, const std::vector<double>& fractions, std::vector<double>& owed) {
  const size_t parts = fractions.size();
  Share share{std::vector<int64_t>(parts), std::vector<bool>(parts)};
  std::vector<size_t> open;
  int64_t left = count;
  for (size_t k = 0; k < parts; ++k) {
    const double exact = fractions[k] * static_cast<double>(count);
    share.sizes[k] = static_cast<int64_t>(std::floor(exact + 1e-9));
    const double rest = exact - static_cast<double>(share.sizes[k]);
    owed[k] += rest;
    left -= share.sizes[k];
    if (rest > 1e-9) open.push_back(k);
  }
  std::sort(open.begin(), open.end(),
            [&](size_t a, size_t b) { return owed[a] != owed[b] ? owed[a] > owed[b] : a < b; });
  for (size_t i = 0; i < open.size() && left > 0; ++i, --left) {
    const size_t k = open[i];
    ++share.sizes[k];
    share.rounded_up[k] = true;
    owed[k] -= 1;
  }
  share.sizes[0] += left;  // fractions whose sum is not quite 1
  return share;
}

/// Gives each empty part one row: where it can be, from a part that got a label's rows rounded up, so that
/// both stay within rounding. There are at least as many rows as parts.
void fill_empty_parts(std::vector<Share>& shares, size_t parts) {
  std::vector<int64_t> totals(parts);
  for (const Share& share : shares) {
    for (size_t k = 0; k < parts; ++k) totals[k] += share.sizes[k];
  }
  for (size_t empty = 0; empty < parts; ++empty) {
    if (totals[empty] > 0) continue;
    Share* giver = nullptr;
    size_t from = 0;
    for (Share& share : shares) {
      for (size_t k = 0; k < parts; ++k) {
        if (share.sizes[k] == 0 || totals[k] < 2) continue;
        if (giver && share.rounded_up[k] <= giver->rounded_up[from]) continue;
        giver = &share;
        from = k;
      }
    }
    giver->rounded_up[empty] = true;
    giver->rounded_up[from] = false;
    --giver->sizes[from], --totals[from];
    ++giver->sizes[empty], ++totals[empty];
  }
}

/// The parts as groups fill them.
class Parts {
 public:
  Parts(int64_t rows, const std::vector<double>& fractions)
      : split_(fractions.size()), room_(part_sizes(rows, fractions)) {}

  /// How many parts have no group yet.
  size_t empty() const {
    return static_cast<size_t>(
        std::count_if(split_.begin(), split_.end(), [](const auto& p) { return p.empty(); }));
  }

  /// The part that a group of `size` rows goes to; with `only_empty`, one that has no group yet.
  size_t choose(int64_t size, bool only_empty, Generator& generator) const {
    std::vector<size_t> allowed, roomy;
    int64_t total = 0;
    for (size_t k = 0; k < split_.size(); ++k) {
      if (only_empty && !split_[k].empty()) continue;
      allowed.push_back(k);
      if (room_[k] < size) continue;
      roomy.push_back(k);
      total += room_[k];
    }
    if (roomy.empty()) {
      return *std::max_element(allowed.begin(), allowed.end(),
                               [this](size_t a, size_t b) { return room_[a] < room_[b]; });
    }
    int64_t ticket = generator.below(total);
    for (size_t k : roomy) {
      if (ticket < room_[k]) return k;
      ticket -= room_[k];
    }
    return roomy.back();
  }

  void add(size_t part, const std::vector<int64_t>& rows) {
    split_[part].insert(split_[part].end(), rows.begin(), rows.end());
    room_[part] -= static_cast<int64_t>(rows.size());
  }

  Split take() { return std::move(split_); }

 private:
  Split split_;
  std::vector<int64_t> room_;  // rows that a part still wants; below 0 where it got too many
};

}  // namespace

void check_options(const SplitOptions& options) { checked(options.fractions); }

Split split_rows(int64_t rows, const SplitOptions& options) {
  const std::vector<double> fractions = checked(options.fractions);
  Split split(fractions.size());
  if (rows < static_cast<int64_t>(split.size())) throw errors::too_few_to_split("rows", rows, split.size());
  Generator generator(options.seed, kSplitStream);
  deal(generator.permutation(rows), part_sizes(rows, fractions), split);
  return sorted(std::move(split));
}

Split split_stratified(std::span<const std::string> labels, const SplitOptions& options) {
  const std::vector<double> fractions = checked(options.fractions);
  const size_t parts = fractions.size();
  if (labels.size() < parts) {
    throw errors::too_few_to_split("rows", static_cast<int64_t>(labels.size()), parts);
  }
  Generator generator(options.seed, kSplitStream);
  const std::vector<std::vector<int64_t>> classes = shuffled(rows_by_key(labels), generator);
  std::vector<double> owed(parts);
  std::vector<Share> shares;
  for (const std::vector<int64_t>& rows : classes) {
    shares.push_back(share_out(static_cast<int64_t>(rows.size()), fractions, owed));
  }
  fill_empty_parts(shares, parts);
  Split split(parts);
  for (size_t i = 0; i < classes.size(); ++i) deal(shuffled(classes[i], generator), shares[i].sizes, split);
  return sorted(std::move(split));
}

Split split_by_group(std::span<const std::string> groups, const SplitOptions& options) {
  const std::vector<double> fractions = checked(options.fractions);
  Generator generator(options.seed, kSplitStream);
  const std::vector<std::vector<int64_t>> list = shuffled(rows_by_key(groups), generator);
  if (list.size() < fractions.size()) {
    throw errors::too_few_to_split("groups", static_cast<int64_t>(list.size()), fractions.size());
  }
  std::vector<size_t> largest_first(list.size());
  std::iota(largest_first.begin(), largest_first.end(), size_t{0});
  std::sort(largest_first.begin(), largest_first.end(), [&](size_t a, size_t b) {
    return list[a].size() != list[b].size() ? list[a].size() > list[b].size() : a < b;
  });
  Parts parts(static_cast<int64_t>(groups.size()), fractions);
  size_t left = list.size();
  for (size_t i : largest_first) {
    const bool only_empty = left-- <= parts.empty();  // as many groups left as empty parts
    parts.add(parts.choose(static_cast<int64_t>(list[i].size()), only_empty, generator), list[i]);
  }
  return sorted(parts.take());
}

}  // namespace runnel
