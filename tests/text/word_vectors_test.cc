#include "runnel/text/word_vectors.h"

#include <bit>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>
#include <sstream>

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

/// Rows: 0 <pad>, 1 <unk>, 2 cat, 3 dog, 4 été, 5 "at home"
Vocabulary vocabulary() {
  return Vocabulary::from_tokens({"<pad>", "<unk>", "cat", "dog", "été", "at home"});
}

WordVectors read(const std::string& content, const WordVectorOptions& options = {}) {
  std::istringstream stream(content);
  return read_word_vectors(stream, "v", vocabulary(), options);
}

std::string error_of(const std::string& content, const WordVectorOptions& options = {}) {
  return runnel::error_of([&] { read(content, options); });
}

std::vector<float> row(const WordVectors& vectors, int64_t id) {
  const auto begin = vectors.values.begin() + id * vectors.dim;
  return {begin, begin + vectors.dim};
}

/// One record of word2vec's binary file.
std::string record(const std::string& word, const std::vector<float>& values) {
  std::string bytes = word + " ";
  for (float value : values) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xFF);
  }
  return bytes + "\n";
}

TEST(WordVectors, reads_glove_text) {
  const WordVectors vectors = read("the 9 9 9\ncat 0.5 -1.25 1e-3\nété +2 .5 3.\n");
  EXPECT_EQ(vectors.dim, 3);
  EXPECT_EQ(vectors.values.size(), 6u * 3u);
  EXPECT_THAT(row(vectors, 2), ElementsAre(0.5f, -1.25f, 1e-3f));
  EXPECT_THAT(row(vectors, 4), ElementsAre(2.0f, 0.5f, 3.0f));
  EXPECT_THAT(row(vectors, 3), ElementsAre(0, 0, 0));
  EXPECT_THAT(vectors.ids, ElementsAre(2, 4));
  EXPECT_EQ(vectors.report.found, 2);
  EXPECT_EQ(vectors.report.missing, 2);
  EXPECT_EQ(vectors.report.in_file, 3);
}

TEST(WordVectors, reads_word2vec_text_with_its_header) {
  const WordVectors vectors = read("2 3\ncat 1 2 3 \r\ndog 4 5 6 \r\n");
  EXPECT_THAT(row(vectors, 2), ElementsAre(1, 2, 3));
  EXPECT_THAT(row(vectors, 3), ElementsAre(4, 5, 6));
  EXPECT_EQ(vectors.report.in_file, 2);
}

TEST(WordVectors, reads_word2vec_binary) {
  const std::string content = "4 2\n" + record("dog", {1.5f, -2.0f}) + record("the", {9, 9}) +
                              record("cat", {3, 4}) + record("<unk>", {0.25f, 0.5f});
  for (WordVectorFormat format : {WordVectorFormat::automatic, WordVectorFormat::binary}) {
    const WordVectors vectors = read(content, {.format = format});
    EXPECT_EQ(vectors.dim, 2);
    EXPECT_THAT(row(vectors, 2), ElementsAre(3, 4));
    EXPECT_THAT(row(vectors, 3), ElementsAre(1.5f, -2.0f));
    EXPECT_THAT(row(vectors, 1), ElementsAre(0.25f, 0.5f));
    EXPECT_THAT(vectors.ids, ElementsAre(1, 2, 3));
    EXPECT_EQ(vectors.report.found, 2);
    EXPECT_EQ(vectors.report.missing, 2);
    EXPECT_EQ(vectors.report.in_file, 4);
  }
}

TEST(WordVectors, reads_binary_records_without_line_ends) {
  std::string first = record("cat", {10.0f, 2.6e-44f});
  first.pop_back();
  EXPECT_THAT(row(read("2 2\n" + first + record("dog", {1, 2})), 3), ElementsAre(1, 2));
}

TEST(WordVectors, keeps_the_first_vector_of_a_word) {
  const WordVectors vectors = read("cat 1 2\ndog 3 4\ncat 5 6\n");
  EXPECT_THAT(row(vectors, 2), ElementsAre(1, 2));
  EXPECT_EQ(vectors.report.duplicates, 1);
  EXPECT_EQ(vectors.report.found, 2);
}

TEST(WordVectors, fill_unk_but_never_pad) {
  const WordVectors vectors = read("<unk> 1 2\n<pad> 3 4\n");
  EXPECT_THAT(row(vectors, 0), ElementsAre(0, 0));
  EXPECT_THAT(row(vectors, 1), ElementsAre(1, 2));
  EXPECT_THAT(vectors.ids, ElementsAre(1));
  EXPECT_EQ(vectors.report.found, 0);
  EXPECT_EQ(vectors.report.missing, 4);
}

TEST(WordVectors, take_a_word_with_blanks_as_glove_writes_it) {
  const WordVectors vectors = read("cat 1 2\nat home 3 4\n. . . 5 6\n");
  EXPECT_THAT(row(vectors, 5), ElementsAre(3, 4));
  EXPECT_EQ(vectors.report.in_file, 3);
}

