#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runnel/base/error.h"

/// The sentences of text/, each made in one place.
namespace runnel::errors {

/// `offset` is the first byte at fault, `place` where it stands.
DataError invalid_utf8(std::string_view text, size_t offset, const DataPlace& place);

OptionError unknown_tokenizer(std::string_view name);

OptionError min_count_too_small(int64_t min_count);
OptionError max_size_too_small(int64_t max_size);
OptionError id_outside_vocabulary(int64_t id, int64_t size);
/// A vocabulary that was read back does not begin with `<pad>`, `<unk>`.
DataError special_missing(const std::string& source, int32_t id, std::string_view expected,
                          std::string_view got);
DataError special_missing(const std::string& source, int32_t id, std::string_view expected);
/// A vocabulary that was read back has a word twice.
DataError word_twice(const std::string& source, std::string_view word, int32_t first, int32_t second);

/// A stream that cannot be read.
DataError unreadable_stream(const std::string& name);
DataError line_too_long(const std::string& name, int64_t line, size_t limit);

/// Files of word vectors, text and binary.
DataError compressed(const std::string& file);
DataError no_word_vectors(const std::string& file);

/// Word vectors as text.
DataError word_count_differs(const std::string& file, int64_t promised, int64_t got);
DataError absurd_dim(const DataPlace& place, int64_t dim, int64_t most);
DataError other_dim(const DataPlace& place, int64_t wanted, int64_t got);
/// `reason` says where the expected number comes from: "as the header says".
DataError wrong_value_count(const DataPlace& place, std::string_view word, size_t got, size_t expected,
                            const std::string& reason);
DataError no_word(const DataPlace& place);
DataError not_a_number(const DataPlace& place, std::string_view text);
DataError not_finite(const DataPlace& place, std::string_view text);

/// Word vectors as word2vec's binary file. Words are numbered from 1.
FormatError no_binary_header(const std::string& file);
FormatError absurd_binary_dim(const std::string& file, int64_t dim, int64_t most);
FormatError other_binary_dim(const std::string& file, int64_t wanted, int64_t got);
FormatError binary_ends(const std::string& file, int64_t offset, int64_t word, int64_t promised);
FormatError no_blank_after_word(const std::string& file, int64_t offset, size_t limit);
FormatError binary_not_finite(const std::string& file, int64_t offset, std::string_view word);
FormatError bytes_after_last_word(const std::string& file, int64_t offset, int64_t promised);

}  // namespace runnel::errors
