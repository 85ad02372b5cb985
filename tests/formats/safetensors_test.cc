#include "runnel/formats/safetensors.h"

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/formats/arbitrary_array.h"
#include "tests/formats/format_test.h"

namespace runnel {
namespace {

using formats_test::array_of;
using formats_test::data_file;
using formats_test::error_text;
using formats_test::format_error;
using formats_test::little_endian;

/// A file of this header, not padded, and `data_size` bytes of data.
std::string file_of(const std::string& json, size_t data_size) {
  return little_endian(json.size(), 8) + json + std::string(data_size, 'x');
}

/// The error of a file of two tensors of uint8, `a` and `b`, and `data_size` bytes of data, which start at
/// byte 117.
std::string error_of_layout(const std::string& a, const std::string& b, size_t data_size) {
  const auto entry = [](const std::string& offsets) {
    const int size = offsets[3] - offsets[1];
    return R"({"dtype":"U8","shape":[)" + std::to_string(size) + R"(],"data_offsets":)" + offsets + "}";
  };
  const std::string json = R"({"a":)" + entry(a) + R"(,"b":)" + entry(b) + "}";
  return format_error(read_safetensors, file_of(json, data_size), "m.safetensors");
}

void read_and_use(const std::string& bytes) {
  for (const NamedArrays::Item& item : read_safetensors(bytes, "m.safetensors").tensors) {
    formats_test::use(item.array);
  }
}

TEST(Safetensors, reads_every_dtype_that_python_writes) {
  const SafetensorsFile file = read_safetensors(data_file("every_dtype.safetensors"), "m.safetensors");
  const NamedArrays& t = file.tensors;
  const auto integers = [&]<class T>(DType dtype, T) {
    const std::vector<T> values = {std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), 0, 1, 2, 3};
    EXPECT_EQ(*t.find(to_string(dtype)), array_of<T>(dtype, {2, 3}, values)) << to_string(dtype);
  };
  integers(DType::int8, int8_t{});
  integers(DType::int16, int16_t{});
  integers(DType::int32, int32_t{});
  integers(DType::int64, int64_t{});
  integers(DType::uint8, uint8_t{});
  integers(DType::uint16, uint16_t{});
  integers(DType::uint32, uint32_t{});
  integers(DType::uint64, uint64_t{});
  EXPECT_EQ(*t.find("bool"), array_of<uint8_t>(DType::bool_, {2, 3}, {1, 0, 1, 0, 0, 1}));
  EXPECT_EQ(*t.find("float32"),
            array_of<float>(DType::float32, {2, 3}, {0.5, -1.25, INFINITY, -0.0, 0x1p-24, 65504}));
  EXPECT_EQ(*t.find("float64"),
            array_of<double>(DType::float64, {2, 3}, {0.5, -1.25, INFINITY, -0.0, 0x1p-24, 65504}));
  EXPECT_EQ(Array::from(to_tensor(*t.find("float16"))), *t.find("float32"));
  EXPECT_EQ(Array::from(to_tensor(*t.find("bfloat16"))),
            array_of<float>(DType::float32, {2, 3}, {0.5, -1.25, INFINITY, -0.0, 0x1p-24, 65280}));
  EXPECT_EQ(*t.find("scalar"), array_of<float>(DType::float32, {}, {2.5}));
  EXPECT_EQ(*t.find("empty"), array_of<float>(DType::float32, {0, 5}, {}));
  EXPECT_EQ(*t.find("a \"name\"\nand é"), array_of<int64_t>(DType::int64, {3}, {0, 1, 2}));
  EXPECT_EQ(t.size(), 16u);
  EXPECT_THAT(file.metadata, testing::ElementsAre(testing::Pair("note", "ü \"quoted\"\n\x1b/")));
}

TEST(Safetensors, writes_the_bytes_that_python_writes) {
  for (const char* name : {"every_dtype.safetensors", "two.safetensors", "no_tensors.safetensors"}) {
    EXPECT_EQ(write_safetensors(read_safetensors(data_file(name), name)), data_file(name)) << name;
  }
}

TEST(Safetensors, writes_the_same_bytes_whatever_the_order) {
  const SafetensorsFile file = read_safetensors(data_file("every_dtype.safetensors"), "m.safetensors");
  SafetensorsFile reversed{.tensors = {}, .metadata = file.metadata};
  for (size_t i = file.tensors.size(); i-- > 0;)
    reversed.tensors.add(file.tensors[i].name, file.tensors[i].array);
  EXPECT_EQ(write_safetensors(reversed), write_safetensors(file));
}

TEST(Safetensors, starts_its_data_at_a_multiple_of_8) {
  for (int length = 1; length < 20; ++length) {
    SafetensorsFile file;
    file.tensors.add(std::string(static_cast<size_t>(length), 'n'),
                     array_of<uint8_t>(DType::uint8, {1}, {7}));
    const std::string bytes = write_safetensors(file);
    EXPECT_EQ(bytes.size() % 8, 1u);
    EXPECT_EQ(bytes.back(), 7);
  }
}

RC_GTEST_PROP(Safetensors, returns_what_was_written, ()) {
  SafetensorsFile file{.tensors = *formats_test::arbitrary_named_arrays(/*npy=*/false)};
  file.metadata["config"] = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
  const SafetensorsFile back = read_safetensors(write_safetensors(file), "m.safetensors");
  RC_ASSERT(back.metadata == file.metadata);
  RC_ASSERT(back.tensors.size() == file.tensors.size());
  for (const NamedArrays::Item& item : file.tensors) RC_ASSERT(*back.tensors.find(item.name) == item.array);
}

TEST(Safetensors, goes_through_a_file) {
  const std::string path = testing::TempDir() + "runnel_safetensors_test.safetensors";
  const SafetensorsFile file = read_safetensors(data_file("two.safetensors"), "m.safetensors");
  save_safetensors(path, file);
  EXPECT_EQ(load_safetensors(path), file);
  std::filesystem::remove(path);
  EXPECT_THROW(load_safetensors(path), DataError);
}

TEST(Safetensors, reads_tensors_in_any_order_of_the_header) {
  const SafetensorsFile file = read_safetensors(
      file_of(
          R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
          2),
      "m.safetensors");
  EXPECT_EQ(file.tensors[0].name, "a");
  EXPECT_EQ(file.tensors[1].name, "b");
}

TEST(Safetensors, reads_empty_tensors_between_others) {
  EXPECT_EQ(error_of_layout("[0,4]", "[4,4]", 4), "no error");
  EXPECT_EQ(error_of_layout("[0,0]", "[0,4]", 4), "no error");
  EXPECT_EQ(error_of_layout("[0,4]", "[0,0]", 4), "no error");
}

TEST(Safetensors, refuses_a_file_of_less_than_8_bytes) {
  EXPECT_EQ(format_error(read_safetensors, "abc", "m.safetensors"),
            "m.safetensors: byte 3: the file ends inside the size of its header\n"
            "  expected  8 bytes or more\n"
            "  got       3 bytes\n"
            "  why       such a file begins with 8 bytes that tell how long its header is\n"
            "  fix       a model that runnel train wrote, or PyTorch's weights:\n"
            "            safetensors.torch.save_file(model.state_dict(), 'w.safetensors')");
}

TEST(Safetensors, refuses_a_header_of_gigabytes) {
  EXPECT_EQ(format_error(read_safetensors, little_endian(5000000000, 8) + "{}", "m.safetensors"),
            "m.safetensors: byte 0: the size of the header cannot be\n"
            "  expected  at most 100000000 bytes\n"
            "  got       5000000000 bytes\n"
            "  why       this is probably no safetensors file, but a text, an archive or a table\n"
            "  fix       a model that runnel train wrote, or PyTorch's weights:\n"
            "            safetensors.torch.save_file(model.state_dict(), 'w.safetensors')");
  EXPECT_THAT(format_error(read_safetensors, little_endian(UINT64_MAX, 8) + "{}", "m.safetensors"),
              testing::HasSubstr("got       18446744073709551615 bytes"));
}

TEST(Safetensors, refuses_a_header_longer_than_the_file) {
  EXPECT_EQ(format_error(read_safetensors, little_endian(1000, 8) + "{}", "m.safetensors"),
            "m.safetensors: byte 10: the file ends inside its header\n"
            "  expected  1008 bytes or more\n"
            "  got       10 bytes\n"
            "  why       the file was cut off, as by a full disk or a broken download\n"
            "  fix       copy it again, or make it again: runnel train …, or from PyTorch\n"
            "            safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
}

TEST(Safetensors, refuses_data_past_the_end_of_the_file) {
  EXPECT_EQ(error_of_layout("[0,4]", "[4,8]", 7),
            "m.safetensors: byte 61: tensor \"b\": its data ends past the end of the file\n"
            "  expected  at most 7, the bytes after the header\n"
            "  got       data_offsets [4, 8]\n"
            "  why       the file was cut off, as by a full disk or a broken download\n"
            "  fix       copy it again, or make it again: runnel train …, or from PyTorch\n"
            "            safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
}

TEST(Safetensors, refuses_absurd_sizes_before_any_memory_is_taken) {
  const std::string json =
      R"({"w":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}})";
  EXPECT_EQ(format_error(read_safetensors, file_of(json, 8), "m.safetensors"),
            "m.safetensors: byte 9: tensor \"w\": its data ends past the end of the file\n"
            "  expected  at most 8, the bytes after the header\n"
            "  got       data_offsets [0, 4000000000000]\n"
            "  why       the file was cut off, as by a full disk or a broken download\n"
            "  fix       copy it again, or make it again: runnel train …, or from PyTorch\n"
            "            safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
}

TEST(Safetensors, refuses_tensors_that_overlap) {
  EXPECT_EQ(error_of_layout("[0,5]", "[4,8]", 8),
            "m.safetensors: byte 117: tensors \"a\" and \"b\" overlap\n"
            "  expected  \"b\" to begin at 5\n"
            "  got       data_offsets [0, 5] and [4, 8]\n"
            "  why       the file was changed, or another program than the safetensors package made it\n"
            "  fix       copy it again, or make it again: runnel train …, or from PyTorch\n"
            "            safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
  EXPECT_THAT(error_of_layout("[0,8]", "[0,8]", 8), testing::HasSubstr("overlap"));
  EXPECT_THAT(error_of_layout("[0,8]", "[4,4]", 8), testing::HasSubstr("overlap"));
}

TEST(Safetensors, refuses_holes_between_tensors) {
  EXPECT_EQ(error_of_layout("[0,4]", "[5,8]", 8),
            "m.safetensors: byte 117: 1 bytes before tensor \"b\" belong to no tensor\n"
            "  expected  it to begin at 4\n"
            "  got       data_offsets [5, 8]\n"
            "  why       the file was changed, or another program than the safetensors package made it\n"
            "  fix       copy it again, or make it again: runnel train …, or from PyTorch\n"
            "            safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
  EXPECT_EQ(error_of_layout("[2,4]", "[4,8]", 8),
            "m.safetensors: byte 113: 2 bytes before tensor \"a\" belong to no tensor\n"
            "  expected  it to begin at 0\n"
            "  got       data_offsets [2, 4]\n"
            "  why       the file was changed, or another program than the safetensors package made it\n"
            "  fix       copy it again, or make it again: runnel train …, or from PyTorch\n"
            "            safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
}

TEST(Safetensors, refuses_bytes_after_the_last_tensor) {
  EXPECT_EQ(error_of_layout("[0,4]", "[4,8]", 9),
            "m.safetensors: byte 121: the file goes on after its last tensor\n"
            "  expected  121 bytes\n"
            "  got       122 bytes\n"
            "  why       something was written behind it, as by >> in a shell, or its header was changed\n"
            "  fix       copy it again, or make it again: runnel train …, or from PyTorch\n"
            "            safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
  EXPECT_EQ(format_error(read_safetensors, file_of("{}", 1), "m.safetensors"),
            "m.safetensors: byte 10: the file goes on after its last tensor\n"
            "  expected  10 bytes\n"
            "  got       11 bytes\n"
            "  why       something was written behind it, as by >> in a shell, or its header was changed\n"
            "  fix       copy it again, or make it again: runnel train …, or from PyTorch\n"
            "            safetensors.torch.save_file(model.state_dict(), 'm.safetensors')");
}

TEST(Safetensors, refuses_to_write_names_that_no_reader_takes) {
  SafetensorsFile reserved;
  reserved.tensors.add("__metadata__", Array());
  EXPECT_EQ(error_text<OptionError>([&] { write_safetensors(reserved); }),
            "safetensors: no tensor can be called \"__metadata__\"\n"
            "  why  the format keeps the metadata under this name\n"
            "  fix  SafetensorsFile{.tensors = …, .metadata = {{\"key\", \"value\"}}}");
  SafetensorsFile broken;
  broken.tensors.add("w\xff", Array());
  EXPECT_EQ(error_text<OptionError>([&] { write_safetensors(broken); }),
            "safetensors: the name of a tensor must be UTF-8\n"
            "  got  \"w\\xff\"\n"
            "  why  the header is JSON, which is UTF-8");
  EXPECT_EQ(error_text<OptionError>([&] { write_safetensors({.tensors = {}, .metadata = {{"\xff", ""}}}); }),
            "safetensors: a key of the metadata must be UTF-8\n"
            "  got  \"\\xff\"\n"
            "  why  the header is JSON, which is UTF-8");
  EXPECT_EQ(error_text<OptionError>([&] { write_safetensors({.tensors = {}, .metadata = {{"", "\xff"}}}); }),
            "safetensors: the metadata must be UTF-8\n"
            "  got  \"\\xff\"\n"
            "  why  the header is JSON, which is UTF-8");
}

TEST(Safetensors, refuses_to_write_a_header_that_no_reader_takes) {
  const SafetensorsFile file{.tensors = {}, .metadata = {{"k", std::string(100'000'000, 'x')}}};
  EXPECT_EQ(error_text<OptionError>([&] { write_safetensors(file); }),
            "safetensors: the names and the metadata are too long\n"
            "  expected  a header of at most 100000000 bytes\n"
            "  got       100000032 bytes");
}

TEST(Safetensors, refuses_every_cut) {
  formats_test::expect_every_cut_refused(data_file("every_dtype.safetensors"), read_and_use);
  formats_test::expect_every_cut_refused(data_file("two.safetensors"), read_and_use);
  formats_test::expect_every_cut_refused(data_file("no_tensors.safetensors"), read_and_use);
}

TEST(Safetensors, survives_random_changes) {
  EXPECT_GT(formats_test::expect_no_crash(data_file("every_dtype.safetensors"), 6000, read_and_use), 1000);
  EXPECT_GT(formats_test::expect_no_crash(data_file("two.safetensors"), 6000, read_and_use), 1000);
}

}  // namespace
}  // namespace runnel
