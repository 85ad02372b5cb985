#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runnel/explain/form.h"
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

/// A story, and how its texts change when the knobs are turned.
class Variations {
 public:
  /// Nothing can be turned.
  explicit Variations(Story shown) : shown_(std::move(shown)) {}
  /// `text` is that of the network that the story is of; what it leaves out follows. It is told for some values of each
  /// knob. `network`: the network where the story was told of it, for a picture; null where a model told more of it.
  Variations(Story shown, const Network* network, std::string_view text, const NetworkContext& context);

  const Story& shown() const { return shown_; }
  const std::vector<Knob>& knobs() const { return knobs_; }

  using TensorText = std::function<std::string(const TensorStory&)>;
  using LayerText = std::function<std::string(const LayerStory&)>;
  using TensorNumber = std::function<int64_t(const TensorStory&)>;
  /// A text of the tensor at this place in the story; each number in it that depends on a knob is a part with a form.
  /// `grouped`: numbers above 999 are written with commas.
  Parts text_of_tensor(size_t place, const TensorText& text, bool grouped = true) const;
  /// The same of a layer.
  Parts text_of_layer(size_t place, const LayerText& text, bool grouped = true) const;
  /// The same of the whole: the network's text.
  Parts network() const;
  /// Whether only numbers of the text depend on the knobs. Else `text_of_layer` gives it as it is shown.
  bool follows(size_t layer, const LayerText& text) const;
  /// A form that is 1 while the knobs that the layer's parameters hang on have the values that are shown, and else more.
  Form as_shown(size_t layer) const;
  /// The form of a tensor's number; nothing when it does not depend on any knob.
  std::optional<Form> form_of_tensor(size_t place, const TensorNumber& number) const;
  /// The largest number that a form gives while the knobs are turned.
  int64_t most(const Form& form) const;
  /// The values of the knobs as offsets from their bases.
  std::vector<int64_t> offsets(std::span<const int64_t> values) const;

 private:
  /// Which of the told stories are alike in one tensor or layer, or in the network's text.
  struct Versions {
    std::vector<size_t> of = {};     // for each told story, its version
    std::vector<size_t> first = {};  // for each version, the first told story that has it
  };

  const Story& base() const { return told_[0] ? *told_[0] : shown_; }
  const TensorStory& tensor(size_t story, size_t place) const;
  const LayerStory& layer(size_t story, size_t place) const;

  template <class Told>
  Parts text_through(std::string shown, const Versions& versions, const Told& told, bool grouped) const;
  std::optional<Form> form_through(const std::vector<int64_t>& values) const;
  void find_knobs();
  struct Source;
  /// Whether a layer's parameters hang on a knob.
  bool changes_layer(size_t knob, size_t layer) const;
  int64_t value_of(size_t knob, std::span<const size_t> turned) const;
  Network network_of(const Source& source, std::span<const size_t> turned) const;
  Story told(const Network& network, std::span<const size_t> turned) const;
  Story told(const Source& source, std::span<const size_t> turned) const;
  void find_head(Source& source) const;
  void find_products();
  void find_versions();

  Story shown_;
  std::vector<Knob> knobs_;
  std::vector<int64_t> most_;  // the largest value of each knob, as an offset
  /// At the base, then with each knob at +1, then with each of the products. Where the shown story is that at the base
  /// it is not there twice; one may end early: from there on it is like the base.
  std::vector<std::optional<Story>> told_;
  /// Two knobs that a count of parameters depends on are told at +1 together, a knob with itself at +2.
  std::vector<std::pair<uint16_t, uint16_t>> products_;
  Versions networks_;
  std::vector<Versions> tensors_, layers_;
};

/// The story of a network as text whose sizes can be turned. Sizes of the data that are not given are those of an
/// example: 3 sequences of 10 steps. Throws  as tell_story does.
Variations turnable_story(std::string_view network, const StorySizes& sizes = {},
                          const NetworkContext& context = {});
/// The same of a model.
Variations turnable_story(const TextClassifier& model, const StorySizes& sizes = {});

}  // namespace runnel
