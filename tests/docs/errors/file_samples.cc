#include <cerrno>

#include "runnel/base/base_error.h"
#include "runnel/formats/array_errors.h"
#include "runnel/formats/npy_errors.h"
#include "runnel/formats/safetensors_errors.h"
#include "runnel/formats/zip_errors.h"
#include "runnel/kernels/kernel_error.h"

#include "tests/docs/errors/error_table.h"

namespace runnel::docs {
namespace {

using namespace errors;

const std::vector<int64_t> kSizes = {32, 57};
constexpr const char* kNpy = "x.npy";
constexpr const char* kNpz = "x.npz";
constexpr const char* kTensors = "w.safetensors";

ErrorTable array_table() {
  ErrorTable t("runnel/formats/array_errors.h", "Arrays");
  const Shape expected{{"batch", 32}, {"seq", 60}}, got{{"batch", 32}, {"seq", 57}};
  t.add("array_shape_impossible", array_shape_impossible(DType::float32, std::vector<int64_t>{-1, 57}));
  t.add("array_bytes", array_bytes(DType::float32, kSizes, 7296, 7292));
  t.add("array_name_twice", array_name_twice("input"));
  t.add("array_too_many_axes", array_too_many_axes(std::vector<int64_t>(7, 2)));
  t.add("array_rank", array_rank("lengths", Shape{{"batch"}}, kSizes));
  t.add("array_size", array_size("h_0", expected, got, 1));
  t.add("array_not_integer", array_not_integer("lengths", DType::float32));
  t.add("array_element_unfit", array_element_unfit("input", {.place = "[0, 2]",
                                                             .value = "5000000000",
                                                             .expected = "-2147483648 … 2147483647",
                                                             .type = "int32"}));
  return t;
}

ErrorTable npy_table() {
  ErrorTable t("runnel/formats/npy_errors.h", "Files: npy");
  const NpyData data{.offset = 128, .needed = 7296, .got = 7292, .dtype = DType::float32, .shape = kSizes};
  t.add("npy_mark", npy_mark(kNpy, "PK\3\4"));
  t.add("npy_version", npy_version(kNpy, 4, 0));
  t.add("npy_header_cut", npy_header_cut(kNpy, 118, 50));
  t.add("npy_syntax", npy_syntax(kNpy, 21, "':'", "'='"));
  t.add("npy_key_unknown", npy_key_unknown(kNpy, 21, "order"));
  t.add("npy_key_twice", npy_key_twice(kNpy, 21, "shape"));
  t.add("npy_key_missing", npy_key_missing(kNpy, 21, "shape"));
  t.add("npy_dtype_unknown", npy_dtype_unknown(kNpy, 21, "<c8"));
  t.add("npy_dtype_structured", npy_dtype_structured(kNpy, 21));
  t.add("npy_dtype_object", npy_dtype_object(kNpy, 21));
  t.add("npy_size_negative", npy_size_negative(kNpy, 60, "-1"));
  t.add("npy_size_huge", npy_size_huge(kNpy, 60, "99999999999999999999"));
  t.add("npy_shape_overflow", npy_shape_overflow(kNpy, 60, DType::float32, kSizes));
  t.add("npy_data_cut", npy_data_cut(kNpy, data));
  t.add("npy_data_surplus", npy_data_surplus(kNpy, data));
  t.add("npy_dtype_unwritable", npy_dtype_unwritable(DType::bfloat16));
  return t;
}

ErrorTable zip_table() {
  ErrorTable t("runnel/formats/zip_errors.h", "Files: npz");
  t.add("zip_mark", zip_mark(kNpz, "\x93NUM"));
  t.add("zip_damaged", zip_damaged(kNpz, 4096, "Zip archive inconsistent"));
  t.add("zip_entry_encrypted", zip_entry_encrypted(kNpz, "input.npy"));
  t.add("zip_entry_method", zip_entry_method(kNpz, "input.npy", 12));
  t.add("zip_entry_size", zip_entry_size(kNpz, "input.npy", 100, 1'000'000));
  t.add("zip_packed_total", zip_packed_total(kNpz, 5000, 4096));
  t.add("zip_unpacked_total", zip_unpacked_total(kNpz, 300 << 20, 256 << 20));
  t.add("zip_entry_damaged", zip_entry_damaged(kNpz, "input.npy", 77, "CRC error"));
  t.add("zip_entry_length", zip_entry_length(kNpz, "input.npy", 7424, 7420));
  t.add("npz_entry_name", npz_entry_name(kNpz, "input.txt"));
  t.add("npz_name_unwritable", npz_name_unwritable("a\nb"));
  t.add("zip_unwritable", zip_unwritable("Malloc failure"));
  return t;
}

ErrorTable safetensors_table() {
  ErrorTable t("runnel/formats/safetensors_errors.h", "Files: safetensors");
  const SafetensorsEntry w{.name = "weight", .shape = {2, 3}, .begin = 0, .end = 24, .header_place = 9};
  const SafetensorsEntry b{.name = "bias", .shape = {2}, .begin = 20, .end = 28, .header_place = 70};
  t.add("safetensors_too_short", safetensors_too_short(kTensors, 5));
  t.add("safetensors_header_huge", safetensors_header_huge(kTensors, uint64_t{1} << 40));
  t.add("safetensors_header_cut", safetensors_header_cut(kTensors, 4000, 100));
  t.add("safetensors_header_start", safetensors_header_start(kTensors, "["));
  t.add("safetensors_json", safetensors_json(kTensors, 40, "\"dtype\" \"F32\""));
  t.add("safetensors_kind",
        safetensors_kind(kTensors, 40, "\"shape\" of tensor \"w\"", "a list of sizes", "a text"));
  t.add("safetensors_twice", safetensors_twice(kTensors, 40, "tensor \"weight\""));
  t.add("safetensors_field_unknown", safetensors_field_unknown(kTensors, 40, "weight", "order"));
  t.add("safetensors_field_missing", safetensors_field_missing(kTensors, w, "shape"));
  t.add("safetensors_dtype_unknown", safetensors_dtype_unknown(kTensors, 40, "weight", "C64"));
  t.add("safetensors_offset_count", safetensors_offset_count(kTensors, w, 3));
  t.add("safetensors_offsets_reversed", safetensors_offsets_reversed(kTensors, w));
  t.add("safetensors_shape_overflow", safetensors_shape_overflow(kTensors, w));
  t.add("safetensors_wrong_size", safetensors_wrong_size(kTensors, w, 20));
  t.add("safetensors_past_end", safetensors_past_end(kTensors, w, 20));
  t.add("safetensors_overlap", safetensors_overlap(kTensors, 100, w, b));
  t.add("safetensors_hole", safetensors_hole(kTensors, 100, 4, b));
  t.add("safetensors_surplus", safetensors_surplus(kTensors, 128, 4));
  t.add("safetensors_name_reserved", safetensors_name_reserved());
  t.add("safetensors_not_utf8", safetensors_not_utf8("the name of a tensor", "caf\xE9"));
  t.add("safetensors_header_unwritable", safetensors_header_unwritable(size_t{1} << 30));
  return t;
}

ErrorTable base_table() {
  ErrorTable t("runnel/base/base_error.h", "Files and threads");
  t.add("system_failure", system_failure("x.npy", "cannot open", EACCES));
  t.add("no_such_file",
        no_such_file({.path = "x.npy", .missing = "x.npy", .looked_in = "/home/me", .nearest = "y.npy"}));
  t.add("no_such_file",
        no_such_file(
            {.path = "dta/x.npy", .missing = "dta", .looked_in = "/home/me", .nearest = "data/x.npy"}));
  t.add("folder_for_file", folder_for_file("parts"));
  t.add("folder_for_output", folder_for_output("parts"));
  t.add("no_folder_for_output", no_folder_for_output("nosuch/m.safetensors", "nosuch", ENOENT));
  t.add("file_too_large", file_too_large("x.npy", int64_t{1} << 50));
  t.add("bad_thread_count", bad_thread_count(0, 1024));
  return t;
}

ErrorTable kernel_table() {
  ErrorTable t("runnel/kernels/kernel_error.h", "The machine");
  t.add("no_such_target", no_such_target("avx1024", std::vector<std::string>{"avx2", "sse4", "portable"}));
  t.add("too_many_threads", too_many_threads(8, 2));
  t.add("no_threads_to_measure", no_threads_to_measure(8));
  return t;
}

}  // namespace

std::vector<ErrorTable> file_tables() {
  return {base_table(), array_table(), npy_table(), zip_table(), safetensors_table(), kernel_table()};
}

}  // namespace runnel::docs
