#include "runnel/formats/npy.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runnel/base/files.h"
#include "runnel/formats/names.h"
#include "runnel/formats/npy_errors.h"
#include "runnel/formats/npy_header.h"

namespace runnel {
namespace {

void swap_bytes(std::string& bytes, int64_t item_size) {
  for (auto item = bytes.begin(); item != bytes.end(); item += item_size)
    std::reverse(item, item + item_size);
}

/// Elements in Fortran order (the first axis varies fastest) put into C order.
std::string to_c_order(std::string_view bytes, const std::vector<int64_t>& shape, int64_t item_size) {
  // Axes of one place move nothing; without them every step of the odometer below is cheap.
  std::vector<int64_t> sizes;
  std::vector<int64_t> strides;  // in bytes of the source
  int64_t stride = item_size;
  for (int64_t size : shape) {
    if (size == 1) continue;
    sizes.push_back(size);
    strides.push_back(stride);
    stride *= size;
  }
  std::string result(bytes.size(), '\0');
  std::vector<int64_t> place(sizes.size(), 0);
  int64_t source = 0;
  for (size_t target = 0; target < result.size(); target += static_cast<size_t>(item_size)) {
    std::memcpy(result.data() + target, bytes.data() + source, static_cast<size_t>(item_size));
    for (size_t i = sizes.size(); i-- > 0;) {
      source += strides[i];
      if (++place[i] < sizes[i]) break;
      source -= strides[i] * sizes[i];
      place[i] = 0;
    }
  }
  return result;
}

}  // namespace

Array read_npy(std::string_view bytes, const std::string& name) {
  NpyHeader header = read_npy_header(bytes, name);
  const std::string_view data = bytes.substr(static_cast<size_t>(header.data_offset));
  const errors::NpyData sizes{.offset = header.data_offset,
                              .needed = byte_count(header.dtype, header.shape).value(),
                              .got = static_cast<int64_t>(data.size()),
                              .dtype = header.dtype,
                              .shape = header.shape};
  if (sizes.got < sizes.needed) throw errors::npy_data_cut(name, sizes);
  if (sizes.got > sizes.needed) throw errors::npy_data_surplus(name, sizes);

  const int64_t item_size = info(header.dtype).item_size;
  std::string elements = header.fortran_order ? to_c_order(data, header.shape, item_size) : std::string(data);
  if (header.big_endian) swap_bytes(elements, item_size);
  return Array(header.dtype, std::move(header.shape), std::move(elements));
}

Array load_npy(const std::string& path) { return read_npy(read_file(path), display_name(path)); }

std::string write_npy(const Array& array) {
  return write_npy_header(array.dtype(), array.shape()) + array.bytes();
}

void save_npy(const std::string& path, const Array& array) { write_file_atomically(path, write_npy(array)); }

}  // namespace runnel
