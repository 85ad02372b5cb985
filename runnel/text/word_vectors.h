#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "runnel/text/vocabulary.h"

namespace runnel {

/// How word vectors are written down.
///
///     text    [ count dim ] \n  { word number … number \n }
///             (GloVe; word2vec and fastText with the header)
///     binary  count dim \n  { word " " dim little-endian float32 [ \n ] }
///             (word2vec's .bin)
enum class WordVectorFormat {
  automatic,  ///< told by the first bytes
  text,
  binary,
};

struct WordVectorOptions {
  WordVectorFormat format = WordVectorFormat::automatic;
  int64_t dim = 0;  ///< the length that a vector must have, an Embedding's embedding_dim; 0 = any
};

struct WordVectorReport {
  int64_t found = 0;       ///< words of the vocabulary that the file has, <pad> and <unk> aside
  int64_t missing = 0;     ///< words of the vocabulary that the file has not, <pad> and <unk> aside
  int64_t in_file = 0;     ///< words in the file
  int64_t duplicates = 0;  ///< later vectors of a word of the vocabulary; the first one is kept
  int64_t not_utf8 = 0;    ///< words that are not UTF-8 and were passed over:
                           ///< word2vec cuts long words anywhere
};

/// The vectors of a vocabulary's words, ready to fill the weight of an Embedding.
struct WordVectors {
  int64_t dim = 0;
  std::vector<float>
      values;  ///< [vocab, feature = dim], the first index varying slowest; 0 where none was found
  std::vector<int32_t> ids;  ///< the rows that were found, ascending
  WordVectorReport report;
};

/// Reads the vectors of the words of `vocabulary`, spelled exactly so, from a file ("-" is standard input).
/// Reads in one pass and keeps only these vectors: memory is size() · dim floats, however large the file.
/// A word "<unk>" in the file fills row 1; row 0, `<pad>`, stays zero. In text, a word may hold blanks: the
/// last `dim` fields are its vector. A first line of two whole numbers is a header. Empty lines are passed
/// over. Numbers of words that are not kept are counted, not read.
///
/// Throws  DataError, with the line and the byte in it, for a vector of another length than the first
///         (or than the header says, or than `options.dim`), for what is no number or not finite, and when
///         the header promises another number of words; also when the file cannot be read,
///         or is empty or compressed.
///         FormatError, with the byte, for the same faults of a binary file, and where it ends too soon.
WordVectors read_word_vectors(const std::string& path, const Vocabulary& vocabulary,
                              const WordVectorOptions& options = {});
/// The same from a stream, which errors call `name`.
WordVectors read_word_vectors(std::istream& stream, const std::string& name, const Vocabulary& vocabulary,
                              const WordVectorOptions& options = {});

}  // namespace runnel
