#include <fmt/format.h>
#include <map>

#include "runnel/tensor/axes.h"

#include "tests/golden/golden_file.h"
#include "tests/sequence/sequence_testing.h"

// Packing and padding against torch 2.13: tests/golden/sequences.py has the cases.

namespace runnel {
namespace {

using namespace sequence_testing;
using golden::value;

const Axis kFeature{axes::feature, 2};

Lengths lengths_of(golden::File& file, const std::string& name) {
  const Ids lengths = file.ids(name + "/lengths", Shape{{axes::batch}});
  return Lengths(lengths.values().begin(), lengths.values().end());
}

Shape padded_shape(int64_t batch, int64_t seq, bool batch_first) {
  const Axis b{axes::batch, batch}, s{axes::seq, seq};
  return batch_first ? Shape{b, s, kFeature} : Shape{s, b, kFeature};
}

template <class T>
Ids as_ids(AxisName axis, const std::vector<T>& values) {
  Ids ids({{axis, static_cast<int64_t>(values.size())}});
  std::copy(values.begin(), values.end(), ids.data());
  return ids;
}

void expect_packed(golden::File& file, const std::string& name, const PackedSequence& packed) {
  file.expect(name + "/data", packed.data);
  file.expect(name + "/batch_sizes", as_ids(axes::seq, packed.schedule->batch_sizes()));
  file.expect(name + "/sorted_indices", as_ids(axes::batch, packed.schedule->sorted_indices()));
  file.expect(name + "/unsorted_indices", as_ids(axes::batch, packed.schedule->unsorted_indices()));
}

std::vector<Tensor> sequences_of(const Lengths& lengths) {
  std::vector<Tensor> sequences;
  for (size_t n = 0; n < lengths.size(); ++n) {
    sequences.push_back(value(20 + static_cast<int64_t>(n), Shape{{axes::seq, lengths[n]}, kFeature}));
  }
  return sequences;
}

TEST(Golden, packing_and_padding_agree) {
  golden::File file("sequences");
  for (const auto& [layout, batch_first] : std::map<std::string, bool>{{"bf", true}, {"sf", false}}) {
    for (const std::string kind : {"unsorted", "ties", "equal", "one", "short"}) {
      const std::string name = fmt::format("pack_padded.{}.{}", kind, layout);
      const Lengths lengths = lengths_of(file, name);
      const int64_t seq = kind == "short" ? 4 : *std::max_element(lengths.begin(), lengths.end());
      const Shape shape = padded_shape(static_cast<int64_t>(lengths.size()), seq, batch_first);
      const PackedSequence packed = pack_padded_sequence(value(golden::kInput, shape), lengths);
      expect_packed(file, name, packed);
      const auto unpacked = [&](PadOptions options) {
        options.batch_first = batch_first;
        return pad_packed_sequence(packed, options).data;
      };
      file.expect(name + "/padded", unpacked({}));
      file.expect(name + "/padded_to_7", unpacked({.padding_value = -1, .total_length = 7}));
    }
    for (const auto& [fill, number] : std::map<std::string, float>{{"zero", 0}, {"minus_1", -1}}) {
      const std::string name = fmt::format("pad_sequence.{}.{}", layout, fill);
      const PadOptions options{.batch_first = batch_first, .padding_value = number};
      file.expect(name + "/padded", pad_sequence(sequences_of(lengths_of(file, name)), options).data);
    }
  }
  expect_packed(file, "pack_sequence", pack_sequence(sequences_of(lengths_of(file, "pack_sequence"))));
  file.expect_all_seen();
}

}  // namespace
}  // namespace runnel
