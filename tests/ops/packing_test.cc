#include "runnel/ops/packing.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;
using testing::ElementsAre;

const Lengths kLengths{1, 3};

TEST(PackPaddedSequence, gives_padding_no_gradient) {
  const Tensor x = random({{"batch", 2}, {"seq", 3}, {"feature", 1}});
  const auto pack = [](const Variable& padded) { return pack_padded_sequence(padded, kLengths).data; };
  EXPECT_THAT(numbers(gradient_of(pack, x, {1, 2, 3, 4})), ElementsAre(2, 0, 0, 1, 3, 4));
  const Tensor seq_first = x.transpose({"seq", "batch", "feature"});
  EXPECT_THAT(numbers(gradient_of(pack, seq_first, {1, 2, 3, 4})), ElementsAre(2, 1, 0, 3, 0, 4));
}

TEST(PadPackedSequence, gives_each_row_its_gradient_back) {
  const auto pad = [](const Variable& data) {
    const PackedVariable packed(data, std::make_shared<const Schedule>(kLengths));
    return pad_packed_sequence(packed, {.batch_first = true, .total_length = 4}).data;
  };
  const Tensor rows({{"row", 4}}, {1, 2, 3, 4});
  EXPECT_THAT(numbers(pad(rows)), ElementsAre(2, 0, 0, 0, 1, 3, 4, 0));
  EXPECT_THAT(numbers(gradient_of(pad, rows, {1, 2, 3, 4, 5, 6, 7, 8})), ElementsAre(5, 1, 6, 7));
}

TEST(PackPaddedSequence, and_back_has_the_gradients_of_its_differences) {
  const auto there_and_back = [](const Variable& x) {
    return pad_packed_sequence(pack_padded_sequence(x, {2, 0, 3}), {.batch_first = true}).data;
  };
  const auto twin = [](const Doubles& x) {
    Doubles y(18);
    for (size_t i : {0u, 1u, 2u, 3u, 12u, 13u, 14u, 15u, 16u, 17u}) y[i] = x[i];
    return y;
  };
  expect_gradients(of_one(there_and_back), {random({{"batch", 3}, {"seq", 3}, {"feature", 2}})},
                   twin_of_one(twin));
}

TEST(PackedVariable, is_made_of_a_packed_sequence) {
  const PackedSequence packed = pack_padded_sequence(random({{"seq", 2}, {"batch", 2}}), {2, 1});
  const PackedVariable variable = packed;
  EXPECT_EQ(numbers(variable.data), numbers(packed.data));
  EXPECT_EQ(variable.schedule, packed.schedule);
}

}  // namespace
}  // namespace runnel
