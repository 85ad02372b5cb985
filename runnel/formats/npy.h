#pragma once

#include <string>
#include <string_view>

#include "runnel/formats/array.h"

namespace runnel {

/// NumPy's `.npy`: one array.
///
///     file     "\x93NUMPY" major minor header_size header data
///     version  1.0: header_size is 2 bytes; 2.0: 4 bytes; 3.0: 4 bytes and the header is UTF-8
///     header   a Python dict with exactly three keys, padded with spaces and ended by a newline:
///              {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
///     data     product(shape) elements and nothing after them
///
/// Source: NEP 1 and numpy.lib.format's documentation.
///
/// Reads versions 1.0, 2.0 and 3.0, both byte orders, C and Fortran order (turned into C order), and every
/// DType but bfloat16, which NumPy has no code for. Python objects, structures, text and complex numbers
/// are refused.
///
/// Input   bytes  the whole file
///         name   what errors call it
/// Throws  FormatError when the bytes are not such a file, all of it and nothing more
Array read_npy(std::string_view bytes, const std::string& name);
/// From a file; from standard input when `path` is "-". Throws  DataError when it cannot be read.
Array load_npy(const std::string& path);

/// The same bytes that numpy.save writes: C order, little-endian, version 1.0,
/// or 2.0 when the header needs it.
///
/// Throws  OptionError for bfloat16
std::string write_npy(const Array& array);
/// Into a file, all or nothing. Throws  DataError when it cannot be written.
void save_npy(const std::string& path, const Array& array);

}  // namespace runnel
