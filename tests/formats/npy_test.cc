#include "runnel/formats/npy.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>
#include <rapidcheck/gtest.h>

#include "tests/formats/arbitrary_array.h"
#include "tests/formats/format_test.h"

namespace runnel {
namespace {

using formats_test::array_of;
using formats_test::data_file;
using formats_test::format_error;

/// 0, 1, … 23 as (2, 3, 4).
template <class T>
Array grid(DType dtype) {
  std::vector<T> values(24);
  std::iota(values.begin(), values.end(), T{0});
  return array_of<T>(dtype, {2, 3, 4}, values);
}

void read_and_use(const std::string& bytes) { formats_test::use(read_npy(bytes, "x.npy")); }

TEST(Npy, reads_c_order) {
  EXPECT_EQ(read_npy(data_file("c_order.npy"), "x.npy"), grid<float>(DType::float32));
}

TEST(Npy, turns_fortran_order_into_c_order) {
  EXPECT_EQ(read_npy(data_file("fortran_order.npy"), "x.npy"), grid<float>(DType::float32));
}

TEST(Npy, turns_big_endian_into_little_endian) {
  EXPECT_EQ(read_npy(data_file("big_endian.npy"), "x.npy"), grid<float>(DType::float32));
  EXPECT_EQ(read_npy(data_file("big_endian_fortran.npy"), "x.npy"), grid<int64_t>(DType::int64));
}

TEST(Npy, reads_versions_2_and_3) {
  EXPECT_EQ(read_npy(data_file("version_2.npy"), "x.npy"), grid<float>(DType::float32));
  EXPECT_EQ(read_npy(data_file("version_3.npy"), "x.npy"), grid<float>(DType::float32));
}

TEST(Npy, reads_a_number_a_row_and_nothing) {
  EXPECT_EQ(read_npy(data_file("scalar.npy"), "x.npy"), array_of<double>(DType::float64, {}, {2.5}));
  EXPECT_EQ(read_npy(data_file("one_axis.npy"), "x.npy"), array_of<int32_t>(DType::int32, {3}, {1, 2, 3}));
  EXPECT_EQ(read_npy(data_file("empty.npy"), "x.npy"), array_of<double>(DType::float64, {0, 5}, {}));
}

TEST(Npy, writes_the_bytes_that_numpy_writes) {
  for (const char* name : {"c_order.npy", "scalar.npy", "one_axis.npy", "empty.npy"}) {
    EXPECT_EQ(write_npy(read_npy(data_file(name), name)), data_file(name)) << name;
  }
}

TEST(Npy, refuses_what_numpy_writes_for_other_things_than_numbers) {
  EXPECT_THROW(read_npy(data_file("objects.npy"), "x.npy"), FormatError);
  EXPECT_THROW(read_npy(data_file("structure.npy"), "x.npy"), FormatError);
  EXPECT_THROW(read_npy(data_file("complex.npy"), "x.npy"), FormatError);
  EXPECT_THROW(read_npy(data_file("text.npy"), "x.npy"), FormatError);
}

TEST(Npy, refuses_a_file_that_is_cut_off) {
  const std::string whole = data_file("one_axis.npy");
  EXPECT_EQ(format_error(read_npy, whole.substr(0, whole.size() - 5), "x.npy"),
            "x.npy: byte 135: the file ends inside its data\n"
            "  expected  12 bytes of data for int32 (3)\n"
            "  got       7 bytes\n"
            "  why       the file was cut off, as by a full disk or a broken download\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
}

TEST(Npy, refuses_bytes_after_the_data) {
  EXPECT_EQ(format_error(read_npy, data_file("one_axis.npy") + "x", "x.npy"),
            "x.npy: byte 140: the file goes on after its data\n"
            "  expected  12 bytes of data for int32 (3)\n"
            "  got       13 bytes\n"
            "  why       two numpy.save into one open file do that; an .npy holds one array\n"
            "  fix       several arrays in one file: numpy.savez('x.npz', input=x, lengths=lengths)");
}

TEST(Npy, refuses_a_shape_larger_than_the_file_before_any_memory_is_taken) {
  std::string bytes = data_file("one_axis.npy");
  bytes.replace(bytes.find("(3,), }            "), 19, "(300000000000000,)}");
  EXPECT_EQ(format_error(read_npy, bytes, "x.npy"),
            "x.npy: byte 140: the file ends inside its data\n"
            "  expected  1200000000000000 bytes of data for int32 (300000000000000)\n"
            "  got       12 bytes\n"
            "  why       the file was cut off, as by a full disk or a broken download\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
}

TEST(Npy, reads_many_axes_of_one_place_quickly) {
  Array array = array_of<int8_t>(DType::int8, std::vector<int64_t>(20000, 1), {5});
  std::string bytes = write_npy(array);
  bytes.replace(bytes.find("False"), 5, "True ");
  EXPECT_EQ(read_npy(bytes, "x.npy"), array);
}

RC_GTEST_PROP(Npy, returns_what_was_written, ()) {
  const Array array = *formats_test::arbitrary_array(/*npy=*/true);
  RC_ASSERT(read_npy(write_npy(array), "x.npy") == array);
}

TEST(Npy, goes_through_a_file) {
  const std::string path = testing::TempDir() + "runnel_npy_test.npy";
  const Array array = grid<float>(DType::float32);
  save_npy(path, array);
  EXPECT_EQ(load_npy(path), array);
  std::filesystem::remove(path);
  EXPECT_THROW(load_npy(path), DataError);
}

TEST(Npy, refuses_every_cut) {
  for (const char* name :
       {"c_order.npy", "version_2.npy", "big_endian_fortran.npy", "scalar.npy", "empty.npy"}) {
    formats_test::expect_every_cut_refused(data_file(name), read_and_use);
  }
}

TEST(Npy, survives_random_changes) {
  for (const char* name : {"fortran_order.npy", "version_3.npy", "big_endian_fortran.npy", "empty.npy"}) {
    EXPECT_GT(formats_test::expect_no_crash(data_file(name), 4000, read_and_use), 1000) << name;
  }
}

}  // namespace
}  // namespace runnel
