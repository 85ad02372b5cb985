#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace runnel {

struct SplitOptions {
  std::vector<double> fractions = {0.8, 0.1, 0.1};  ///< of the parts; each above 0, together 1
  uint64_t seed = 0;
};
/// Throws  OptionError for a fraction that is not above 0 and at most 1, and for a sum that is not 1
void check_options(const SplitOptions& options);

/// The rows of each part, ascending. Every row is in exactly one part, and no part is empty.
using Split = std::vector<std::vector<int64_t>>;

/// Rows 0 … rows − 1, each as likely as another in a part. A part has fraction · rows rows, rounded.
/// Throws  OptionError for bad fractions, and when there are fewer rows than parts.
Split split_rows(int64_t rows, const SplitOptions& options = {});

/// A split in which every part has each label's share of it: of the n rows of a label, a part gets
/// fraction · n rounded up or down. What rounding gives and takes evens out over the labels.
///
/// Input   labels  the label of each row
/// Throws  OptionError as above
Split split_stratified(std::span<const std::string> labels, const SplitOptions& options = {});

/// A split in which rows that share a group are never in two parts: what was learned from a group is not
/// asked about it again. From the largest group to the smallest, equals in random order, each goes to a part
/// that has room for it, chosen by chance in proportion to the room; where none has, to the one with the
/// most room. So the sizes come near the fractions as far as the groups allow, and large groups are
/// in any part.
///
/// Input   groups  the group of each row
/// Throws  OptionError as above, and when there are fewer groups than parts
Split split_by_group(std::span<const std::string> groups, const SplitOptions& options = {});

}  // namespace runnel
