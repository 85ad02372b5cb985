#include <fmt/format.h>

#include "runnel/explain/layer_story.h"
#include "runnel/model/change.h"
#include "runnel/model/network.h"
#include "runnel/nn/init.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// The same layer with the other value of batch_first.
Network with_other_layout(const Recurrent& layer) {
  const ShapesOnly shapes;
  const OptionChange change{.option = "batch_first", .value = layer.config().batch_first ? "False" : "True"};
  return make_network(changed_network(layer.to_string(), std::span(&change, 1)));
}

std::string layout_text(const Recurrent& layer, const Shape& input) {
  return fmt::format("input {}, output {}", input.to_string(), layer.shapes(input).output.to_string());
}

/// input [batch, seq, …] ⇄ [seq, batch, …]
Shape swapped(const Shape& input) { return Shape({input[1], input[0], input[2]}); }

}  // namespace

std::vector<std::string> recurrent_details(const Recurrent& layer, const Shape& input) {
  if (input.rank() != 3) return {};
  const Network other = with_other_layout(layer);
  const auto& turned = dynamic_cast<const Recurrent&>(*other.module);
  const Shape one = input.without(axes::batch);
  const RecurrentShapes alone = layer.shapes(one);
  const std::string last = alone.c_n.rank() > 0
                               ? fmt::format(", h_n {}, c_n {}", alone.h_n.to_string(), alone.c_n.to_string())
                               : fmt::format(", h_n {}", alone.h_n.to_string());
  return {fmt::format("With batch_first={}: {}; the states and the parameters stay as they are.",
                      turned.config().batch_first ? "True" : "False", layout_text(turned, swapped(input))),
          fmt::format(
              "One sequence by itself may come without a batch axis: input {}, output {}{}. batch_first does "
              "nothing then.",
              one.to_string(), alone.output.to_string(), last)};
}

}  // namespace runnel
