#pragma once

#include <string>
#include <string_view>

#include "runnel/formats/named_arrays.h"

namespace runnel {

/// NumPy's `.npz`: a zip archive in which array `x` is the file `x.npy`.
///
/// Reads entries that are stored or deflated; everything else in the archive is refused, as is an entry that
/// unpacks to more than deflate can have packed, or an archive that unpacks to more than the larger of
/// 256 MiB and 100 times its own size. Source: the documentation of numpy.savez; PKWARE's APPNOTE.TXT.
///
/// Input   bytes  the whole file
///         name   what errors call it; a fault inside an entry is at "name: x.npy", its byte counted from the
///                start of the unpacked entry
/// Output  the arrays in the order of the archive
/// Throws  FormatError when the bytes are not such a file
NamedArrays read_npz(std::string_view bytes, const std::string& name);
/// From a file; from standard input when `path` is "-". Throws  DataError when it cannot be read.
NamedArrays load_npz(const std::string& path);

struct NpzOptions {
  bool compressed = false;  ///< deflate, as numpy.savez_compressed; else stored, as numpy.savez
};

/// A zip archive that numpy.load opens. The same arrays in the same order give the same bytes: every entry is
/// dated 1980-01-01, as in numpy.savez. (Deflated bytes also depend on the version of zlib.)
///
/// Throws  OptionError for bfloat16, and for a name that is not UTF-8 or has control characters
std::string write_npz(const NamedArrays& arrays, const NpzOptions& options = {});
/// Into a file, all or nothing. Throws  DataError when it cannot be written.
void save_npz(const std::string& path, const NamedArrays& arrays, const NpzOptions& options = {});

}  // namespace runnel
