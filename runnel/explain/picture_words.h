#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runnel/explain/drawing.h"

/// Of picture.cc: what a picture says of the tensors and layers of a story, with the colours of the axes, and with
/// the numbers that can be turned.
namespace runnel {

class StoryWords {
 public:
  explicit StoryWords(const Variations& story);

  const Variations& story() const { return story_; }
  const Story& shown() const { return story_.shown(); }
  const TensorStory& tensor(size_t place) const { return shown().tensors[place]; }

  /// What is said of a layer.
  struct LayerWords {
    Phrase text = {}, sentence = {};
    Phrase count = {};  ///< of its parameters, with the formula as its origin; nothing where there are none
  };
  const LayerWords& layer(size_t place) const { return layers_[place]; }
  /// What the tensor holds.
  const Phrase& sentence(size_t place) const { return tensors_[place].sentence; }
  /// The number of the last step; "last" where there is no number.
  Parts last_step() const;

  /// `words [batch=3, seq=10, feature=100]`: a colour for each name, an origin for each number. Of a tensor that is
  /// drawn.
  const Phrase& shape(size_t place) const { return tensors_[place].shape; }
  /// `feature=100`, its last axis.
  Word last_word(size_t place) const;
  /// Its last axis, of which a block is the size: ids are one number a step, whatever axes they have.
  Axis last_axis(size_t place) const;
  /// How many numbers it has; nothing of ids.
  const Parts& last_size(size_t place) const { return tensors_[place].last_size; }
  const std::optional<Form>& size_form(size_t place) const { return tensors_[place].size; }
  /// Of batch, where it is turned.
  const std::optional<Form>& batch_form() const { return batch_form_; }
  /// "words [batch=3, seq=10, feature=100]"
  const Parts& label(size_t place) const { return tensors_[place].label; }
  /// The room of a block: as tall as it is, or as it may become.
  double room(size_t place) const;

  Parts title() const;
  Parts description() const;
  /// A line for each name of an axis: its colour and what it counts.
  const std::vector<Phrase>& legend() const { return legend_; }

  static std::string_view color_of(const Axis& axis);

 private:
  /// What is said more than once, or in two pictures of a page.
  struct TensorWords {
    Phrase shape = {}, sentence = {};
    Parts label = {}, last_size = {}, told = {};  ///< `told`: the sentence as a text
    std::optional<Form> size = {};
  };
  TensorWords words_of_tensor(size_t place) const;
  LayerWords words_of_layer(size_t place) const;
  std::vector<bool> find_drawn() const;
  std::vector<Phrase> find_legend() const;
  Word axis(size_t place, size_t axis) const;
  bool holds_ids(size_t place) const;

  const Variations& story_;
  const std::vector<bool> drawn_;  ///< which tensors are
  const std::optional<Form> batch_form_;
  std::vector<TensorWords> tensors_;
  std::vector<LayerWords> layers_;
  const std::vector<Phrase> legend_;
};

}  // namespace runnel
