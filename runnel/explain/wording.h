#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runnel/tensor/axis.h"

/// Numbers and nouns in sentences.
namespace runnel {

/// What a step and a sequence are called: word and sentence where ids are read.
struct Wording {
  std::string step = "step";
  std::string sequence = "sequence";
};

/// 500000 → "500,000"
std::string grouped(int64_t number);
/// "1 step", "10 steps"
std::string counted(int64_t number, const std::string& noun);
/// The size of an axis, grouped; its name when the size is symbolic.
std::string size_text(const Axis& axis);
/// "a and b", "a, b and c"
std::string enumerated(const std::vector<std::string>& words);

}  // namespace runnel
