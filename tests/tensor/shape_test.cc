#include "runnel/tensor/shape.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>
#include <rapidcheck/gtest.h>
#include <string>
#include <vector>

#include "tests/tensor/expect_error.h"

namespace runnel {
namespace {

const Shape kSentences = {{"batch", 3}, {"seq", 10}, {"feature", 100}};

TEST(Shape, lists_its_axes) {
  EXPECT_EQ(kSentences.rank(), 3);
  EXPECT_EQ(kSentences[0], (Axis{"batch", 3}));
  EXPECT_EQ(kSentences[2], (Axis{"feature", 100}));
  EXPECT_EQ(std::vector<Axis>(kSentences.begin(), kSentences.end()),
            (std::vector<Axis>{{"batch", 3}, {"seq", 10}, {"feature", 100}}));
}

TEST(Shape, prints_its_axes) {
  EXPECT_EQ(kSentences.to_string(), "[batch=3, seq=10, feature=100]");
  EXPECT_EQ((Shape{{"batch"}, {"seq"}, {"feature", 100}}.to_string()), "[batch, seq, feature=100]");
  EXPECT_EQ((Shape{{join("layer", "direction"), 2}}.to_string()), "[layer·direction=2]");
}

TEST(Shape, without_axes_is_that_of_one_number) {
  const Shape shape;
  EXPECT_EQ(shape.rank(), 0);
  EXPECT_EQ(shape.count(), 1);
  EXPECT_EQ(shape.to_string(), "[]");
  EXPECT_FALSE(shape.symbolic());
  EXPECT_EQ(shape, Shape({}));
}

TEST(Shape, can_be_made_of_a_vector) {
  const std::vector<Axis> axes = {{"batch", 3}, {"seq", 10}};
  EXPECT_EQ(Shape(axes), (Shape{{"batch", 3}, {"seq", 10}}));
}

TEST(Shape, finds_an_axis_by_its_name) {
  EXPECT_EQ(kSentences.index_of("batch"), 0);
  EXPECT_EQ(kSentences.index_of("feature"), 2);
  EXPECT_EQ(kSentences.size("seq"), 10);
  EXPECT_EQ(kSentences.find("seq"), 1);
  EXPECT_EQ(kSentences.find("hidden"), std::nullopt);
  EXPECT_TRUE(kSentences.has("seq"));
  EXPECT_FALSE(kSentences.has("hidden"));
}

TEST(Shape, counts_its_values) {
  EXPECT_EQ(kSentences.count(), 3000);
  EXPECT_EQ(kSentences.count_between(1, 3), 1000);
  EXPECT_EQ(kSentences.count_between(0, 1), 3);
  EXPECT_EQ(kSentences.count_between(2, 2), 1);
  EXPECT_EQ((Shape{{"batch", 3}, {"seq", 0}}.count()), 0);
}

TEST(Shape, is_symbolic_when_one_axis_is) {
  EXPECT_TRUE((Shape{{"batch"}, {"seq", 10}}.symbolic()));
  EXPECT_FALSE(kSentences.symbolic());
}

TEST(Shape, is_equal_when_all_axes_are_in_the_same_order) {
  EXPECT_EQ((Shape{{"batch", 3}, {"seq", 10}}), (Shape{{"batch", 3}, {"seq", 10}}));
  EXPECT_NE((Shape{{"batch", 3}, {"seq", 10}}), (Shape{{"seq", 10}, {"batch", 3}}));
  EXPECT_NE((Shape{{"batch", 3}, {"seq", 3}}), (Shape{{"batch", 3}, {"feature", 3}}));
  EXPECT_NE((Shape{{"batch", 3}}), (Shape{{"batch", 3}, {"seq", 1}}));
}

TEST(Shape, makes_copies_with_one_thing_changed) {
  EXPECT_EQ(kSentences.without("seq").to_string(), "[batch=3, feature=100]");
  EXPECT_EQ(kSentences.with_size("seq", 7).to_string(), "[batch=3, seq=7, feature=100]");
  EXPECT_EQ(kSentences.with_size("seq", Axis::kSymbolic).to_string(), "[batch=3, seq, feature=100]");
  EXPECT_EQ(kSentences.renamed("feature", "hidden").to_string(), "[batch=3, seq=10, hidden=100]");
  EXPECT_EQ(kSentences.renamed("seq", "seq"), kSentences);
  EXPECT_EQ(kSentences.replaced("feature", {"hidden", 20}).to_string(), "[batch=3, seq=10, hidden=20]");
  EXPECT_EQ(kSentences.inserted(0, {"layer", 2}).to_string(), "[layer=2, batch=3, seq=10, feature=100]");
  EXPECT_EQ(kSentences.inserted(1, {"layer", 2}).to_string(), "[batch=3, layer=2, seq=10, feature=100]");
  EXPECT_EQ(kSentences.inserted(3, {"layer", 2}).to_string(), "[batch=3, seq=10, feature=100, layer=2]");
  EXPECT_EQ(kSentences.to_string(), "[batch=3, seq=10, feature=100]");
}

TEST(Shape, says_which_axes_there_are_when_a_name_is_not_among_them) {
  const std::string text =
      "there is no axis hidden; the axes are: batch, seq, feature\n"
      "  got  [batch=3, seq=10, feature=100]\n"
      "  why  operations address an axis by its name";
  EXPECT_EQ(shape_error_of([] { kSentences.index_of("hidden"); }), text);
  EXPECT_EQ(shape_error_of([] { kSentences.size("hidden"); }), text);
  EXPECT_EQ(shape_error_of([] { kSentences.without("hidden"); }), text);
  EXPECT_EQ(shape_error_of([] { kSentences.with_size("hidden", 1); }), text);
  EXPECT_EQ(shape_error_of([] { kSentences.renamed("hidden", "state"); }), text);
  EXPECT_EQ(shape_error_of([] { kSentences.replaced("hidden", {"state", 1}); }), text);
}

TEST(Shape, refuses_a_name_that_occurs_twice) {
  EXPECT_EQ(shape_error_of([] { Shape({{"batch", 3}, {"seq", 4}, {"batch", 5}}); }),
            "axis batch occurs twice\n"
            "  got  [batch=3, seq=4]\n"
            "  why  operations address an axis by its name, so a shape has each name once\n"
            "  fix  another name for one of them: x.renamed(\"batch\", …)");
  EXPECT_EQ(shape_error_of([] { kSentences.renamed("feature", "seq"); }),
            "axis seq occurs twice\n"
            "  got  [batch=3, seq=10]\n"
            "  why  operations address an axis by its name, so a shape has each name once\n"
            "  fix  another name for one of them: x.renamed(\"seq\", …)");
}

TEST(Shape, refuses_a_negative_size) {
  EXPECT_EQ(shape_error_of([] { Shape({{"batch", -2}}); }), "axis batch has size -2, expected 0 or more");
  EXPECT_EQ(shape_error_of([] { kSentences.with_size("seq", -5); }),
            "axis seq has size -5, expected 0 or more");
}

TEST(Shape, refuses_more_axes_than_it_can_hold) {
  std::vector<Axis> axes;
  for (int i = 0; i < 6; ++i) axes.push_back({"axis " + std::to_string(i), 1});
  const Shape full(axes);
  EXPECT_EQ(full.rank(), Shape::kMaxRank);
  EXPECT_EQ(shape_error_of([&] { full.inserted(6, {"one more", 1}); }),
            "a shape has at most 6 axes, got 7\n"
            "  fix  reshape(x, …) puts two axes into one");
  axes.resize(9, {"one more", 1});
  EXPECT_EQ(shape_error_of([&] { Shape shape(axes); }),
            "a shape has at most 6 axes, got 9\n"
            "  fix  reshape(x, …) puts two axes into one");
}

TEST(Shape, refuses_sizes_whose_product_overflows) {
  const int64_t large = int64_t{1} << 32;
  EXPECT_EQ((Shape{{"batch", int64_t{1} << 60}}.count()), Shape::kMaxCount);
  EXPECT_EQ(shape_error_of([&] { Shape({{"batch", large}, {"seq", large}}); }),
            "a shape of so many values fits in no memory\n"
            "  got  [batch=4294967296, seq=4294967296]\n"
            "  fix  fewer of an axis: shape.with_size(\"batch\", …)");
  EXPECT_EQ(shape_error_of([&] { Shape({{"batch", 0}, {"seq", large}, {"feature", large}}); }),
            "a shape of so many values fits in no memory\n"
            "  got  [batch=0, seq=4294967296, feature=4294967296]\n"
            "  fix  fewer of an axis: shape.with_size(\"batch\", …)");
}

RC_GTEST_PROP(Shape, with_an_axis_put_in_and_taken_out_is_the_same, ()) {
  const auto sizes =
      *rc::gen::resize(5, rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(-1, 9)));
  std::vector<Axis> axes;
  for (const int64_t size : sizes) axes.push_back({"axis " + std::to_string(axes.size()), size});
  axes.resize(std::min<size_t>(axes.size(), 5), Axis{""});
  const Shape shape(axes);
  const int64_t place = *rc::gen::inRange<int64_t>(0, shape.rank() + 1);
  const Shape larger = shape.inserted(place, {"new", 4});
  RC_ASSERT(larger.index_of("new") == place);
  RC_ASSERT(larger.without("new") == shape);
  if (!shape.symbolic()) RC_ASSERT(larger.count() == 4 * shape.count());
}

}  // namespace
}  // namespace runnel
