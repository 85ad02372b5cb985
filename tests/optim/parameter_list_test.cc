#include "runnel/optim/parameter_list.h"

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(ParameterList, numbers_variables_that_have_no_names) {
  const Variable a(Tensor({{"hidden", 1}}), true), b(Tensor({{"hidden", 2}}), true);
  const ParameterList braces({a, b}), vector(std::vector<Variable>{a, b});
  for (const ParameterList& list : {braces, vector}) {
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0].name, "0");
    EXPECT_EQ(list[1].name, "1");
    EXPECT_EQ(list[1].variable, b);
  }
}

TEST(ParameterList, keeps_names) {
  const Variable a(Tensor({{"hidden", 1}}), true);
  const ParameterList braces({{"weight", a}}), vector(std::vector<NamedParameter>{{"weight", a}});
  for (const ParameterList& list : {braces, vector}) {
    ASSERT_EQ(list.size(), 1u);
    EXPECT_EQ(list.begin()->name, "weight");
    EXPECT_EQ(list.begin()->variable, a);
  }
}

}  // namespace
}  // namespace runnel
