#include "tests/layers/source_rules.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runnel/base/files.h"

namespace runnel::layers {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

const std::string kPage = R"(only `ops` see `kernels`
| folder | may include |
|---|---|
| base | the standard library |
| kernels | base, Highway |
| tensor | base |
| ops | tensor, kernels |
| cli | everything above |
)";

/// A small tree that keeps all rules; each test breaks one.
class SourceRules : public testing::Test {
 protected:
  SourceRules() {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / ("runnel_layers_" + std::string(test.name()));
    fs::remove_all(root_);
    write("runnel/base/error.h", "#pragma once\n#include <string>\n");
    write("runnel/base/error.cc", "#include \"runnel/base/error.h\"\n#include <fmt/format.h>\n");
    write("runnel/kernels/gemm.cc", "#include \"hwy/highway.h\"\n#include \"runnel/base/error.h\"\n");
    write("runnel/kernels/gemm.h", "#pragma once\n");
    write("runnel/tensor/tensor.h", "#include \"runnel/base/error.h\"\n");
    write("runnel/ops/linear.cc", "#include \"runnel/kernels/gemm.h\"\n");
    write("runnel/runnel.h", "#include \"runnel/base/error.h\"\n");
    write("cli/main.cc",
          "#include \"cli/main.h\"\n#include \"runnel/runnel.h\"\n#include <cstdio>\nint x = puts(\"\");\n");
  }
  ~SourceRules() override { fs::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  std::vector<std::string> faults() const { return broken_rules(root_, read_layer_table(kPage)); }

  fs::path root_;
};

TEST_F(SourceRules, a_good_tree_breaks_none) { EXPECT_THAT(faults(), IsEmpty()); }

TEST_F(SourceRules, an_arrow_that_points_up_is_caught) {
  write("runnel/base/error.cc", "\n#include \"runnel/tensor/tensor.h\"\n");
  write("runnel/tensor/tensor.cc", "#include <runnel/ops/linear.h>\n");
  EXPECT_THAT(faults(), ElementsAre("runnel/base/error.cc:2: base may not include "
                                    "\"runnel/tensor/tensor.h\": it may include no other folder",
                                    "runnel/tensor/tensor.cc:1: tensor may not include "
                                    "<runnel/ops/linear.h>: it may include only base"));
}

TEST_F(SourceRules, the_hidden_folder_stays_hidden) {
  write("cli/main.cc", "#include \"runnel/kernels/gemm.h\"\n");
  write("runnel/runnel.h", "#include \"runnel/kernels/gemm.h\"\n");
  EXPECT_THAT(faults(), ElementsAre("cli/main.cc:1: cli may not include \"runnel/kernels/gemm.h\": it may "
                                    "include only base, ops, tensor",
                                    "runnel/runnel.h:1: \"runnel/kernels/gemm.h\" is not public"));
}

TEST_F(SourceRules, tests_may_include_all) {
  write("tests/ops/linear_test.cc", "#include \"runnel/kernels/gemm.h\"\n#include \"hwy/highway.h\"\n");
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(SourceRules, a_folder_without_a_row_is_caught) {
  write("runnel/extra/extra.h", "");
  EXPECT_THAT(faults(), ElementsAre("runnel/extra: has no row in the table"));
}

TEST_F(SourceRules, a_row_without_a_folder_is_caught) {
  fs::remove_all(root_ / "runnel/tensor");
  EXPECT_THAT(faults(), ElementsAre("runnel/tensor: stands in the table, but does not exist"));
}

TEST_F(SourceRules, an_outside_library_in_a_header_is_caught) {
  write("runnel/tensor/tensor.h", "#include <zip.h>\n#include <fmt/format.h>\n");
  write("runnel/kernels/gemm.h", "#include \"hwy/highway.h\"\n");
  write("runnel/kernels/gemm-inl.h", "#include \"hwy/highway.h\"\n");
  EXPECT_THAT(faults(),
              ElementsAre("runnel/kernels/gemm.h:1: a header includes \"hwy/highway.h\", an outside library",
                          "runnel/tensor/tensor.h:1: a header includes <zip.h>, an outside library",
                          "runnel/tensor/tensor.h:2: a header includes <fmt/format.h>, an outside library"));
}

TEST_F(SourceRules, highway_outside_kernels_is_caught) {
  write("runnel/ops/linear.cc", "#include \"hwy/highway.h\"\n");
  EXPECT_THAT(faults(), ElementsAre("runnel/ops/linear.cc:1: ops may not include Highway"));
}

TEST_F(SourceRules, an_include_that_does_not_start_at_the_root_is_caught) {
  write("runnel/ops/linear.cc", "#include \"linear.h\"\n");
  write("runnel/ops/more.cc", "#include \"runnel/runnel.h\"\n#include \"cli/main.h\"\n");
  EXPECT_THAT(faults(),
              ElementsAre("runnel/ops/linear.cc:1: \"linear.h\" is no path from the root of the tree",
                          "runnel/ops/more.cc:1: \"runnel/runnel.h\" is for users of the library only",
                          "runnel/ops/more.cc:2: \"cli/main.h\" is no path from the root of the tree"));
}

TEST_F(SourceRules, a_library_that_prints_or_exits_is_caught) {
  write("runnel/ops/linear.cc",
        "void f() {\n  std::cout << 1;\n  std::exit(1);\n  printf (\"\");\n  fmt::print(\"\");\n}\n");
  EXPECT_THAT(faults(),
              ElementsAre("runnel/ops/linear.cc:2: the library neither prints nor exits: std::cout",
                          "runnel/ops/linear.cc:3: the library neither prints nor exits: exit",
                          "runnel/ops/linear.cc:4: the library neither prints nor exits: printf",
                          "runnel/ops/linear.cc:5: the library neither prints nor exits: fmt::print"));
}

TEST_F(SourceRules, an_error_made_outside_a_file_of_errors_is_caught) {
  write("runnel/ops/op_error.cc", "OptionError f() { return OptionError(\"\"); }\n");
  write("runnel/ops/linear.cc",
        "// throw Error(\nvoid f() { throw errors::f(); }\nvoid g() { throw ShapeError({}); }\n");
  write("cli/main.cc", "Error h() { return Error(\"\"); }\n");
  EXPECT_THAT(faults(),
              ElementsAre("cli/main.cc:1: an error is made outside a file called …_error",
                          "runnel/ops/linear.cc:3: an error is made outside a file called …_error"));
}

TEST_F(SourceRules, words_in_comments_and_names_print_nothing) {
  write("runnel/ops/linear.cc",
        "// std::cout\nauto s = \"exit(1)\"; int x = on_exit(snprintf(b, 1'000, \"\"));\n");
  EXPECT_THAT(faults(), IsEmpty());
}

TEST_F(SourceRules, a_long_file_is_caught) {
  write("cli/main.cc", std::string(399, '\n'));
  EXPECT_THAT(faults(), IsEmpty());
  write("cli/main.cc", std::string(400, '\n'));
  write("tests/base/error_test.cc", std::string(401, '\n'));
  EXPECT_THAT(faults(), ElementsAre("cli/main.cc: has 400 lines; split it below 400",
                                    "tests/base/error_test.cc: has 401 lines; split it below 400"));
}

TEST(CodeOnly, blanks_comments_and_literals_and_keeps_the_lines) {
  EXPECT_EQ(code_only("a // b\nc /* d\n e */ f"), "a     \nc     \n      f");
  EXPECT_EQ(code_only("s(\"a\\\"b\", 'x', 1'000);"), "s(      ,    , 1'000);");
  EXPECT_EQ(code_only("R\"x(a \" b)x\" + y"), "             + y");
}

TEST(Sources, keep_the_rules_of_the_architecture_page) {
  const std::string root = RUNNEL_SOURCE_DIR;
  const LayerTable table = read_layer_table(read_file(root + "/docs/architecture.md"));
  EXPECT_THAT(broken_rules(root, table), IsEmpty());
}

}  // namespace
}  // namespace runnel::layers
