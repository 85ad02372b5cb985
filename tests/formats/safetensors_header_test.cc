#include "runnel/formats/safetensors_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/format_test.h"

namespace runnel {
namespace {

using formats_test::error_text;
using testing::ElementsAre;
using testing::HasSubstr;

SafetensorsHeader read(const std::string& json) { return read_safetensors_header(json, "m.safetensors"); }

std::string error_of(const std::string& json) {
  return error_text<FormatError>([&] { read(json); });
}

/// A header of one tensor, whose fields start at byte 14.
std::string fields(const std::string& text) { return R"({"w":{)" + text + "}}"; }

/// The cause and the fix of a header that is not as the safetensors package writes it.
const std::string kChanged =
    "\n  why       the file was changed, or another program than the safetensors package made it\n"
    "  fix       copy it again, or make it again: runnel train …, or from PyTorch\n"
    "            safetensors.torch.save_file(model.state_dict(), 'm.safetensors')";

TEST(SafetensorsHeader, reads_entries_in_order) {
  const SafetensorsHeader header = read(R"({"z":{"dtype":"F32","shape":[2,1],"data_offsets":[8,16]},)"
                                        R"( "a":{"data_offsets":[0,8],"shape":[],"dtype":"I64"}}  )");
  ASSERT_EQ(header.entries.size(), 2u);
  EXPECT_EQ(header.entries[0].name, "z");
  EXPECT_EQ(header.entries[0].dtype, DType::float32);
  EXPECT_THAT(header.entries[0].shape, ElementsAre(2, 1));
  EXPECT_EQ(header.entries[0].begin, 8);
  EXPECT_EQ(header.entries[0].end, 16);
  EXPECT_EQ(header.entries[0].header_place, 9);
  EXPECT_EQ(header.entries[1].name, "a");
  EXPECT_EQ(header.entries[1].header_place, 66);
}

TEST(SafetensorsHeader, reads_metadata) {
  const SafetensorsHeader header = read(R"({"__metadata__":{"b":"\u00fc","a":""}})");
  EXPECT_THAT(header.metadata, ElementsAre(testing::Pair("a", ""), testing::Pair("b", "ü")));
}

TEST(SafetensorsHeader, tells_where_a_name_with_escapes_starts) {
  const SafetensorsHeader header = read(
      R"({"a\\\"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\"":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})");
  EXPECT_EQ(header.entries[0].name, "a\\\"");
  EXPECT_EQ(header.entries[0].header_place, 9);
  EXPECT_EQ(header.entries[1].name, "\"");
  EXPECT_EQ(header.entries[1].header_place, 65);
}

TEST(SafetensorsHeader, refuses_what_does_not_start_as_an_object) {
  EXPECT_EQ(error_of(" {}"),
            "m.safetensors: byte 8: the header is no JSON object\n"
            "  expected  \"{\"\n"
            "  got       \" {}\"\n"
            "  why       the header names the tensors, as JSON; this is probably no safetensors file\n"
            "  fix       a model that runnel train wrote, or PyTorch's weights:\n"
            "            safetensors.torch.save_file(model.state_dict(), 'w.safetensors')");
  EXPECT_EQ(error_of(""),
            "m.safetensors: byte 8: the header is no JSON object\n"
            "  expected  \"{\"\n"
            "  got       an empty header\n"
            "  why       the header names the tensors, as JSON; this is probably no safetensors file\n"
            "  fix       a model that runnel train wrote, or PyTorch's weights:\n"
            "            safetensors.torch.save_file(model.state_dict(), 'w.safetensors')");
  EXPECT_THAT(error_of("\xef\xbb\xbf{}"), HasSubstr("is no JSON object"));  // a byte order mark
}

TEST(SafetensorsHeader, refuses_what_is_no_json) {
  EXPECT_EQ(error_of("{"),
            "m.safetensors: byte 9: the header is not valid JSON\n"
            "  got  the end of the header\n"
            "  why  the file was changed, or another program than the safetensors package made it\n"
            "  fix  copy it again, or make it again: runnel train …, or from PyTorch\n"
            "       safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
  EXPECT_EQ(error_of("{]"),
            "m.safetensors: byte 9: the header is not valid JSON\n"
            "  got  \"{]\"\n"
            "  why  the file was changed, or another program than the safetensors package made it\n"
            "  fix  copy it again, or make it again: runnel train …, or from PyTorch\n"
            "       safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
  EXPECT_EQ(error_of("{}}"),
            "m.safetensors: byte 10: the header is not valid JSON\n"
            "  got  \"{}}\"\n"
            "  why  the file was changed, or another program than the safetensors package made it\n"
            "  fix  copy it again, or make it again: runnel train …, or from PyTorch\n"
            "       safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
  EXPECT_EQ(error_of("{\"a\xff\":1}"),
            "m.safetensors: byte 11: the header is not valid JSON\n"
            "  got  \"\\\"a\\xff\"\n"
            "  why  the file was changed, or another program than the safetensors package made it\n"
            "  fix  copy it again, or make it again: runnel train …, or from PyTorch\n"
            "       safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
  EXPECT_EQ(error_of("{/**/}"),
            "m.safetensors: byte 9: the header is not valid JSON\n"
            "  got  \"{/\"\n"
            "  why  the file was changed, or another program than the safetensors package made it\n"
            "  fix  copy it again, or make it again: runnel train …, or from PyTorch\n"
            "       safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
}

TEST(SafetensorsHeader, refuses_a_zero_byte_that_would_hide_the_rest) {
  EXPECT_EQ(error_of(std::string("{}\0garbage", 10)),
            "m.safetensors: byte 10: the header is not valid JSON\n"
            "  got  \"\\x00\"\n"
            "  why  the file was changed, or another program than the safetensors package made it\n"
            "  fix  copy it again, or make it again: runnel train …, or from PyTorch\n"
            "       safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
}

TEST(SafetensorsHeader, refuses_deep_nesting_where_it_starts) {
  const std::string kind =
      "m.safetensors: byte 9: tensor \"w\" is of the wrong kind\n"
      "  expected  an object\n"
      "  got       a list" +
      kChanged;
  EXPECT_EQ(error_of(R"({"w":)" + std::string(1000000, '[')), kind);
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += R"({"a":)";
  EXPECT_EQ(error_of(objects),
            "m.safetensors: byte 14: tensor \"a\": unknown field \"a\"\n"
            "  expected  dtype, shape and data_offsets" +
                kChanged);
  EXPECT_EQ(error_of(fields(R"("shape":)" + std::string(1000000, '['))),
            "m.safetensors: byte 14: \"shape\" of tensor \"w\" is of the wrong kind\n"
            "  expected  whole numbers from 0 to 9223372036854775807\n"
            "  got       a list" +
                kChanged);
}

TEST(SafetensorsHeader, refuses_values_of_the_wrong_kind) {
  const auto message = [](const std::string& what, const std::string& expected, const std::string& got) {
    return "m.safetensors: byte " + what + " is of the wrong kind\n  expected  " + expected +
           "\n  got       " + got + kChanged;
  };
  EXPECT_EQ(error_of(R"({"w":3})"), message("9: tensor \"w\"", "an object", "3"));
  EXPECT_EQ(error_of(R"({"w":null})"), message("9: tensor \"w\"", "an object", "null"));
  EXPECT_EQ(error_of(R"({"__metadata__":"x"})"), message("9: \"__metadata__\"", "an object", "\"x\""));
  EXPECT_EQ(error_of(R"({"__metadata__":{"k":1.5}})"),
            message("25: metadata \"k\"", "text in quotes", "1.5"));
  EXPECT_EQ(error_of(R"({"__metadata__":{"k":{}}})"),
            message("25: metadata \"k\"", "text in quotes", "an object"));
  EXPECT_EQ(error_of(R"({"__metadata__":{"k":[]}})"),
            message("25: metadata \"k\"", "text in quotes", "a list"));
  EXPECT_EQ(error_of(fields(R"("dtype":true)")),
            message("14: \"dtype\" of tensor \"w\"", "text in quotes", "true"));
  EXPECT_EQ(error_of(fields(R"("dtype":["F32"])")),
            message("14: \"dtype\" of tensor \"w\"", "text in quotes", "a list"));
  EXPECT_EQ(error_of(fields(R"("shape":"3")")),
            message("14: \"shape\" of tensor \"w\"", "a list of whole numbers", "\"3\""));
  EXPECT_EQ(error_of(fields(R"("shape":{})")),
            message("14: \"shape\" of tensor \"w\"", "a list of whole numbers", "an object"));
}

TEST(SafetensorsHeader, refuses_sizes_and_offsets_that_are_no_whole_numbers) {
  const auto message = [](const std::string& field, const std::string& got) {
    return "m.safetensors: byte 14: \"" + field +
           "\" of tensor \"w\" is of the wrong kind\n"
           "  expected  whole numbers from 0 to 9223372036854775807\n"
           "  got       " +
           got + kChanged;
  };
  EXPECT_EQ(error_of(fields(R"("shape":[-3])")), message("shape", "-3"));
  EXPECT_EQ(error_of(fields(R"("shape":[3.0])")), message("shape", "3.0"));
  EXPECT_EQ(error_of(fields(R"("shape":[9223372036854775808])")), message("shape", "9223372036854775808"));
  EXPECT_EQ(error_of(fields(R"("shape":[99999999999999999999])")), message("shape", "99999999999999999999"));
  EXPECT_EQ(error_of(fields(R"("data_offsets":["0"])")), message("data_offsets", "\"0\""));
  EXPECT_EQ(error_of(fields(R"("data_offsets":[0,-8])")), message("data_offsets", "-8"));
}

TEST(SafetensorsHeader, refuses_names_that_occur_twice) {
  const std::string entry = R"({"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  EXPECT_EQ(error_of(R"({"w":)" + entry + R"(,"w":)" + entry + "}"),
            "m.safetensors: byte 61: the header has tensor \"w\" twice\n"
            "  why  the file was changed, or another program than the safetensors package made it\n"
            "  fix  copy it again, or make it again: runnel train …, or from PyTorch\n"
            "       safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
  EXPECT_EQ(error_of(R"({"w":)" + entry + R"(,"\u0077":)" + entry + "}"),
            "m.safetensors: byte 61: the header has tensor \"w\" twice\n"
            "  why  the file was changed, or another program than the safetensors package made it\n"
            "  fix  copy it again, or make it again: runnel train …, or from PyTorch\n"
            "       safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
  EXPECT_EQ(error_of(fields(R"("dtype":"U8","dtype":"U8")")),
            "m.safetensors: byte 27: the header has \"dtype\" of tensor \"w\" twice\n"
            "  why  the file was changed, or another program than the safetensors package made it\n"
            "  fix  copy it again, or make it again: runnel train …, or from PyTorch\n"
            "       safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
  EXPECT_EQ(error_of(R"({"__metadata__":{"k":"1","k":"1"}})"),
            "m.safetensors: byte 33: the header has metadata \"k\" twice\n"
            "  why  the file was changed, or another program than the safetensors package made it\n"
            "  fix  copy it again, or make it again: runnel train …, or from PyTorch\n"
            "       safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
  EXPECT_EQ(error_of(R"({"__metadata__":{},"__metadata__":{}})"),
            "m.safetensors: byte 27: the header has \"__metadata__\" twice\n"
            "  why  the file was changed, or another program than the safetensors package made it\n"
            "  fix  copy it again, or make it again: runnel train …, or from PyTorch\n"
            "       safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
}

TEST(SafetensorsHeader, refuses_unknown_and_missing_fields) {
  EXPECT_EQ(error_of(fields(R"("dtype":"U8","strides":[1])")),
            "m.safetensors: byte 27: tensor \"w\": unknown field \"strides\"\n"
            "  expected  dtype, shape and data_offsets" +
                kChanged);
  EXPECT_EQ(error_of(fields(R"("dtype":"U8","shape":[0])")),
            "m.safetensors: byte 9: tensor \"w\": there is no field \"data_offsets\"\n"
            "  expected  dtype, shape and data_offsets" +
                kChanged);
  EXPECT_THAT(error_of(fields("")), HasSubstr("there is no field \"dtype\""));
}

TEST(SafetensorsHeader, refuses_an_unknown_dtype) {
  EXPECT_EQ(error_of(fields(R"("dtype":"F8_E4M3")")),
            "m.safetensors: byte 14: tensor \"w\": unknown dtype \"F8_E4M3\"\n"
            "  expected  one of BOOL U8 I8 I16 U16 F16 BF16 I32 U32 F32 F64 I64 U64\n"
            "  why       Runnel computes in float32; it reads the types that convert to that\n"
            "  fix       safetensors.torch.save_file({k: v.float() for k, v in model.state_dict().items()}, "
            "'m.safetensors')");
}

TEST(SafetensorsHeader, refuses_offsets_that_are_no_pair) {
  EXPECT_EQ(error_of(fields(R"("dtype":"U8","shape":[0],"data_offsets":[0])")),
            "m.safetensors: byte 9: tensor \"w\": data_offsets is no pair\n"
            "  expected  two numbers, begin and end\n"
            "  got       1 numbers" +
                kChanged);
  EXPECT_EQ(error_of(fields(R"("dtype":"U8","shape":[4],"data_offsets":[8,4])")),
            "m.safetensors: byte 9: tensor \"w\": data_offsets ends before it begins\n"
            "  expected  begin, then an end that is no smaller\n"
            "  got       [8, 4]" +
                kChanged);
}

TEST(SafetensorsHeader, refuses_a_shape_whose_product_overflows) {
  EXPECT_EQ(error_of(fields(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0])")),
            "m.safetensors: byte 9: tensor \"w\": the shape is larger than any file\n"
            "  expected  fewer than 2^63 bytes of data\n"
            "  got       float32 (4294967296, 4294967296)" +
                kChanged);
}

TEST(SafetensorsHeader, refuses_offsets_that_do_not_fit_the_shape) {
  EXPECT_EQ(error_of(fields(R"("dtype":"F32","shape":[2,3],"data_offsets":[8,28])")),
            "m.safetensors: byte 9: tensor \"w\": data_offsets do not fit the shape\n"
            "  expected  24 bytes for float32 (2, 3)\n"
            "  got       20 bytes, data_offsets [8, 28]" +
                kChanged);
}

TEST(SafetensorsHeader, writes_what_it_reads) {
  const std::string json =
      R"({"__metadata__":{"a":"1","b":"\"\n\u001b/é"},"w\\":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"
      R"("s":{"dtype":"BOOL","shape":[],"data_offsets":[8,9]}})";
  EXPECT_EQ(write_safetensors_header(read(json)), json);
  EXPECT_EQ(write_safetensors_header({}), "{}");
}

}  // namespace
}  // namespace runnel
