#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How a number follows from sizes that one may turn, and texts with such numbers.
namespace runnel {

/// A polynomial of degree 2 in whole numbers: with x_i = the value of knob i minus its base,
///
///     constant + Σ linear · x_i + Σ square · x_i (x_i − 1) / 2 + Σ product · x_i x_j
class Form {
 public:
  /// A factor, and the knobs that it is for: none, one, or two (twice the same: the square).
  struct Term {
    int64_t factor = 0;
    std::vector<size_t> knobs = {};
  };

  const std::vector<Term>& terms() const { return terms_; }
  bool constant() const { return terms_.size() <= 1 && (terms_.empty() || terms_[0].knobs.empty()); }
  /// `offsets`: the value of each knob minus its base.
  int64_t at(std::span<const int64_t> offsets) const;
  void add(Term term) {
    if (term.factor != 0) terms_.push_back(std::move(term));
  }

 private:
  std::vector<Term> terms_;
};

/// A piece of a text: words, or a number that has a form.
struct Part {
  std::string text;
  std::optional<Form> form = {};
  bool grouped = false;  ///< the number is written 1,234
};
using Parts = std::vector<Part>;

std::string text_of(const Parts& parts);

/// A text as numbers and what stands between them.
class NumberedText {
 public:
  explicit NumberedText(std::string text);

  /// Each number, read with its commas.
  const std::vector<int64_t>& numbers() const { return numbers_; }
  /// Whether two texts have the same words, whatever numbers stand between them.
  bool same_words(const NumberedText& other) const;
  /// The text in parts: `form_of(i)` is what the i-th number follows, or nothing.
  template <class FormOf>
  Parts parts(const FormOf& form_of, bool grouped) const {
    Parts parts;
    size_t number = 0;
    for (const Piece& piece : pieces_) {
      Part part{.text = std::string(text_of_piece(piece))};
      if (piece.number) part.form = form_of(number++);
      if (part.form) part.grouped = grouped;
      if (!part.form && !parts.empty() && !parts.back().form) {
        parts.back().text += part.text;
      } else {
        parts.push_back(std::move(part));
      }
    }
    return parts;
  }

 private:
  struct Piece {
    size_t begin = 0, end = 0;
    bool number = false;
  };
  std::string_view text_of_piece(const Piece& piece) const {
    return std::string_view(text_).substr(piece.begin, piece.end - piece.begin);
  }

  std::string text_;
  std::vector<Piece> pieces_;
  std::vector<int64_t> numbers_;
};

}  // namespace runnel
