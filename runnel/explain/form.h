#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runnel/explain/story.h"

/// How the numbers of a story depend on the sizes that one may turn: batch, seq, and hidden_size of each layer that
/// has one. Nothing knows these formulas but the layers: the story is told for a few values of each size, and
/// what lies between follows, because the size of an axis is linear in them and a count of parameters quadratic. What
/// a layer costs is not told: it may be of a higher degree.
namespace runnel {

/// A size that may be turned.
struct Knob {
  std::string option;           ///< "batch", "seq", "hidden_size"
  std::optional<size_t> layer;  ///< whose hidden_size; a place in Story::layers
  int64_t value = 0;            ///< in the story that is shown
  int64_t base = 0;             ///< what forms count from
  int64_t least = 0, most = 0;

  /// "hidden_size of LSTM, layer 1"
  std::string label(const Story& story) const;
};

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

/// A story, and how its texts change when the knobs are turned.
class Variations {
 public:
  /// Nothing can be turned.
  explicit Variations(Story shown) : shown_(std::move(shown)) {}
  /// `network` is the text that the story is of; what it leaves out follows. It is told for some values of each knob.
  Variations(Story shown, std::string_view network, const NetworkContext& context = {});

  const Story& shown() const { return shown_; }
  const std::vector<Knob>& knobs() const { return knobs_; }

  using Text = std::function<std::string(const Story&)>;
  using TensorText = std::function<std::string(const TensorStory&)>;
  using LayerText = std::function<std::string(const LayerStory&)>;
  using TensorNumber = std::function<int64_t(const TensorStory&)>;
  /// A text of the shown story; each number in it that depends on a knob is a part with a form. `grouped`: numbers
  /// above 999 are written with commas.
  Parts text(const Text& text, bool grouped = true) const;
  /// The same of a tensor or a layer at this place in the story, where only its own variations count.
  Parts text_of_tensor(size_t place, const TensorText& text, bool grouped = true) const;
  Parts text_of_layer(size_t place, const LayerText& text, bool grouped = true) const;
  /// Whether only numbers of the text depend on the knobs. Else `text` gives it as it is shown.
  bool follows(size_t layer, const LayerText& text) const;
  /// The form of a tensor's number; nothing when it does not depend on any knob.
  std::optional<Form> form_of_tensor(size_t place, const TensorNumber& number) const;
  /// The largest number that a form gives while the knobs are turned.
  int64_t most(const Form& form) const;
  /// The values of the knobs as offsets from their bases.
  std::vector<int64_t> offsets(std::span<const int64_t> values) const;

 private:
  /// Which of the told stories are alike, all or in one tensor or layer.
  struct Versions {
    std::vector<size_t> of = {};     // for each told story, its version
    std::vector<size_t> first = {};  // for each version, the first told story that has it
  };

  Parts text_through(const std::string& shown, const Versions& versions, const Text& text,
                     bool grouped) const;
  std::optional<Form> form_through(const std::vector<int64_t>& values) const;
  std::optional<size_t> told_with(size_t i, size_t j) const;
  void find_knobs();
  Story told(std::string_view network, const NetworkContext& context, std::span<const size_t> turned) const;
  void find_products();
  void find_versions();

  Story shown_;
  std::vector<Knob> knobs_;
  std::vector<int64_t> most_;  // the largest value of each knob, as an offset
  std::vector<Story> told_;    // at the base, then with each knob at +1, then with each of the products
  /// Two knobs that a count of parameters depends on are told at +1 together, a knob with itself at +2.
  std::vector<std::pair<size_t, size_t>> products_;
  Versions stories_;
  std::vector<Versions> tensors_, layers_;
};

}  // namespace runnel
