#include "runnel/formats/npz.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>
#include <rapidcheck/gtest.h>

#include "runnel/formats/zip_archive.h"

#include "tests/formats/arbitrary_array.h"
#include "tests/formats/format_test.h"

namespace runnel {
namespace {

using formats_test::array_of;
using formats_test::data_file;
using formats_test::error_text;
using formats_test::format_error;

Array grid() {
  std::vector<float> values(24);
  std::iota(values.begin(), values.end(), 0.0f);
  return array_of<float>(DType::float32, {2, 3, 4}, values);
}

NamedArrays two_arrays() {
  NamedArrays arrays;
  arrays.add("x", grid());
  arrays.add("layer/é", array_of<int64_t>(DType::int64, {3}, {0, 1, 2}));
  return arrays;
}

void read_and_use(const std::string& bytes) {
  for (const NamedArrays::Item& item : read_npz(bytes, "x.npz")) formats_test::use(item.array);
}

TEST(Npz, reads_every_dtype_that_numpy_writes) {
  const NamedArrays arrays = read_npz(data_file("every_dtype.npz"), "x.npz");
  const auto integers = [&]<class T>(DType dtype, T) {
    const std::vector<T> values = {std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), 0, 1, 2, 3};
    EXPECT_EQ(*arrays.find(to_string(dtype)), array_of<T>(dtype, {2, 3}, values)) << to_string(dtype);
  };
  integers(DType::int8, int8_t{});
  integers(DType::int16, int16_t{});
  integers(DType::int32, int32_t{});
  integers(DType::int64, int64_t{});
  integers(DType::uint8, uint8_t{});
  integers(DType::uint16, uint16_t{});
  integers(DType::uint32, uint32_t{});
  integers(DType::uint64, uint64_t{});
  EXPECT_EQ(*arrays.find("bool"), array_of<uint8_t>(DType::bool_, {2, 3}, {1, 0, 1, 0, 0, 1}));
  EXPECT_EQ(*arrays.find("float32"),
            array_of<float>(DType::float32, {2, 3}, {0.5, -1.25, INFINITY, -0.0, 0x1p-24, 65504}));
  EXPECT_EQ(*arrays.find("float64"),
            array_of<double>(DType::float64, {2, 3}, {0.5, -1.25, INFINITY, -0.0, 0x1p-24, 65504}));
  EXPECT_EQ(Array::from(to_tensor(*arrays.find("float16"))), *arrays.find("float32"));
  EXPECT_EQ(arrays.size(), 12u);
}

TEST(Npz, reads_deflated_entries) { EXPECT_EQ(read_npz(data_file("deflated.npz"), "x.npz"), two_arrays()); }

TEST(Npz, reads_an_archive_that_was_written_into_a_pipe) {
  EXPECT_EQ(*read_npz(data_file("streamed.npz"), "x.npz").find("x"), grid());
}

TEST(Npz, reads_an_archive_without_arrays) {
  EXPECT_TRUE(read_npz(data_file("no_arrays.npz"), "x.npz").empty());
}

RC_GTEST_PROP(Npz, returns_what_was_written, ()) {
  const NamedArrays arrays = *formats_test::arbitrary_named_arrays(/*npy=*/true);
  const bool compressed = *rc::gen::arbitrary<bool>();
  RC_ASSERT(read_npz(write_npz(arrays, {.compressed = compressed}), "x.npz") == arrays);
}

TEST(Npz, goes_through_a_file) {
  const std::string path = testing::TempDir() + "runnel_npz_test.npz";
  save_npz(path, two_arrays(), {.compressed = true});
  EXPECT_EQ(load_npz(path), two_arrays());
  std::filesystem::remove(path);
  EXPECT_THROW(load_npz(path), DataError);
}

TEST(Npz, names_the_entry_and_its_byte) {
  const std::string bytes = write_zip(std::vector<ZipEntry>{{"h_0.npy", data_file("complex.npy")}}, false);
  EXPECT_EQ(format_error(read_npz, bytes, "x.npz"),
            "x.npz: h_0.npy: byte 20: unknown type \"<c8\"\n"
            "  expected  < or > and one of b1 u1 i1 i2 u2 f2 i4 u4 f4 f8 i8 u8\n"
            "  why       a complex number is two numbers\n"
            "  fix       two features of each: numpy.concatenate([x.real, x.imag], axis=-1)");
}

TEST(Npz, refuses_entries_that_are_no_arrays) {
  const std::string bytes = write_zip(std::vector<ZipEntry>{{"model/data.pkl", "…"}}, false);
  EXPECT_EQ(format_error(read_npz, bytes, "model.pt"),
            "model.pt: model/data.pkl: byte 0: the entry is no array\n"
            "  expected  a name that ends in .npy\n"
            "  why       this is what torch.save wrote: a pickle, which can run code; it is never opened\n"
            "  fix       a tensor: numpy.save('model.npy', torch.load('model.pt').numpy())\n"
            "            weights: safetensors.torch.save_file(torch.load('model.pt'), 'model.safetensors')");
}

TEST(Npz, refuses_to_write_names_that_no_archive_can_hold) {
  NamedArrays arrays;
  arrays.add(std::string("a\0b", 3), grid());
  EXPECT_EQ(error_text<OptionError>([&] { write_npz(arrays); }),
            "npz: the name of an array must be UTF-8 without control characters\n"
            "  got  \"a\\x00b\"");
  NamedArrays broken;
  broken.add("\xff", grid());
  EXPECT_THROW(write_npz(broken), OptionError);
}

TEST(Npz, refuses_every_cut) {
  for (const char* name : {"deflated.npz", "streamed.npz", "no_arrays.npz", "every_dtype.npz"}) {
    formats_test::expect_every_cut_refused(data_file(name), read_and_use);
  }
  formats_test::expect_every_cut_refused(write_npz(two_arrays()), read_and_use);
}

TEST(Npz, survives_random_changes) {
  for (const char* name : {"deflated.npz", "streamed.npz", "every_dtype.npz"}) {
    EXPECT_GT(formats_test::expect_no_crash(data_file(name), 4000, read_and_use), 1000) << name;
  }
  EXPECT_GT(formats_test::expect_no_crash(write_npz(two_arrays()), 4000, read_and_use), 1000);
}

}  // namespace
}  // namespace runnel
