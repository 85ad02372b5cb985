#include "runnel/formats/npy_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/format_test.h"

namespace runnel {
namespace {

using formats_test::error_text;
using formats_test::little_endian;
using testing::ElementsAre;
using testing::IsEmpty;

/// A version 1.0 file with this dict, which starts at byte 10.
std::string file_with(const std::string& dict) {
  return "\x93NUMPY\1" + std::string(1, '\0') + little_endian(dict.size(), 2) + dict;
}

NpyHeader read(const std::string& dict) { return read_npy_header(file_with(dict), "x.npy"); }

std::string error_of_file(const std::string& bytes) {
  return error_text<FormatError>([&] { read_npy_header(bytes, "x.npy"); });
}

std::string error_of(const std::string& dict) { return error_of_file(file_with(dict)); }

std::string with_shape(const std::string& shape) {
  return "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}";
}

std::string with_descr(const std::string& descr) {
  return "{'descr': " + descr + ", 'fortran_order': False, 'shape': ()}";
}

TEST(NpyHeader, reads_what_numpy_writes) {
  const NpyHeader header = read("{'descr': '>i8', 'fortran_order': True, 'shape': (3, 4), }      \n");
  EXPECT_EQ(header.dtype, DType::int64);
  EXPECT_TRUE(header.big_endian);
  EXPECT_TRUE(header.fortran_order);
  EXPECT_THAT(header.shape, ElementsAre(3, 4));
  EXPECT_EQ(header.data_offset, 10 + 65);
}

TEST(NpyHeader, takes_any_order_quotes_and_spaces) {
  const NpyHeader header = read("{\"shape\"\n:\t( 5 , ),'fortran_order':False,'descr':\"|u1\"}");
  EXPECT_EQ(header.dtype, DType::uint8);
  EXPECT_THAT(header.shape, ElementsAre(5));
}

TEST(NpyHeader, reads_shapes) {
  EXPECT_THAT(read(with_shape("()")).shape, IsEmpty());
  EXPECT_THAT(read(with_shape("( )")).shape, IsEmpty());
  EXPECT_THAT(read(with_shape("(3,)")).shape, ElementsAre(3));
  EXPECT_THAT(read(with_shape("(3,4)")).shape, ElementsAre(3, 4));
  EXPECT_THAT(read(with_shape("(3, 4, )")).shape, ElementsAre(3, 4));
  EXPECT_THAT(read(with_shape("(0, 9223372036854775)")).shape, ElementsAre(0, 9223372036854775));
}

TEST(NpyHeader, takes_any_byte_order_for_one_byte) {
  for (const char* descr : {"'|b1'", "'<b1'", "'>b1'"})
    EXPECT_EQ(read(with_descr(descr)).dtype, DType::bool_);
}

TEST(NpyHeader, refuses_another_mark) {
  EXPECT_EQ(error_of_file("PK\3\4 and so on"),
            "x.npy: byte 0: not an .npy file\n"
            "  expected  \"\\x93NUMPY\"\n"
            "  got       \"PK\\x03\\x04 a\"\n"
            "  why       these bytes begin a zip archive, such as an .npz or PyTorch's .pt\n"
            "  fix       numpy.save('x.npy', x)");
}

TEST(NpyHeader, refuses_an_unknown_version) {
  EXPECT_EQ(error_of_file(std::string("\x93NUMPY\4\0\0\0", 10)),
            "x.npy: byte 6: unknown version 4.0 of .npy\n"
            "  expected  1.0, 2.0 or 3.0\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  EXPECT_THAT(error_of_file(std::string("\x93NUMPY\1\1\0\0", 10)), testing::HasSubstr("unknown version 1.1"));
  EXPECT_THAT(error_of_file(std::string("\x93NUMPY\0\0\0\0", 10)), testing::HasSubstr("unknown version 0.0"));
}

TEST(NpyHeader, refuses_a_file_that_ends_in_it) {
  EXPECT_EQ(error_of_file(""),
            "x.npy: byte 0: the file ends inside its header\n"
            "  expected  10 bytes or more\n"
            "  got       0 bytes\n"
            "  why       the file is empty\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  EXPECT_EQ(error_of_file(std::string("\x93NUMPY\2\0\0", 9)),
            "x.npy: byte 9: the file ends inside its header\n"
            "  expected  12 bytes or more\n"
            "  got       9 bytes\n"
            "  why       the file was cut off, as by a full disk or a broken download\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
}

TEST(NpyHeader, refuses_a_size_of_gigabytes) {
  EXPECT_EQ(error_of_file(std::string("\x93NUMPY\2\0\xff\xff\xff\xff{}", 14)),
            "x.npy: byte 14: the file ends inside its header\n"
            "  expected  4294967307 bytes or more\n"
            "  got       14 bytes\n"
            "  why       the file was cut off, as by a full disk or a broken download\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
}

TEST(NpyHeader, refuses_what_is_no_dict) {
  EXPECT_EQ(error_of("[]"),
            "x.npy: byte 10: the header is not written as NumPy writes it\n"
            "  expected  \"{\"\n"
            "  got       \"[]\"\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  EXPECT_EQ(error_of("{'descr': '<f4'"),
            "x.npy: byte 25: the header is not written as NumPy writes it\n"
            "  expected  \",\" or \"}\"\n"
            "  got       the end of the header\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  EXPECT_EQ(error_of("{'descr' '<f4'}"),
            "x.npy: byte 19: the header is not written as NumPy writes it\n"
            "  expected  \":\"\n"
            "  got       \"'<f4'}\"\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  EXPECT_EQ(error_of("{descr: '<f4'}"),
            "x.npy: byte 11: the header is not written as NumPy writes it\n"
            "  expected  a key in quotes\n"
            "  got       \"descr: '<f4'}\"\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  EXPECT_EQ(error_of("{'descr"),
            "x.npy: byte 17: the header is not written as NumPy writes it\n"
            "  expected  the closing quote\n"
            "  got       the end of the header\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  EXPECT_EQ(error_of("{'de\\x73cr': 1}"),
            "x.npy: byte 14: the header is not written as NumPy writes it\n"
            "  expected  text without escapes\n"
            "  got       \"\\\\x73cr': 1}\"\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  EXPECT_EQ(error_of("{'fortran_order': 0}"),
            "x.npy: byte 28: the header is not written as NumPy writes it\n"
            "  expected  True or False\n"
            "  got       \"0}\"\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
}

TEST(NpyHeader, refuses_anything_after_the_dict) {
  EXPECT_EQ(error_of(with_shape("()") + " 1"),
            "x.npy: byte 64: the header is not written as NumPy writes it\n"
            "  expected  spaces and a newline\n"
            "  got       \"1\"\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  EXPECT_EQ(error_of(with_shape("()") + std::string(1, '\0')),
            "x.npy: byte 63: the header is not written as NumPy writes it\n"
            "  expected  spaces and a newline\n"
            "  got       \"\\x00\"\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
}

TEST(NpyHeader, refuses_shapes_that_are_none) {
  const std::string start = "x.npy: byte 60: the header is not written as NumPy writes it\n";
  EXPECT_EQ(error_of(with_shape("3")),
            start +
                "  expected  \"(\"\n"
                "  got       \"3}\"\n"
                "  why       NumPy writes no such header: the file was changed, or another program made it\n"
                "  fix       copy it again, or write it again:\n"
                "            numpy.save('x.npy', x)");
  EXPECT_EQ(error_of(with_shape("(3)")),
            "x.npy: byte 62: the header is not written as NumPy writes it\n"
            "  expected  \",\"\n"
            "  got       \")}\"\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  for (const char* shape :
       {"(,)", "(03,)", "(3,,)", "(3.0,)", "(3 4)", "('3',)", "((3,),)", "(3", "(-,)", "(+3,)"}) {
    EXPECT_THAT(error_of(with_shape(shape)), testing::HasSubstr("not written as NumPy writes it")) << shape;
  }
}

TEST(NpyHeader, refuses_a_negative_size) {
  EXPECT_EQ(error_of(with_shape("(3, -4)")),
            "x.npy: byte 64: the shape has a negative size\n"
            "  expected  0 or more\n"
            "  got       -4\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
}

TEST(NpyHeader, refuses_a_size_beyond_int64) {
  EXPECT_EQ(error_of(with_shape("(9223372036854775808,)")),
            "x.npy: byte 61: the shape has a size that no file can hold\n"
            "  expected  at most 9223372036854775807\n"
            "  got       \"9223372036854775808\"\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
}

TEST(NpyHeader, refuses_a_shape_whose_product_overflows) {
  EXPECT_EQ(error_of(with_shape("(4294967296, 4294967296)")),
            "x.npy: byte 60: the shape is larger than any file\n"
            "  expected  fewer than 2^63 bytes of data\n"
            "  got       float32 (4294967296, 4294967296)\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  EXPECT_THAT(error_of(with_shape("(0, 4294967296, 4294967296)")),
              testing::HasSubstr("larger than any file"));
}

TEST(NpyHeader, refuses_keys_unknown_twice_and_missing) {
  EXPECT_EQ(error_of("{'descr': '<f4', 'order': True}"),
            "x.npy: byte 27: unknown key \"order\" in the header\n"
            "  expected  descr, fortran_order and shape\n"
            "  why       NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix       copy it again, or write it again:\n"
            "            numpy.save('x.npy', x)");
  EXPECT_EQ(error_of("{'descr': '<f4', 'descr': '<f4'}"),
            "x.npy: byte 27: the header has the key \"descr\" twice\n"
            "  why  NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix  copy it again, or write it again:\n"
            "       numpy.save('x.npy', x)");
  EXPECT_EQ(error_of("{}"),
            "x.npy: byte 11: the header has no key \"descr\"\n"
            "  why  NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix  copy it again, or write it again:\n"
            "       numpy.save('x.npy', x)");
  EXPECT_EQ(error_of("{'descr': '<f4'}"),
            "x.npy: byte 25: the header has no key \"fortran_order\"\n"
            "  why  NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix  copy it again, or write it again:\n"
            "       numpy.save('x.npy', x)");
  EXPECT_EQ(error_of("{'descr': '<f4', 'fortran_order': True, }"),
            "x.npy: byte 50: the header has no key \"shape\"\n"
            "  why  NumPy writes no such header: the file was changed, or another program made it\n"
            "  fix  copy it again, or write it again:\n"
            "       numpy.save('x.npy', x)");
}

TEST(NpyHeader, refuses_an_unknown_dtype) {
  EXPECT_EQ(error_of(with_descr("'<c8'")),
            "x.npy: byte 20: unknown type \"<c8\"\n"
            "  expected  < or > and one of b1 u1 i1 i2 u2 f2 i4 u4 f4 f8 i8 u8\n"
            "  why       a complex number is two numbers\n"
            "  fix       two features of each: numpy.concatenate([x.real, x.imag], axis=-1)");
  for (const char* descr : {"''", "'<'", "'f4'", "'=f4'", "'|f4'", "'<f16'", "'<U2'", "'|V2'", "'<'"}) {
    EXPECT_THAT(error_of(with_descr(descr)), testing::HasSubstr("unknown type")) << descr;
  }
}

TEST(NpyHeader, refuses_python_objects) {
  EXPECT_EQ(error_of(with_descr("'|O'")),
            "x.npy: byte 20: the array holds Python objects, expected numbers\n"
            "  why  they are stored as a pickle, which can run code; it is never opened\n"
            "  fix  numbers alone: x.astype(numpy.float32)\n"
            "       sequences that differ in length: torch.nn.utils.rnn.pad_sequence(\n"
            "           [torch.as_tensor(s) for s in x], batch_first=True).numpy()");
}

TEST(NpyHeader, refuses_structures) {
  EXPECT_EQ(error_of(with_descr("[('x', '<f4')]")),
            "x.npy: byte 20: the array holds structures, expected numbers\n"
            "  why  each place has several values, with names, where one number is expected\n"
            "  fix  the fields as features: numpy.lib.recfunctions.structured_to_unstructured(x)");
}

TEST(NpyHeader, writes_version_2_when_2_bytes_cannot_count_it) {
  const std::vector<int64_t> shape(30000, 1);
  const std::string header = write_npy_header(DType::int8, shape);
  EXPECT_EQ(header.substr(6, 2), std::string("\2\0", 2));
  EXPECT_EQ(header.size() % 64, 0u);
  const NpyHeader back = read_npy_header(header, "x.npy");
  EXPECT_EQ(back.shape, shape);
  EXPECT_EQ(back.data_offset, static_cast<int64_t>(header.size()));
}

TEST(NpyHeader, refuses_to_write_bfloat16) {
  EXPECT_EQ(error_text<OptionError>([] { write_npy_header(DType::bfloat16, {}); }),
            "npy: NumPy has no type for bfloat16\n"
            "  fix  convert it to float32: Array::from(to_tensor(array))");
}

}  // namespace
}  // namespace runnel
