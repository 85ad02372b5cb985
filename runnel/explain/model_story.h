#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runnel/explain/story.h"
#include "runnel/explain/text.h"
#include "runnel/model/printed_model.h"

/// The story of a model of which only the text of print(model) is there. That text has the modules, and not
/// the order in which forward() calls them: so each layer is told by itself. Only the parts of a Sequential are
/// called in the order in which they stand, and told as a chain too, with those of a Sequential inside it.
namespace runnel {

/// One line of the text.
struct PartStory {
  std::string path;  ///< "encoder.lstm"; of the whole model nothing
  std::string kind;
  std::string text;                 ///< `LSTM(100, 128, batch_first=True)`
  int64_t times = 1;                ///< how many there are, those of the parts around it multiplied in
  size_t depth = 0;                 ///< how many parts are around it
  bool whole_of_parts = false;      ///< it is made of the parts behind it, which are one deeper
  std::optional<Story> story = {};  ///< of a layer that Runnel knows
  std::string opaque = {};          ///< of any other without parts: why there is no story
  std::optional<Story> chain =
      {};  ///< of a Sequential whose parts are such layers, or are so inside: the way through all of them

  /// Whether the other one is one of its parts, or inside one.
  bool holds(const PartStory& other) const;
};

struct ModelStory {
  std::string kind;              ///< the model's class
  std::vector<PartStory> parts;  ///< as they are printed; the first is the model
  ParameterCount count;          ///< of the layers that have a story
  std::vector<std::string> notes;
};

/// Tells the story. A size that is absent stays symbolic; `seq` goes to those layers alone that walk along the steps.
ModelStory tell_story(const PrintedModule& model, const StorySizes& sizes = {},
                      Telling telling = Telling::all);

/// What is told of a model one by one.
struct ToldPart {
  std::string title;       ///< "encoder.lstm", "lstm and decoder.lstm", "decoder, its parts in their order"
  const Story* story;      ///< a place in the model's story
  NetworkContext context;  ///< of a network that is made of the story's text
};
/// The layers that have parameters, equal layers once, and the chains that stand for their parts.
std::vector<ToldPart> told_parts(const ModelStory& story);

/// A line for each part: `lstm: LSTM(100, 128, batch_first=True)  117,760 parameters`.
std::string parts_text(const ModelStory& story);

/// For a terminal of 80 columns: the parts, then the story of each layer that has parameters, equal layers once.
std::string story_text(const ModelStory& story, const StoryTextOptions& options = {});

/// As JSON text on one line; a layer's "story" is what story_json gives for a network, and null where there is none.
///
///     {"model": "Tagger",
///      "parts": [{"path": "lstm", "kind": "LSTM", "text": "LSTM(100, 128, batch_first=True)", "times": 1,
///                 "opaque": null, "story": {…}, "chain": null}, …],
///      "count": 118272, "formula": "118,272", "notes": […]}
std::string story_json(const ModelStory& story);

}  // namespace runnel
