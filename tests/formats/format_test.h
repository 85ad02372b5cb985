#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/base/error.h"
#include "runnel/base/files.h"
#include "runnel/base/random.h"
#include "runnel/formats/named_arrays.h"

/// What the tests of runnel/formats share.
namespace runnel::formats_test {

/// The bytes of a file that NumPy or safetensors wrote: tests/formats/data/make.py.
inline std::string data_file(const std::string& name) {
  return read_file(std::string(RUNNEL_SOURCE_DIR) + "/tests/formats/data/" + name);
}

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

template <class T>
Array array_of(DType dtype, std::vector<int64_t> shape, const std::vector<T>& values) {
  return Array(dtype, std::move(shape), bytes_of(values));
}

/// `size` bytes of `value`, the lowest first.
inline std::string little_endian(uint64_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xff);
  return bytes;
}

/// The text of the error that `body` throws; "no error" when there is none. Another class of error fails.
template <class Expected, class Body>
std::string error_text(Body body) {
  try {
    body();
  } catch (const Expected& error) {
    return error.what();
  }
  return "no error";
}

/// What a FormatError must say. `read` reads a file, as read_npy does.
template <class Read>
std::string format_error(Read read, const std::string& bytes, const std::string& name) {
  return error_text<FormatError>([&] { read(bytes, name); });
}

/// One to four random changes: bits flipped, bytes set, cut out, put in, copied elsewhere, or numbers of 2, 4
/// or 8 bytes set to values at the edge of their range.
inline std::string mutate(std::string bytes, Generator& random) {
  const auto below = [&](size_t n) { return static_cast<size_t>(random.below(static_cast<int64_t>(n))); };
  for (size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) {
    const size_t at = below(bytes.size());
    const size_t length = 1 + below(std::min<size_t>(bytes.size() - at, 16));
    switch (below(6)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(below(256));
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, std::string(length, static_cast<char>(below(256))));
        break;
      case 4:
        bytes.insert(below(bytes.size()), bytes.substr(at, length));
        break;
      default: {
        constexpr uint64_t kEdges[] = {0,      1,          0x7f,       0xff,      0x7fff,
                                       0xffff, 0x7fffffff, 0xffffffff, INT64_MAX, UINT64_MAX};
        const std::string number = little_endian(kEdges[below(std::size(kEdges))], 1 << (1 + below(3)));
        bytes.replace(at, std::min(number.size(), bytes.size() - at), number);
      }
    }
  }
  return bytes;
}

/// What can be done with arrays that were read from anywhere; must not crash.
inline void use(const Array& array) {
  try {
    to_tensor(array);
  } catch (const Error&) {  // of more axes than a Shape has, or float64 beyond float32
  }
  try {
    to_ids(array);
  } catch (const Error&) {
  }
}

/// Cuts the file after every byte. `read_and_use` throws nothing but FormatError, and throws it for every cut
/// that `may_be_whole` does not name.
inline void expect_every_cut_refused(const std::string& bytes,
                                     const std::function<void(const std::string&)>& read_and_use) {
  EXPECT_NO_THROW(read_and_use(bytes));
  for (size_t size = 0; size < bytes.size(); ++size) {
    try {
      read_and_use(bytes.substr(0, size));
      ADD_FAILURE() << "the first " << size << " bytes of " << bytes.size() << " were taken for a whole file";
    } catch (const FormatError& error) {
      EXPECT_LE(error.offset(), static_cast<int64_t>(size)) << error.what();
    }
  }
}

/// Reads thousands of changed files. Anything but success or FormatError fails; returns how many were
/// refused.
inline int expect_no_crash(const std::string& bytes, int count,
                           const std::function<void(const std::string&)>& read_and_use) {
  Generator random(20240607);
  int refused = 0;
  for (int i = 0; i < count; ++i) {
    const std::string changed = mutate(bytes, random);
    try {
      read_and_use(changed);
    } catch (const FormatError& error) {
      ++refused;
      EXPECT_GE(error.offset(), 0) << error.what();
    } catch (const std::exception& error) {
      ADD_FAILURE() << "change " << i << ": " << error.what();
    }
  }
  return refused;
}

}  // namespace runnel::formats_test
