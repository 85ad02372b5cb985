#include "runnel/explain/form.h"

#include <algorithm>
#include <charconv>

namespace runnel {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The end of the number that begins at `begin`: digits, and a comma where three digits follow it.
size_t number_end(std::string_view text, size_t begin) {
  const auto digits_from = [&](size_t i) {
    size_t count = 0;
    while (i + count < text.size() && is_digit(text[i + count])) ++count;
    return count;
  };
  size_t end = begin + digits_from(begin);
  if (end - begin > 3) return end;
  while (end < text.size() && text[end] == ',' && digits_from(end + 1) == 3) end += 4;
  return end;
}

int64_t number_of(std::string_view text) {
  std::string digits(text);
  std::erase(digits, ',');
  int64_t value = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

int64_t Form::at(std::span<const int64_t> offsets) const {
  int64_t sum = 0;
  for (const Term& term : terms()) {
    const auto [i, j] = term.of;
    if (term.degree == 0) {
      sum += term.factor;
    } else if (term.degree == 1) {
      sum += term.factor * offsets[i];
    } else if (i == j) {
      sum += term.factor * (offsets[i] * (offsets[i] - 1) / 2);
    } else {
      sum += term.factor * offsets[i] * offsets[j];
    }
  }
  return sum;
}

std::string text_of(const Parts& parts) {
  std::string text;
  for (const Part& part : parts) text += part.text;
  return text;
}

void add(Parts& parts, Part part) {
  if (parts.empty() || parts.back().varies() || part.varies()) {
    parts.push_back(std::move(part));
  } else {
    parts.back().text += part.text;
  }
}

NumberedText::NumberedText(std::string text) : text_(std::move(text)) {
  for (size_t begin = 0; begin < text_.size(); begin = pieces_.back().end) {
    const bool number = is_digit(text_[begin]);
    size_t end = number ? number_end(text_, begin) : begin;
    while (!number && end < text_.size() && !is_digit(text_[end])) ++end;
    pieces_.push_back({begin, end, number});
    if (number) numbers_.push_back(number_of(text_of_piece(pieces_.back())));
  }
}

bool NumberedText::same_words(const NumberedText& other) const {
  return std::equal(pieces_.begin(), pieces_.end(), other.pieces_.begin(), other.pieces_.end(),
                    [&](const Piece& mine, const Piece& its) {
                      return mine.number == its.number &&
                             (mine.number || text_of_piece(mine) == other.text_of_piece(its));
                    });
}

bool NumberedText::same_places(const NumberedText& other) const {
  return std::equal(pieces_.begin(), pieces_.end(), other.pieces_.begin(), other.pieces_.end(),
                    [](const Piece& mine, const Piece& its) { return mine.number == its.number; });
}

}  // namespace runnel
