#include "runnel/kernels/target.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "runnel/base/error.h"

namespace runnel::kernels {
namespace {

struct Target : testing::Test {
  ~Target() override { hwy::DisableTargets(0); }  // the other tests choose for themselves
};

TEST_F(Target, is_the_best_unless_one_is_chosen) {
  ASSERT_FALSE(targets().empty());
  if (std::getenv("RUNNEL_TARGET")) GTEST_SKIP() << "RUNNEL_TARGET chooses";
  EXPECT_EQ(target_name(), targets().front());
}

TEST_F(Target, is_the_one_that_was_chosen) {
  for (const std::string& name : targets()) {
    use_target(name);
    EXPECT_EQ(target_name(), name);
  }
}

TEST_F(Target, always_includes_a_portable_one) { EXPECT_EQ(targets().back(), "portable"); }

TEST_F(Target, that_is_not_there_is_an_error_that_lists_those_that_are) {
  try {
    use_target("mmx");
    FAIL();
  } catch (const OptionError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("the instruction set 'mmx' is not to be had here"));
    EXPECT_THAT(error.what(), testing::HasSubstr("portable"));
  }
}

}  // namespace
}  // namespace runnel::kernels