TEST(WordVectors, pass_over_words_that_are_not_utf8) {
  const WordVectors vectors = read("cat 1 2\n\xC3 5 6\ndog 3 4\n");
  EXPECT_EQ(vectors.report.not_utf8, 1);
  EXPECT_EQ(vectors.report.found, 2);
}

TEST(WordVectors, skip_a_byte_order_mark_and_empty_lines) {
  const WordVectors vectors = read(
      "\xEF\xBB\xBF"
      "cat 1 2\n\ndog 3 4\n\n");
  EXPECT_EQ(vectors.report.found, 2);
  EXPECT_EQ(vectors.report.in_file, 2);
}

TEST(WordVectors, round_decimals_to_the_nearest_float) {
  const WordVectors vectors = read("cat 1e-50 1e-400 1e-40 3.4028235e38 0.1\n");
  EXPECT_THAT(row(vectors, 2), ElementsAre(0.0f, 0.0f, 1e-40f, std::numeric_limits<float>::max(), 0.1f));
}

TEST(WordVectors, refuse_a_vector_of_another_length) {
  EXPECT_EQ(error_of("the 1 2 3\ncat 1 2\n"),
            "DataError v:2: \"cat\" has 2 numbers, expected 3, as in line 1\n"
            "  why  the line was cut off, or a number is missing\n"
            "  fix  sed -n 2p v shows the line");
  EXPECT_EQ(error_of("the 1 2\ncat 1 2 3\n"),
            "DataError v:2: \"cat\" has 3 numbers, expected 2, as in line 1\n"
            "  why  there is a number too many, or a blank inside one\n"
            "  fix  sed -n 2p v shows the line");
  EXPECT_EQ(error_of("1 3\ncat 1 2\n"),
            "DataError v:2: \"cat\" has 2 numbers, expected 3, as the header says\n"
            "  why  the line was cut off, or a number is missing\n"
            "  fix  sed -n 2p v shows the line");
  EXPECT_EQ(error_of("the 1 2\ncat\n"),
            "DataError v:2: \"cat\" has 0 numbers, expected 2, as in line 1\n"
            "  why  the line was cut off, or a number is missing\n"
            "  fix  sed -n 2p v shows the line");
  EXPECT_EQ(error_of("cat 1 2\n", {.dim = 3}),
            "DataError v:1: the vectors have 2 numbers, expected 3\n"
            "  why  a vector becomes a row of the Embedding, whose embedding_dim is its length\n"
            "  fix  Embedding(2) in the network, or a file of vectors of 3");
  EXPECT_EQ(error_of("cat\n"),
            "DataError v:1: a vector of 0 numbers, expected 1 … 100000\n"
            "  expected  a word and its numbers, with blanks between them\n"
            "  why       this looks like another kind of file than word vectors\n"
            "  fix       sed -n 1p v shows the line");
  EXPECT_THAT(error_of("1 900000000000\ncat 1\n"),
              StartsWith("DataError v:1: a vector of 900000000000 numbers"));
}

TEST(WordVectors, refuse_what_is_no_finite_number) {
  EXPECT_EQ(error_of("cat 1 x2 3\n"),
            "DataError v:1:7: \"x2\" is not a number\n"
            "  fix  a number there, or leave the line out: sed 1d v > NEW");
  EXPECT_EQ(error_of("the 1 1\ncat 1  2.5.1\n"),
            "DataError v:2:8: \"2.5.1\" is not a number\n"
            "  fix  a number there, or leave the line out: sed 2d v > NEW");
  EXPECT_EQ(error_of("cat 1 nan\n"),
            "DataError v:1:7: \"nan\" is not a finite float32\n"
            "  why  the layers compute in float32, which ends at 3.4e38\n"
            "  fix  a smaller number, or leave the line out: sed 1d v > NEW");
  EXPECT_EQ(error_of("cat -inf 1\n"),
            "DataError v:1:5: \"-inf\" is not a finite float32\n"
            "  why  the layers compute in float32, which ends at 3.4e38\n"
            "  fix  a smaller number, or leave the line out: sed 1d v > NEW");
  EXPECT_EQ(error_of("cat 1e39 1\n"),
            "DataError v:1:5: \"1e39\" is not a finite float32\n"
            "  why  the layers compute in float32, which ends at 3.4e38\n"
            "  fix  a smaller number, or leave the line out: sed 1d v > NEW");
  EXPECT_EQ(error_of("cat 1e999 1\n"),
            "DataError v:1:5: \"1e999\" is not a finite float32\n"
            "  why  the layers compute in float32, which ends at 3.4e38\n"
            "  fix  a smaller number, or leave the line out: sed 1d v > NEW");
}

