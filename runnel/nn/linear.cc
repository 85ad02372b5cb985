#include "runnel/nn/linear.h"

#include <fmt/format.h>

#include "runnel/nn/constructor_text.h"
#include "runnel/nn/init.h"
#include "runnel/nn/nn_error.h"
#include "runnel/ops/linear.h"
#include "runnel/tensor/axes.h"

namespace runnel {

Linear::Linear(const LinearOptions& options, Generator& generator) : Layer("Linear"), options_(options) {
  const int64_t in = options.in_features, out = options.out_features;
  ShapesOnly::check_size(kind(), "in_features", in);
  ShapesOnly::check_size(kind(), "out_features", out);
  weight_ = add_parameter("weight", uniform_by_fan(Shape{{"out", out}, {"in", in}}, in, generator));
  if (options.bias) bias_ = add_parameter("bias", uniform_by_fan(Shape{{"out", out}}, in, generator));
}

Variable Linear::operator()(const Variable& x) const {
  output_shape(x.shape());
  return linear(x, weight_, bias_, options_.out_axis);
}

Shape Linear::output_shape(const Shape& input) const {
  if (input.rank() == 0) throw errors::needs_axis(label(), "feature", input);
  const Axis last = input[input.rank() - 1];
  if (last.size != options_.in_features && !last.symbolic()) {
    const bool open = options_.out_features == Axis::kSymbolic;
    const std::string out = open ? "…" : std::to_string(options_.out_features);
    throw errors::wrong_feature_size(
        {.layer = label(),
         .option = "in_features",
         .expected = input.with_size(last.name, options_.in_features),
         .got = input,
         .fix = fmt::format("Linear({{.in_features = {}, .out_features = {}}})", last.size, out)});
  }
  return input.replaced(last.name, {options_.out_axis, options_.out_features});
}

Signal Linear::forward(const Signal& input) {
  return {
      .data = (*this)(input.features(label())), .lengths = input.lengths, .h_0 = input.h_0, .c_0 = input.c_0};
}

std::string Linear::to_string() const {
  ConstructorText text(kind());
  text.positional({axes::feature, options_.in_features})
      .positional({options_.out_axis, options_.out_features});
  if (!options_.bias) text.flag("bias", false);
  return text.finish();
}

}  // namespace runnel
