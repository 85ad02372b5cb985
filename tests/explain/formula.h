#pragma once

#include <cctype>
#include <cstdint>
#include <string>

namespace runnel {

/// The value of "2 directions · (4 gates · 128 · (100 + 32 + 2) + 32 · 128)": words only say what a number counts.
class FormulaReader {
 public:
  explicit FormulaReader(const std::string& text) {
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (text.compare(i, 2, "·") == 0) {
        text_ += '*';
        ++i;
      } else if (std::isdigit(static_cast<unsigned char>(c)) || c == '+' || c == '(' || c == ')') {
        text_ += c;
      }
    }
  }
  int64_t value() {
    const int64_t result = sum();
    return place_ == text_.size() ? result : -1;
  }

 private:
  bool accept(char c) {
    if (place_ == text_.size() || text_[place_] != c) return false;
    ++place_;
    return true;
  }
  int64_t sum() {
    int64_t result = product();
    while (accept('+')) result += product();
    return result;
  }
  int64_t product() {
    int64_t result = factor();
    while (accept('*')) result *= factor();
    return result;
  }
  int64_t factor() {
    if (accept('(')) {
      const int64_t result = sum();
      return accept(')') ? result : -1;
    }
    int64_t number = 0;
    while (place_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[place_]))) {
      number = 10 * number + (text_[place_++] - '0');
    }
    return number;
  }

  std::string text_;
  size_t place_ = 0;
};

inline int64_t formula_value(const std::string& formula) { return FormulaReader(formula).value(); }

}  // namespace runnel
