#include "runnel/explain/model_answer.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "runnel/explain/layout.h"
#include "runnel/explain/part_error.h"
#include "runnel/model/change.h"
#include "runnel/model/signature.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

const Story* story_of(const PartStory& part) {
  return part.story ? &*part.story : part.chain ? &*part.chain : nullptr;
}

std::string with_path(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

std::vector<std::string> explained_parts(const ModelStory& story) {
  std::vector<std::string> paths;
  for (const PartStory& part : story.parts) {
    if (story_of(part) && !part.path.empty()) paths.push_back(part.path);
  }
  return paths;
}

/// Whether "0-2" of a path stands for "1" of a name.
bool is_in_range(std::string_view range, std::string_view number) {
  const auto value = [](std::string_view digits, int64_t& to) {
    const char* end = digits.data() + digits.size();
    return std::from_chars(digits.data(), end, to) == std::from_chars_result{end, std::errc()};
  };
  const size_t dash = range.find('-');
  int64_t first = 0, last = 0, asked = 0;
  return dash != std::string_view::npos && value(range.substr(0, dash), first) &&
         value(range.substr(dash + 1), last) && value(number, asked) && first <= asked && asked <= last;
}

/// What stands in a name behind a part's path, "h_n" of "cells.1.h_n" behind "cells.0-2"; nothing when the name does not
/// begin with the path.
std::optional<std::string> behind_path(std::string_view path, std::string_view name) {
  while (!path.empty()) {
    const std::string_view piece = path.substr(0, path.find('.')), word = name.substr(0, name.find('.'));
    if (piece != word && !is_in_range(piece, word)) return std::nullopt;
    path.remove_prefix(std::min(path.size(), piece.size() + 1));
    if (word.size() == name.size()) return path.empty() ? std::optional<std::string>("") : std::nullopt;
    name.remove_prefix(word.size() + 1);
  }
  return std::string(name);
}

/// The part of this name; null when there is none.
const PartStory* part_called(const ModelStory& story, const std::string& name) {
  const auto is = [&](const PartStory& part) {
    return story_of(part) && !part.path.empty() && behind_path(part.path, name) == "";
  };
  const auto found = std::find_if(story.parts.begin(), story.parts.end(), is);
  return found == story.parts.end() ? nullptr : &*found;
}

/// The part whose path the name begins with, the longest path; null when it begins with none.
const PartStory* part_named_by(const ModelStory& story, const std::string& name) {
  const PartStory* found = nullptr;
  for (const PartStory& part : story.parts) {
    if (!story_of(part) || part.path.empty() || behind_path(part.path, name).value_or("").empty()) continue;
    if (!found || part.path.size() > found->path.size()) found = &part;
  }
  return found;
}

/// `function(part)` of the one part for which it does not throw.
template <class Function>
auto of_one_part(const ModelStory& story, const std::string& name, const Function& function) {
  std::vector<decltype(function(story.parts[0]))> results;
  std::vector<std::string> paths;
  std::optional<OptionError> last;
  for (const PartStory& part : story.parts) {
    if (!part.story) continue;
    try {
      results.push_back(function(part));
      paths.push_back(part.path.empty() ? part.kind : part.path);
    } catch (const OptionError& error) {
      last = error;
    }
  }
  if (results.size() == 1) return results[0];
  if (results.empty() && explained_parts(story).size() == 1 && last) throw *last;
  if (results.empty()) throw errors::in_no_part(name, story.kind, explained_parts(story));
  throw errors::in_several_parts(name, story.kind, paths, with_path(paths[0], name));
}

/// With no name, all of the part.
Answer ask_part(const PartStory& part, const std::string& name) {
  const Story& story = *story_of(part);
  Answer answer = name.empty() ? ask_all(story) : ask(story, name);
  answer.name = name.empty() ? part.path : with_path(part.path, name);
  for (TensorStory& tensor : answer.tensors) tensor.name = with_path(part.path, tensor.name);
  for (ParameterStory& parameter : answer.parameters) parameter.name = with_path(part.path, parameter.name);
  return answer;
}

/// The Sequential that the part stands in and that is told as a chain, and the part's place there.
std::optional<std::pair<const PartStory*, int64_t>> place_in_chain(const ModelStory& story,
                                                                   const PartStory& part) {
  const PartStory* chain = nullptr;
  int64_t place = 0;
  for (const PartStory& each : story.parts) {
    if (&each == &part) break;
    if (each.chain && each.holds(part)) {
      chain = &each;
      place = 0;
    } else if (chain && !each.whole_of_parts) {
      place += each.times / chain->times;
    }
  }
  return chain ? std::optional(std::pair(chain, place)) : std::nullopt;
}

bool takes(const PartStory& part, const std::string& option) {
  const std::vector<std::string>& names = signature_of(part.kind).names;
  return part.story && std::find(names.begin(), names.end(), option) != names.end();
}

/// The part that a change names, or else the one that has the option.
const PartStory& part_of(const ModelStory& story, const OptionChange& change) {
  const std::string name = change.layer.empty() ? change.option : change.layer + "." + change.option;
  if (const PartStory* named = part_named_by(story, name)) return *named;
  if (story.parts[0].chain) return story.parts[0];
  std::vector<const PartStory*> found;
  std::vector<std::string> paths;
  for (const PartStory& part : story.parts) {
    if (!change.layer.empty() || !takes(part, change.option)) continue;
    found.push_back(&part);
    paths.push_back(part.path);
  }
  if (found.empty()) throw errors::in_no_part(name, story.kind, explained_parts(story));
  if (found.size() > 1)
    throw errors::in_several_parts(name, story.kind, paths, with_path(paths[0], change.to_string()));
  return *found[0];
}

struct Target {
  const PartStory* part;
  std::string change;  ///< as the part's own network reads it
};

Target target_of(const ModelStory& story, const std::string& text) {
  OptionChange change = parse_change(text);
  const PartStory& part = part_of(story, change);
  if (const auto layer = behind_path(part.path, change.layer)) change.layer = *layer;
  const auto place = place_in_chain(story, part);
  if (place) change.layer = std::to_string(place->second);
  return {place ? place->first : &part, change.to_string()};
}

/// The part that is meant where none is named: the only one, or all in their order.
const PartStory* only_part(const ModelStory& story) {
  if (story.parts[0].chain) return &story.parts[0];
  const PartStory* found = nullptr;
  for (const PartStory& part : story.parts) {
    if (part.story && found) return nullptr;
    if (part.story) found = &part;
  }
  return found;
}

bool is_size_of_data(const std::string& change) {
  return change.starts_with("batch=") || change.starts_with("seq=");
}

}  // namespace