TEST(WordVectors, refuse_files_without_vectors) {
  EXPECT_EQ(error_of(""),
            "DataError v: holds no word vectors\n"
            "  expected  lines of a word and its numbers\n"
            "  why       it is empty, or has a header and nothing else\n"
            "  fix       get the file again, or leave out --vectors");
  EXPECT_EQ(error_of("\n\n"), error_of(""));
  EXPECT_EQ(error_of("0 100000\n"), error_of(""));
  EXPECT_EQ(error_of("cat 1 2\n 1 2\n"),
            "DataError v:2:1: the line begins with a blank, expected a word\n"
            "  why  a blank separates the word from its numbers\n"
            "  fix  sed 's/^ *//' v > NEW");
  EXPECT_EQ(error_of("PK\x03\x04zip"),
            "DataError v: is compressed\n"
            "  why  word vectors are read as text or as word2vec's binary file, unpacked\n"
            "  fix  unzip v, or gunzip < v > NEW");
  EXPECT_EQ(error_of("3 2\ncat 1 2\ndog 1 2\n"),
            "DataError v: holds 2 words, the header promises 3\n"
            "  why  the first line, the header, tells how many words follow\n"
            "  fix  get the file again, it may be cut off; or correct or remove its first line");
}

TEST(WordVectors, refuse_a_binary_file_of_lies_with_the_byte) {
  const std::string good = "2 2\n" + record("cat", {1, 2}) + record("dog", {3, 4});
  EXPECT_EQ(error_of(good), "no error");
  EXPECT_EQ(error_of(good.substr(0, good.size() - 3)),
            "FormatError v: byte 27: the file ends in word 2 of 2\n"
            "  why  it was cut off, as by a full disk or a broken download\n"
            "  fix  get the file again, and compare its size");
  EXPECT_EQ(error_of("9 2\n" + record("cat", {1, 2})),
            "FormatError v: byte 17: the file ends in word 2 of 9\n"
            "  why  it was cut off, as by a full disk or a broken download\n"
            "  fix  get the file again, and compare its size");
  EXPECT_EQ(error_of("1 2\n" + record("cat", {1, 2}) + "more"),
            "FormatError v: byte 17: the file goes on after the 1 words that its header promises\n"
            "  why  the file is damaged, or was not written by word2vec in binary\n"
            "  fix  get the file again, and compare its size");
  EXPECT_EQ(error_of("1 2\n" + record("cat", {1, std::numeric_limits<float>::quiet_NaN()})),
            "FormatError v: byte 12: a number of \"cat\" is not finite\n"
            "  why  the file is damaged, or was not written by word2vec in binary\n"
            "  fix  get the file again, and compare its size");
  EXPECT_EQ(error_of(good, {.dim = 5}),
            "FormatError v: byte 0: the vectors have 2 numbers, expected 5\n"
            "  why  a vector becomes a row of the Embedding, whose embedding_dim is its length\n"
            "  fix  Embedding(2) in the network, or a file of vectors of 5");
  EXPECT_EQ(error_of("1 99999999\ncat \x01\x02\x03\x04", {.format = WordVectorFormat::binary}),
            "FormatError v: byte 0: the header promises vectors of 99999999 numbers, expected 1 … 100000\n"
            "  why  the file is damaged, or was not written by word2vec in binary\n"
            "  fix  get the file again, and compare its size");
  EXPECT_EQ(error_of("cat 1 2\n", {.format = WordVectorFormat::binary}),
            "FormatError v: byte 0: is no binary file of word2vec's\n"
            "  expected  a first line with the number of words and the length of a vector\n"
            "  fix       WordVectorFormat::automatic, which reads texts as well");
  EXPECT_EQ(error_of("1 2\n" + std::string(5000, 'x'), {.format = WordVectorFormat::binary}),
            "FormatError v: byte 4: no word ends within 4096 bytes\n"
            "  expected  a word, a blank, and its numbers\n"
            "  why       the file is damaged, or was not written by word2vec in binary\n"
            "  fix       get the file again, and compare its size");
}

TEST(WordVectors, come_from_a_file) {
  const std::string path = testing::TempDir() + "runnel_vectors.txt";
  std::ofstream(path) << "cat 1 2\n";
  EXPECT_EQ(read_word_vectors(path, vocabulary()).report.found, 1);
  EXPECT_THROW(read_word_vectors(testing::TempDir(), vocabulary()), DataError);
  try {
    read_word_vectors(testing::TempDir() + "no/such.txt", vocabulary());
    FAIL() << "expected a DataError";
  } catch (const DataError& error) {
    EXPECT_EQ(error.summary(), testing::TempDir() + "no/such.txt: cannot open: No such file or directory");
  }
}

/// What a reader does with a damaged file: it reads it, or throws one of Runnel's errors, and nothing else.
void read_damaged(std::string content, const std::vector<std::pair<size_t, char>>& changes, size_t cut) {
  for (const auto& [place, byte] : changes) content[place % content.size()] = byte;
  content.resize(content.size() - cut % content.size());
  try {
    read(content);
  } catch (const Error&) {
  }
}

RC_GTEST_PROP(WordVectors, survive_damage,
              (std::vector<std::pair<size_t, char>> changes, size_t cut, bool binary)) {
  read_damaged(binary ? "2 3\n" + record("cat", {1, 2, 3}) + record("dog", {3, 4, 5})
                      : "2 3\ncat 0.5 -1.25 1e-3\ndog 1 2 3\n",
               changes, cut % 8 == 0 ? cut / 8 : 0);
}

}  // namespace
}  // namespace runnel
