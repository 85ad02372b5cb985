#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/explain/answer.h"
#include "runnel/explain/model_story.h"
#include "runnel/explain/what_if.h"

/// Single questions about a model of which only the text of print(model) is there. The path of a part stands in front
/// of the name, "encoder.lstm.h_n"; it may be left out where one part alone has the name.
namespace runnel {

/// What the story of a part says of a name. Its name, and those of its tensors and parameters, begin with the path.
/// Throws  OptionError when no part has the name, or several that differ.
Answer ask(const ModelStory& story, const std::string& name);

/// What changes of one part; in a Sequential that is told as a chain, of the layers behind it too.
struct PartWhatIf {
  std::string path;
  WhatIf changes;
};

/// Compares one part with itself after changes: `lstm.hidden_size=40`.
/// Throws  OptionError when a change is that of no part, of several, or all are not of the same part.
PartWhatIf what_if(const ModelStory& story, std::span<const std::string> changes,
                   const StorySizes& sizes = {});

std::string what_if_text(const PartWhatIf& changes, const StoryTextOptions& options = {});
/// {"path": "lstm", "changes": {…}} on one line, `changes` as what_if_json of a network has it.
std::string what_if_json(const PartWhatIf& changes);

}  // namespace runnel
