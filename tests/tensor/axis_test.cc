#include "runnel/tensor/axis.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

TEST(AxisName, is_equal_to_every_name_of_the_same_text) {
  const std::string text = "batch";
  EXPECT_EQ(AxisName("batch"), AxisName(text));
  EXPECT_EQ(AxisName("batch"), AxisName(std::string_view("batches").substr(0, 5)));
  EXPECT_EQ(AxisName("batch"), axes::batch);
  EXPECT_NE(AxisName("batch"), AxisName("seq"));
  EXPECT_NE(AxisName("batch"), AxisName("Batch"));
}

TEST(AxisName, keeps_its_text_when_the_source_is_gone) {
  auto text = std::make_unique<std::string>("a name that is long enough to need memory of its own");
  const AxisName name = *text;
  text.reset();
  EXPECT_EQ(name.text(), "a name that is long enough to need memory of its own");
}

TEST(AxisName, costs_a_pointer) { EXPECT_EQ(sizeof(AxisName), sizeof(void*)); }

TEST(AxisName, can_be_made_by_several_threads_at_once) {
  std::vector<std::vector<AxisName>> names(4);
  std::vector<std::thread> threads;
  for (std::vector<AxisName>& mine : names) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 500; ++i) mine.emplace_back("axis " + std::to_string(i));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<AxisName>& mine : names) EXPECT_EQ(mine, names[0]);
}

TEST(AxisName, joins_with_another_one) {
  EXPECT_EQ(join("layer", "direction").text(), "layer·direction");
  EXPECT_EQ(join(axes::gate, axes::hidden), AxisName("gate·hidden"));
  EXPECT_EQ(join("a", join("b", "c")), join(join("a", "b"), "c"));
}

TEST(Axes, have_the_names_that_the_documentation_uses) {
  EXPECT_EQ(axes::batch.text(), "batch");
  EXPECT_EQ(axes::seq.text(), "seq");
  EXPECT_EQ(axes::feature.text(), "feature");
  EXPECT_EQ(axes::hidden.text(), "hidden");
  EXPECT_EQ(axes::layer.text(), "layer");
  EXPECT_EQ(axes::direction.text(), "direction");
  EXPECT_EQ(axes::gate.text(), "gate");
  EXPECT_EQ(axes::class_.text(), "class");
  EXPECT_EQ(axes::vocab.text(), "vocab");
  EXPECT_EQ(axes::row.text(), "row");
}

TEST(Axis, prints_its_name_and_size) {
  EXPECT_EQ((Axis{"batch", 3}.to_string()), "batch=3");
  EXPECT_EQ((Axis{"seq", 0}.to_string()), "seq=0");
}

TEST(Axis, is_symbolic_without_a_size_and_prints_its_name_alone) {
  EXPECT_TRUE(Axis{"batch"}.symbolic());
  EXPECT_FALSE((Axis{"batch", 0}.symbolic()));
  EXPECT_EQ(Axis{"batch"}.to_string(), "batch");
}

TEST(Axis, is_equal_when_name_and_size_are) {
  EXPECT_EQ((Axis{"batch", 3}), (Axis{"batch", 3}));
  EXPECT_NE((Axis{"batch", 3}), (Axis{"batch", 4}));
  EXPECT_NE((Axis{"batch", 3}), (Axis{"seq", 3}));
  EXPECT_NE((Axis{"batch", 3}), Axis{"batch"});
}

}  // namespace
}  // namespace runnel
