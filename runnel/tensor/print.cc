#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "runnel/tensor/tensor.h"

// The rules, widths and thresholds are those of NumPy 2.4: numpy.array2string(x, precision=4).

namespace runnel {
namespace {

constexpr int64_t kMaxCount = 1000;  // of more values, only the ends of an axis are shown
constexpr int64_t kEdge = 3;         // so many places at each end
constexpr size_t kLineWidth = 75;
constexpr int kDecimals = 4;

/// Which places of an axis are shown: all, or the first and the last kEdge.
struct Shown {
  Shown(int64_t axis_size, bool shorten)
      : size(axis_size), shortened(shorten && size > 2 * kEdge), count(shortened ? 2 * kEdge : size) {}
  int64_t place(int64_t i) const { return shortened && i >= kEdge ? size - 2 * kEdge + i : i; }
  bool gap_before(int64_t i) const { return shortened && i == kEdge; }

  int64_t size;
  bool shortened;
  int64_t count;
};

/// The values that are shown, in the order of printing.
template <class T>
void collect(const BasicTensor<T>& tensor, int64_t axis, int64_t offset, std::vector<T>& values) {
  const Shape& shape = tensor.shape();
  if (axis == shape.rank()) {
    values.push_back(tensor.data()[offset]);
    return;
  }
  const Shown shown(shape[axis].size, tensor.count() > kMaxCount);
  const int64_t stride = shape.count_between(axis + 1, shape.rank());
  for (int64_t i = 0; i < shown.count; ++i) {
    collect(tensor, axis + 1, offset + shown.place(i) * stride, values);
  }
}

/// "-12", "5" and "e-07" of -12.5e-07; a number that is not finite is all `whole`.
struct Parts {
  Parts(const char* begin, const char* end) : whole(begin, end) {
    if (const size_t e = whole.find('e'); e != std::string::npos) {
      exponent = whole.substr(e);
      whole.erase(e);
    }
    if (const size_t point = whole.find('.'); point != std::string::npos) {
      decimals = whole.substr(point + 1);
      whole.erase(point);
    }
  }

  std::string whole, decimals, exponent;
};

/// Rounded to so many decimals.
Parts rounded(float value, std::chars_format format, int decimals) {
  char buffer[64];
  return {buffer, std::to_chars(buffer, std::end(buffer), value, format, decimals).ptr};
}

/// The fewest decimals that tell `value` from every other float, but at most kDecimals.
Parts shortest(float value, std::chars_format format) {
  if (std::isnan(value)) value = std::abs(value);  // no "-nan"
  char buffer[64];
  Parts parts(buffer, std::to_chars(buffer, std::end(buffer), value, format).ptr);
  if (parts.decimals.size() > kDecimals) {
    parts = rounded(value, format, kDecimals);
    parts.decimals.erase(parts.decimals.find_last_not_of('0') + 1);
  }
  return parts;
}

/// Whether the magnitudes are too large, too small or too different for a common place of the point.
bool needs_exponent(const std::vector<float>& values) {
  float smallest = INFINITY, largest = 0;
  for (const float value : values) {
    if (!std::isfinite(value) || value == 0) continue;
    smallest = std::min(smallest, std::abs(value));
    largest = std::max(largest, std::abs(value));
  }
  return largest > 0 && (largest >= 1e6f || smallest < 1e-4f || largest / smallest > 1000);
}

/// Puts spaces before the words, so that all have one width.
std::vector<std::string> aligned(std::vector<std::string> words) {
  size_t width = 0;
  for (const std::string& word : words) width = std::max(width, word.size());
  for (std::string& word : words) word.insert(0, width - word.size(), ' ');
  return words;
}

std::vector<std::string> words_of(const std::vector<float>& values) {
  const bool exponent = needs_exponent(values);
  const std::chars_format format = exponent ? std::chars_format::scientific : std::chars_format::fixed;
  std::vector<Parts> all;
  size_t decimals = 0;
  for (const float value : values) {
    decimals = std::max(decimals, all.emplace_back(shortest(value, format)).decimals.size());
  }
  std::vector<std::string> words;
  for (size_t i = 0; i < values.size(); ++i) {
    Parts& parts = all[i];
    std::string& word = words.emplace_back(parts.whole);
    if (!std::isfinite(values[i])) continue;  // ends where the numbers end
    if (exponent) {
      parts = rounded(values[i], format, static_cast<int>(decimals));
    } else {
      parts.decimals.resize(decimals, ' ');
    }
    word = parts.whole + '.' + parts.decimals + parts.exponent;
  }
  return aligned(std::move(words));
}

std::vector<std::string> words_of(const std::vector<int32_t>& values) {
  std::vector<std::string> words;
  for (const int32_t value : values) words.push_back(std::to_string(value));
  return aligned(std::move(words));
}

/// Puts words into nested brackets.
class Layout {
 public:
  Layout(const Shape& shape, const std::vector<std::string>& words)
      : shape_(shape), shorten_(shape.count() > kMaxCount), word_(words.begin()) {}

  std::string text() && {
    if (shape_.rank() == 0) return *word_;
    block(0);
    return std::move(text_);
  }

 private:
  void block(int64_t axis) {
    text_ += '[';
    if (axis == shape_.rank() - 1) {
      row();
    } else {
      blocks(axis);
    }
    text_ += ']';
  }

  void blocks(int64_t axis) {
    const Shown shown(shape_[axis].size, shorten_);
    const std::string newline = std::string(static_cast<size_t>(shape_.rank() - 1 - axis), '\n') +
                                std::string(static_cast<size_t>(axis + 1), ' ');
    for (int64_t i = 0; i < shown.count; ++i) {
      if (i > 0) text_ += newline;
      if (shown.gap_before(i)) text_ += "..." + newline;
      block(axis + 1);
    }
  }

  void row() {
    const Shown shown(shape_[shape_.rank() - 1].size, shorten_);
    column_ = indent();
    for (int64_t i = 0; i < shown.count; ++i) {
      if (shown.gap_before(i)) put("...");
      put(*word_++);
    }
    text_.pop_back();  // the space after the last word
  }

  void put(const std::string& word) {
    if (column_ > indent() && column_ + word.size() > kLineWidth - indent()) {
      text_.erase(text_.find_last_not_of(' ') + 1);
      text_ += '\n' + std::string(indent(), ' ');
      column_ = indent();
    }
    text_ += word + ' ';
    column_ += word.size() + 1;
  }

  /// The brackets before a row, or the spaces below them; as many brackets may come after it.
  size_t indent() const { return static_cast<size_t>(shape_.rank()); }

  const Shape& shape_;
  bool shorten_;
  std::vector<std::string>::const_iterator word_;
  std::string text_;
  size_t column_ = 0;
};

}  // namespace

template <class T>
std::string BasicTensor<T>::to_string() const {
  if (!values_) return shape_.to_string() + "\n(no values)";
  if (count_ == 0) return shape_.to_string() + "\n[]";
  std::vector<T> values;
  collect(*this, 0, 0, values);
  const std::vector<std::string> words = words_of(values);
  return shape_.to_string() + "\n" + Layout(shape_, words).text();
}

template std::string BasicTensor<float>::to_string() const;
template std::string BasicTensor<int32_t>::to_string() const;

}  // namespace runnel