Answer ask(const ModelStory& story, const std::string& name) {
  if (const PartStory* part = part_called(story, name)) return ask_part(*part, "");
  if (const PartStory* part = part_named_by(story, name))
    return ask_part(*part, *behind_path(part->path, name));
  if (story.parts[0].chain) return ask_part(story.parts[0], name);
  return of_one_part(story, name, [&](const PartStory& part) { return ask_part(part, name); });
}

PartWhatIf what_if(const ModelStory& story, std::span<const std::string> changes, const StorySizes& sizes) {
  const PartStory* part = nullptr;
  std::string first;
  std::vector<std::string> of_part;
  for (const std::string& text : changes) {
    if (is_size_of_data(text)) {
      of_part.push_back(text);
      continue;
    }
    const Target target = target_of(story, text);
    if (part && part != target.part) throw errors::changes_of_several_parts(first, text);
    if (!part) first = text;
    part = target.part;
    of_part.push_back(target.change);
  }
  if (!part) part = only_part(story);
  if (!part) throw errors::size_of_many_parts(changes[0], explained_parts(story));
  const Story& told = *story_of(*part);
  const bool steps = told.tensors[0].shape.has(axes::seq);
  return {part->path,
          what_if(told.network, of_part, {.batch = sizes.batch, .seq = steps ? sizes.seq : std::nullopt},
                  {.part = !part->path.empty()})};
}

std::string what_if_text(const PartWhatIf& changes, const StoryTextOptions& options) {
  const std::string title = changes.path.empty() ? "" : hanging("── ", "   ", changes.path) + "\n";
  const std::string page = title + what_if_text(changes.changes, options);
  if (changes.path.empty() || changes.changes.tensors.empty()) return page;
  return page + "\n" +
         hanging(
             "", "  ",
             "Which parts read what this one gives, and must change with it, print(model) does not tell.");
}

}  // namespace runnel
