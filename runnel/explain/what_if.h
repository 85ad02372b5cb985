#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/explain/story.h"
#include "runnel/explain/text.h"

/// What changes when an option or a size of the data gets another value: the stories of both networks, compared.
namespace runnel {

/// A tensor or parameter whose shape changes; one of the shapes is absent where only the other network has it.
struct ShapeChange {
  std::string name;  ///< "h_n"; with the layer's number in front, where several have one: "1.h_n"
  std::optional<Shape> before, after;
};

/// A number about the whole network: "parameters".
struct NumberChange {
  std::string name;
  ParameterCount before, after;
};

struct WhatIf {
  std::string before, after;         ///< the networks
  std::vector<ShapeChange> tensors;  ///< the data and what layers begin with and give
  std::vector<ShapeChange> parameters;
  std::vector<NumberChange> numbers;
  std::vector<std::string> gone;  ///< equalities that hold no longer
  std::vector<std::string> come;  ///< equalities and notes that are new
  bool nothing() const;           ///< not even a sentence changes
};

/// Compares a network with itself after changes: `hidden_size=40`, `1.hidden_size=40` (changed_network reads them), and
/// `batch=64`, `seq=20`. Layers behind a changed one follow it.
/// Throws  OptionError when a change or the network cannot be.
WhatIf what_if(std::string_view network, std::span<const std::string> changes, const StorySizes& sizes = {},
               const NetworkContext& context = {});

/// For a terminal of 80 columns: a row for each shape that changes, of the new one the axes that differ.
///
///     GRU(100, 20)  →  GRU(100, 40)
///
///       h_0     [layer·direction=1, batch, hidden=20]  →  hidden=40
///       output  [seq, batch, hidden=20]                →  hidden=40
///     …
///       weight_ih_l0  [gate·hidden=60, feature=100]  →  gate·hidden=120
///     …
std::string what_if_text(const WhatIf& changes, const StoryTextOptions& options = {});

/// {"before": "GRU(100, 20)", "after": "GRU(100, 40)",
///  "tensors": [{"name": "h_0", "before": {"axes": […], "shape": […]}, "after": {…}}, …], "parameters": […],
///  "numbers": [{"name": "parameters", "before": 7320, "after": 17040, "formulas": ["…", "…"]}],
///  "gone": […], "come": […]} on one line
std::string what_if_json(const WhatIf& changes);

}  // namespace runnel
