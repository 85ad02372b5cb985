#include "runnel/explain/error_json.h"

#include <gtest/gtest.h>

#include "runnel/tensor/shape_error.h"

namespace runnel {
namespace {

TEST(ErrorJson, has_the_fields_of_a_shape_error_with_its_shapes_as_data) {
  const ShapeError error({.where = "GRU",
                          .what = "axis feature has size 64, expected 100",
                          .expected = Shape{{"batch"}, {"feature", 100}},
                          .expected_why = "100 = input_size",
                          .got = Shape{{"batch", 3}, {"feature", 64}},
                          .why = "because",
                          .fix = "GRU(64, 20)"});
  EXPECT_EQ(
      error_json(error),
      R"json({"kind":"ShapeError","summary":"GRU: axis feature has size 64, expected 100",)json"
      R"json("details":{"expected":"[batch, feature=100]     100 = input_size",)json"
      R"json("got":"[batch=3, feature=64]","why":"because","fix":"GRU(64, 20)"},)json"
      R"json("where":"GRU","what":"axis feature has size 64, expected 100",)json"
      R"json("expected":{"axes":["batch","feature"],"shape":[null,100],"why":"100 = input_size"},)json"
      R"json("got":{"axes":["batch","feature"],"shape":[3,64]},"why":"because","fix":"GRU(64, 20)"})json");
}

TEST(ErrorJson, has_the_place_of_a_fault_in_a_file) {
  EXPECT_EQ(
      error_json(DataError({"rows.csv", 7, 12}, "the label is empty")),
      R"json({"kind":"DataError","summary":"rows.csv:7:12: the label is empty","file":"rows.csv","line":7,"column":12})json");
  EXPECT_EQ(error_json(FormatError("x.npy", 8, "cut off", {{"fix", "again"}})),
            R"json({"kind":"FormatError","summary":"x.npy: byte 8: cut off","details":{"fix":"again"},)json"
            R"json("file":"x.npy","byte":8})json");
}

TEST(ErrorJson, escapes_bytes_that_are_no_text) {
  EXPECT_EQ(error_json(Error("a\xFF\n")), "{\"kind\":\"Error\",\"summary\":\"a\uFFFD\\n\"}");
}

}  // namespace
}  // namespace runnel
