#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <initializer_list>
#include <memory>
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
    Term(int64_t times, std::initializer_list<uint16_t> knobs = {})
        : factor(times), degree(static_cast<uint16_t>(knobs.size())), of{} {
      assert(degree <= of.size());
      std::copy(knobs.begin(), knobs.end(), of.begin());
    }
    std::span<const uint16_t> knobs() const { return std::span(of).first(degree); }

    int64_t factor;
    uint16_t degree;
    std::array<uint16_t, 2> of;
  };

  /// Terms whose factor is 0 are left out. Copies share the terms.
  explicit Form(std::vector<Term> terms) {
    std::erase_if(terms, [](const Term& term) { return term.factor == 0; });
    terms_ = std::make_shared<const std::vector<Term>>(std::move(terms));
  }

  const std::vector<Term>& terms() const { return *terms_; }
  bool constant() const { return terms().empty() || (terms().size() == 1 && terms()[0].degree == 0); }
  /// `offsets`: the value of each knob minus its base.
  int64_t at(std::span<const int64_t> offsets) const;

 private:
  std::shared_ptr<const std::vector<Term>> terms_;
};

/// A piece of a text: words, or a number that has a form. Words may follow a number: "sequence" of "1 sequence" is
/// "sequences" as soon as that is another one.
struct Part {
  std::string text;
  std::optional<Form> form = {};
  bool grouped = false;  ///< the number is written 1,234
  /// Of words: what they are in place of `text` where their number, `form`, is not 1.
  std::optional<std::string> other = {};

  bool number() const { return form && !other; }
  bool varies() const { return form || other; }
};
using Parts = std::vector<Part>;

std::string text_of(const Parts& parts);
/// At the end of a text; words go on those before.
void add(Parts& parts, Part part);

/// A text as numbers and what stands between them.
class NumberedText {
 public:
  explicit NumberedText(std::string text);

  /// Each number, read with its commas.
  const std::vector<int64_t>& numbers() const { return numbers_; }
  /// Whether two texts have the same words, whatever numbers stand between them.
  bool same_words(const NumberedText& other) const;
  /// Whether numbers stand at the same places between words, whatever these are.
  bool same_places(const NumberedText& other) const;
  /// The text in parts: `form_of(i)` is what the i-th number follows, or nothing. `other`: the text where no number is 1;
  /// numbers stand at the same places.
  template <class FormOf>
  Parts parts(const FormOf& form_of, bool grouped, const NumberedText& other) const {
    Parts parts;
    std::optional<Form> before;
    size_t number = 0;
    for (size_t i = 0; i < pieces_.size(); ++i) {
      Part part{.text = std::string(text_of_piece(pieces_[i]))};
      if (pieces_[i].number) {
        part.form = before = form_of(number++);
        part.grouped = grouped && part.form;
      } else if (const std::string_view words = other.text_of_piece(other.pieces_[i]); words != part.text) {
        part.form = before;
        part.other = words;
      }
      add(parts, std::move(part));
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
