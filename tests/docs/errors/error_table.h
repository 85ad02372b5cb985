#pragma once

#include <string>
#include <vector>

#include "runnel/base/error.h"

/// The tables of docs/errors.md, made from what the functions of the …_error.h files give for sample arguments.
namespace runnel::docs {

/// One error: the function that makes it, and what it says.
struct ErrorSample {
  std::string function;
  std::string kind, summary;
  std::vector<ErrorDetail> details;
};

/// The errors of one header.
class ErrorTable {
 public:
  /// `header` is its path from the root.
  ErrorTable(std::string header, std::string title) : header_(std::move(header)), title_(std::move(title)) {}

  void add(std::string function, const Error& error) {
    samples_.push_back({std::move(function), std::string(error.kind()), error.summary(), error.details()});
  }
  const std::string& header() const { return header_; }
  const std::vector<ErrorSample>& samples() const { return samples_; }
  /// A heading, and a table: message, cause, fix.
  std::string to_markdown() const;

 private:
  std::string header_, title_;
  std::vector<ErrorSample> samples_;
};

std::vector<ErrorTable> data_tables();      // check, data, text
std::vector<ErrorTable> network_tables();   // nn, model, explain, sequence, tensor, ops, autograd
std::vector<ErrorTable> training_tables();  // train, optim
std::vector<ErrorTable> file_tables();      // formats, base, kernels
std::vector<ErrorTable> command_tables();   // cli

}  // namespace runnel::docs
