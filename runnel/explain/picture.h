#pragma once

#include <string>

#include "runnel/explain/drawing.h"
#include "runnel/explain/model_story.h"

/// A network as a picture. Left to right is time, bottom to top is depth: the data at the bottom; above them each
/// layer and the tensor that it gives; a recurrent layer unrolled, a block for each step, layer and direction, with
/// arrows for the state that goes on to the next step. Of many steps the first three and the last are drawn, of many
/// layers likewise. A block is as tall as the logarithm of the numbers in it; a batch lies in sheets behind it. Each
/// tensor's named shape stands there once, and every number says where it comes from.
namespace runnel {

struct PictureOptions {
  /// Pixels. From kWidePicture on, what is said stands beside the drawing, below that between its rows.
  double width = 960;
  /// Whether it says all of itself in words, for who cannot see it; not where another picture on the page does.
  bool described = true;
};
inline constexpr double kNarrowestPicture = 300, kWidePicture = 720;

Drawing draw(const Variations& story, const PictureOptions& options = {});
/// The same, where several pictures say the same words.
class StoryWords;
Drawing draw(const StoryWords& words, const PictureOptions& options = {});

/// An SVG file of a story.
std::string story_svg(const Story& story, const PictureOptions& options = {});

/// A page with the picture for small and for large screens, in which numbers tell where they come from when they are
/// pointed at or focused, and sizes can be turned: every shape follows at once. One file, nothing from elsewhere.
std::string story_html(const Variations& story);

/// The parts of a printed model one under the other, each with its name; the same parts as story_text tells.
Drawing draw(const ModelStory& model, const PictureOptions& options = {});
std::string story_svg(const ModelStory& model, const PictureOptions& options = {});
/// Each part is turned by itself, but for batch and seq, which are the same for all.
std::string story_html(const ModelStory& model, const StorySizes& sizes = {});

}  // namespace runnel
