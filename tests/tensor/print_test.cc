// How tensors print. The expected texts below the first line are NumPy 2.4's, each made by
//
//     print(numpy.array2string(numpy.array(VALUES, dtype), precision=4))
//
// with dtype float32 for a Tensor and int32 for Ids.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <rapidcheck/gtest.h>
#include <string>
#include <vector>

#include "runnel/tensor/tensor.h"

namespace runnel {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

template <class T>
BasicTensor<T> counting(const Shape& shape) {
  BasicTensor<T> tensor(shape);
  std::iota(tensor.values().begin(), tensor.values().end(), T{0});
  return tensor;
}

/// What is printed of one row of numbers, below the shape.
std::string row(const std::vector<float>& values) {
  const std::string text = Tensor({{"x", static_cast<int64_t>(values.size())}}, values).to_string();
  return text.substr(text.find('\n') + 1);
}

TEST(Print, shows_the_named_shape_and_then_the_values_in_columns) {
  EXPECT_EQ(Tensor({{"batch", 2}, {"feature", 3}}, {1, 2, 3, -1, 0.25f, 0}).to_string(),
            "[batch=2, feature=3]\n"
            "[[ 1.    2.    3.  ]\n"
            " [-1.    0.25  0.  ]]");
  EXPECT_EQ(Ids({{"batch", 2}, {"seq", 2}}, {1, -20, 300, 4}).to_string(),
            "[batch=2, seq=2]\n"
            "[[  1 -20]\n"
            " [300   4]]");
}

TEST(Print, shows_one_number_without_brackets) {
  EXPECT_EQ(Tensor(Shape(), {3.14159265f}).to_string(), "[]\n3.1416");
  EXPECT_EQ(Tensor(Shape(), {kNan}).to_string(), "[]\nnan");
  EXPECT_EQ(Ids(Shape(), {-7}).to_string(), "[]\n-7");
}

TEST(Print, shows_no_values_as_empty_brackets) {
  EXPECT_EQ(Tensor().to_string(), "[empty=0]\n[]");
  EXPECT_EQ(Ids(Shape{{"batch", 0}, {"seq", 3}}).to_string(), "[batch=0, seq=3]\n[]");
  EXPECT_EQ(Tensor(Shape{{"batch", int64_t{1} << 40}, {"seq", 0}}).to_string(),
            "[batch=1099511627776, seq=0]\n[]");
}

TEST(Print, says_so_when_there_is_only_a_shape) {
  EXPECT_EQ(Tensor::shape_only({{"batch"}, {"feature", 3}}).to_string(), "[batch, feature=3]\n(no values)");
}

TEST(Print, puts_blank_lines_between_the_blocks_of_outer_axes) {
  EXPECT_EQ(counting<float>({{"batch", 2}, {"seq", 2}, {"feature", 2}}).to_string(),
            "[batch=2, seq=2, feature=2]\n"
            "[[[0. 1.]\n"
            "  [2. 3.]]\n"
            "\n"
            " [[4. 5.]\n"
            "  [6. 7.]]]");
  EXPECT_EQ(counting<int32_t>({{"a", 2}, {"b", 1}, {"c", 2}, {"d", 2}}).to_string(),
            "[a=2, b=1, c=2, d=2]\n"
            "[[[[0 1]\n"
            "   [2 3]]]\n"
            "\n"
            "\n"
            " [[[4 5]\n"
            "   [6 7]]]]");
}

TEST(Print, rounds_to_four_decimals_and_shows_no_more_than_a_number_needs) {
  EXPECT_EQ(row({3.14159265f}), "[3.1416]");
  EXPECT_EQ(row({0.5f, 500}), "[  0.5 500. ]");
  EXPECT_EQ(row({0, 0}), "[0. 0.]");
  EXPECT_EQ(row({524287.97f}), "[524287.97]");
  EXPECT_EQ(row({0.0001f, 0.001f}), "[0.0001 0.001 ]");
  EXPECT_EQ(row({0.03125f, 0.09375f}), "[0.0312 0.0938]") << "halfway, to the even digit";
}

TEST(Print, shows_the_sign_of_a_negative_zero) { EXPECT_EQ(row({-0.0f, 0}), "[-0.  0.]"); }

TEST(Print, gives_all_numbers_an_exponent_when_their_magnitudes_differ_a_thousandfold) {
  EXPECT_EQ(row({0.5f, 500.25f}), "[5.0000e-01 5.0025e+02]");
  EXPECT_EQ(row({0, -1e-20f, 1.5f}), "[ 0.0e+00 -1.0e-20  1.5e+00]");
  EXPECT_EQ(row({0.1f, 0.12344f, 0.12346f, 0.00005f, 99.99996f}),
            "[1.0000e-01 1.2344e-01 1.2346e-01 5.0000e-05 1.0000e+02]");
}

TEST(Print, gives_all_numbers_an_exponent_when_one_is_large_or_small) {
  EXPECT_EQ(row({999999, 1000}), "[999999.   1000.]");
  EXPECT_EQ(row({1000000, 1000}), "[1.e+06 1.e+03]");
  EXPECT_EQ(row({9.9e-5f, 1e-3f}), "[9.9e-05 1.0e-03]");
  EXPECT_EQ(row({std::numeric_limits<float>::max()}), "[3.4028e+38]");
  EXPECT_EQ(row({std::numeric_limits<float>::denorm_min(), 1.234567f}), "[1.4013e-45 1.2346e+00]");
}

TEST(Print, aligns_what_is_not_finite_with_the_numbers) {
  EXPECT_EQ(row({1.5f, kNan, -2}), "[ 1.5  nan -2. ]");
  EXPECT_EQ(row({kInf, 1}), "[inf  1.]");
  EXPECT_EQ(row({-kInf, 1}), "[-inf   1.]");
  EXPECT_EQ(row({1e-9f, kNan, -kInf, 2.5f}), "[1.0e-09     nan    -inf 2.5e+00]");
  EXPECT_EQ(row({kInf, -kInf}), "[ inf -inf]");
  EXPECT_EQ(row({kNan, -kNan}), "[nan nan]");
}

TEST(Print, wraps_long_rows) {
  Tensor tensor = counting<float>({{"batch", 2}, {"feature", 10}});
  for (float& value : tensor.values()) value *= -100.5f;
  EXPECT_EQ(tensor.to_string(),
            "[batch=2, feature=10]\n"
            "[[   -0.   -100.5  -201.   -301.5  -402.   -502.5  -603.   -703.5  -804.\n"
            "   -904.5]\n"
            " [-1005.  -1105.5 -1206.  -1306.5 -1407.  -1507.5 -1608.  -1708.5 -1809.\n"
            "  -1909.5]]");
}

TEST(Print, wraps_no_sooner_and_no_later_than_numpy) {
  EXPECT_EQ(Ids::full({{"x", 37}}, 7).to_string(),
            "[x=37]\n"
            "[7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7]");
  EXPECT_EQ(Ids::full({{"x", 25}}, 10).to_string(),
            "[x=25]\n"
            "[10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10\n"
            " 10]");
}

TEST(Print, shows_all_of_a_thousand_values_but_only_the_ends_of_more) {
  EXPECT_EQ(counting<int32_t>({{"x", 1000}}).to_string().find("..."), std::string::npos);
  EXPECT_EQ(counting<float>({{"x", 1001}}).to_string(),
            "[x=1001]\n"
            "[   0.    1.    2. ...  998.  999. 1000.]");
  EXPECT_EQ(counting<int32_t>({{"x", 1001}, {"y", 1}}).to_string(),
            "[x=1001, y=1]\n"
            "[[   0]\n"
            " [   1]\n"
            " [   2]\n"
            " ...\n"
            " [ 998]\n"
            " [ 999]\n"
            " [1000]]");
}

TEST(Print, shortens_every_axis_longer_than_six) {
  EXPECT_EQ(counting<int32_t>({{"x", 286}, {"y", 7}}).to_string(),
            "[x=286, y=7]\n"
            "[[   0    1    2 ...    4    5    6]\n"
            " [   7    8    9 ...   11   12   13]\n"
            " [  14   15   16 ...   18   19   20]\n"
            " ...\n"
            " [1981 1982 1983 ... 1985 1986 1987]\n"
            " [1988 1989 1990 ... 1992 1993 1994]\n"
            " [1995 1996 1997 ... 1999 2000 2001]]");
}

TEST(Print, leaves_axes_of_six_alone_and_keeps_blank_lines_around_the_gap) {
  const std::string text = counting<int32_t>({{"x", 7}, {"y", 6}, {"z", 50}}).to_string();
  EXPECT_THAT(text, testing::StartsWith("[x=7, y=6, z=50]\n"
                                        "[[[   0    1    2 ...   47   48   49]\n"
                                        "  [  50   51   52 ...   97   98   99]\n"
                                        "  [ 100  101  102 ...  147  148  149]\n"
                                        "  [ 150  151  152 ...  197  198  199]\n"
                                        "  [ 200  201  202 ...  247  248  249]\n"
                                        "  [ 250  251  252 ...  297  298  299]]\n"
                                        "\n"
                                        " [[ 300 "));
  EXPECT_THAT(text, testing::HasSubstr("[ 850  851  852 ...  897  898  899]]\n"
                                       "\n"
                                       " ...\n"
                                       "\n"
                                       " [[1200 1201 1202 ... 1247 1248 1249]\n"));
}

TEST(Print, chooses_the_format_by_the_values_that_it_shows) {
  Tensor tensor = Tensor::full({{"x", 1001}}, 0.5f);
  tensor.data()[500] = 1e30f;
  EXPECT_EQ(tensor.to_string(), "[x=1001]\n[0.5 0.5 0.5 ... 0.5 0.5 0.5]");
}

TEST(Print, is_short_for_a_large_tensor) {
  EXPECT_LT(Ids(Shape{{"x", 1000}, {"y", 100}, {"z", 10}}).to_string().size(), 1000u);
}

RC_GTEST_PROP(Print, shows_a_number_to_half_a_unit_of_its_last_decimal, (int mantissa)) {
  const float value = static_cast<float>(mantissa) * 0x1p-17f;  // below 2^14
  const float back = std::stof(row({value}).substr(1));
  RC_ASSERT(std::abs(back - value) <= 0.5000001e-4f * std::max(1.0f, std::abs(value)));
}

}  // namespace
}  // namespace runnel
