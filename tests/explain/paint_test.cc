#include "runnel/explain/paint.h"

#include <gtest/gtest.h>
#include <set>

#include "runnel/explain/layout.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

const Shape kState{{join(axes::layer, axes::direction), 2}, {axes::batch}, {axes::hidden, 20}};

TEST(Paint, leaves_text_plain_without_colour) { EXPECT_EQ(Paint(false).shape(kState), kState.to_string()); }

TEST(Paint, colours_the_names_of_axes_and_nothing_else) {
  EXPECT_EQ(Paint(true).shape(Shape{{axes::batch, 3}}), "[\x1b[36mbatch\x1b[0m=3]");
  EXPECT_EQ(columns(Paint(true).shape(kState)), columns(kState.to_string()));
}

TEST(Paint, has_a_colour_of_its_own_for_each_axis) {
  std::set<std::string> colours;
  for (const AxisName name : {axes::batch, axes::seq, axes::feature, axes::hidden, axes::layer,
                              axes::direction, axes::gate, axes::class_, axes::vocab}) {
    const std::string text = Paint(true).name(name);
    colours.insert(text.substr(0, text.find(name.text())));
  }
  EXPECT_EQ(colours.size(), 9u);
}

TEST(Paint, gives_an_axis_of_two_things_both_colours) {
  const Paint paint(true);
  EXPECT_EQ(paint.name("hidden·direction"), paint.name("hidden") + "·" + paint.name("direction"));
}

}  // namespace
}  // namespace runnel
