#pragma once

#include "runnel/nn/layer.h"

namespace runnel {

/// PyTorch's options of nn.Linear, under its names, and the name of what comes out.
struct LinearOptions {
  int64_t in_features = 0;   ///< needed
  int64_t out_features = 0;  ///< needed
  bool bias = true;          ///< false: no bias
  AxisName out_axis =
      "feature";  ///< what the last axis is called behind the layer: "class" for a classifier's scores
};

/// y = x·Wᵀ + b, along the last axis.
///
/// Input   [*, in_features], the last axis of any name
/// Output  [*, out_axis = out_features]
/// Throws  ShapeError when the last axis has another size; OptionError for sizes below 1
///
/// Parameters: weight [out = out_features, in = in_features], bias [out],
/// both from U(−1/√in_features, 1/√in_features). Source: torch.nn.Linear.
class Linear : public Layer {
 public:
  explicit Linear(const LinearOptions& options, Generator& generator = default_generator());

  Variable operator()(const Variable& x) const;
  const LinearOptions& options() const { return options_; }

  Shape output_shape(const Shape& input) const override;
  Signal forward(const Signal& input) override;
  std::string to_string() const override;

 private:
  LinearOptions options_;
  Variable weight_, bias_;
};

}  // namespace runnel
