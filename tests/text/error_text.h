#pragma once

#include <string>

#include "runnel/base/error.h"

namespace runnel {

/// The kind and the text of the error that `function` throws: "DataError a.csv:1: …".
template <class Function>
std::string error_of(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return std::string(error.kind()) + " " + error.what();
  }
  return "no error";
}

}  // namespace runnel
