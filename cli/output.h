#pragma once

#include <optional>
#include <string_view>

#include "runnel/base/error.h"

/// Where the words of the command line go: answers to standard output, all else to standard error.
namespace runnel::cli {

/// Makes the three standard streams what the functions below expect: a stream that was closed stays closed to us and
/// is no file that is opened later; and who writes into a pipe that nobody reads any more ends quietly, whatever the
/// program that started us does with SIGPIPE. Called first.
void prepare_streams();

/// Writes to standard output, at once. That it cannot is remembered, so that a long training is not lost for it.
void print(std::string_view text);
/// What kept something that was printed from standard output; nothing when all got there.
std::optional<DataError> output_failure();

/// Writes to standard error, at once, if that can be.
void remark(std::string_view text);

}  // namespace runnel::cli
