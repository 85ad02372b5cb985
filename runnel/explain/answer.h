#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runnel/explain/story.h"
#include "runnel/explain/text.h"

/// A single question about a network: what is h_n, weight_ih_l0, hidden_size, batch_first?
namespace runnel {

/// What a story says of one name.
struct Answer {
  std::string name;
  std::vector<TensorStory> tensors;        ///< of this name; of an option, those whose shape it decides
  std::vector<ParameterStory> parameters;  ///< likewise
  std::vector<AxisStory> axes;         ///< the numbers of these shapes; of an option, those that it decides
  std::vector<std::string> sentences;  ///< equalities and notes that speak of the name
};

/// Looks a name up: of a tensor, of a parameter, of an axis, or of an option of a layer; in a chain with the layer's
/// number in front or not, 1.h_n. Throws  OptionError when the story does not speak of it, with what may have been meant.
Answer ask(const Story& story, const std::string& name);

/// All tensors, parameters, numbers and sentences of a story.
Answer ask_all(const Story& story);

/// For a terminal of 80 columns.
std::string answer_text(const Answer& answer, const StoryTextOptions& options = {});
/// {"name": "h_n", "tensors": […], "parameters": […], "origins": […], "sentences": […]} on one line, the members as
/// story_json has them.
std::string answer_json(const Answer& answer);

}  // namespace runnel
