#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace runnel {

/// One line below the first line of an error: `expected  [batch, seq, feature=100]`.
struct ErrorDetail {
  std::string label;  ///< "expected", "got", "why", "fix", …
  std::string text;   ///< may have several lines
};

/// Everything that Runnel throws at a user's mistake. The fields are the error; the text is made from them,
/// so that a terminal shows prose and a program reads data.
///
///     summary
///       label  text
///       label  text
class Error : public std::exception {
 public:
  explicit Error(std::string summary, std::vector<ErrorDetail> details = {});

  /// The whole text: the summary, then a line for each detail, labels aligned.
  const char* what() const noexcept override { return text_.c_str(); }
  /// The first line: what is wrong, and where.
  const std::string& summary() const { return summary_; }
  const std::vector<ErrorDetail>& details() const { return details_; }
  /// The name of the class: "ShapeError", "DataError", …
  virtual std::string_view kind() const { return "Error"; }

 private:
  std::string summary_;
  std::vector<ErrorDetail> details_;
  std::string text_;
};

/// An option that cannot be: `GRU: hidden_size is 0, expected 1 or more`.
class OptionError : public Error {
 public:
  using Error::Error;
  std::string_view kind() const override { return "OptionError"; }
};

/// A place in a text file. Lines and columns count from 1; 0 means "not known". A column counts bytes.
struct DataPlace {
  std::string file;
  int64_t line = 0;
  int64_t column = 0;

  /// `data.csv`, `data.csv:7` or `data.csv:7:12`.
  std::string to_string() const;
};

/// Data that cannot be read or used: `data.csv:7:12: …`.
class DataError : public Error {
 public:
  DataError(DataPlace place, const std::string& summary, std::vector<ErrorDetail> details = {});
  const DataPlace& place() const { return place_; }
  std::string_view kind() const override { return "DataError"; }

 private:
  DataPlace place_;
};

/// A binary file that is not what it says: `model.safetensors: byte 8: …`.
class FormatError : public Error {
 public:
  /// `offset` is the byte of the file, from 0, at which the fault lies.
  FormatError(std::string file, int64_t offset, const std::string& summary,
              std::vector<ErrorDetail> details = {});
  const std::string& file() const { return file_; }
  int64_t offset() const { return offset_; }
  std::string_view kind() const override { return "FormatError"; }

 private:
  std::string file_;
  int64_t offset_;
};

/// A value that is not a finite number where one is needed.
class NumericError : public Error {
 public:
  using Error::Error;
  std::string_view kind() const override { return "NumericError"; }
};

}  // namespace runnel
