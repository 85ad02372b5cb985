#pragma once

#include <span>
#include <string>
#include <vector>

#include "runnel/nn/weights_config.h"
#include "runnel/tensor/shape_error.h"

/// The sentences about modules, each made in one place.
namespace runnel::errors {

/// An option that must be 1 or more: `GRU: hidden_size is 0, expected 1 or more`.
OptionError too_small(const std::string& kind, const std::string& option, int64_t value, int64_t least = 1);
OptionError not_a_probability(const std::string& kind, double value);
OptionError padding_idx_outside(int64_t padding_idx, int64_t num_embeddings);
OptionError proj_size_too_large(int64_t proj_size, int64_t hidden_size);
OptionError unknown_nonlinearity(const std::string& value);

/// Numbers came where ids are read, or ids where numbers are.
ShapeError ids_expected(const std::string& reader, const Shape& got);
ShapeError features_expected(const std::string& reader, const Shape& got);

/// The last axis of the input has another size than the layer was made for.
struct SizeMismatch {
  std::string layer;   ///< label()
  std::string option;  ///< "input_size"
  Shape expected;
  Shape got;
  std::string fix;
};
ShapeError wrong_feature_size(const SizeMismatch& mismatch);
/// The axes of the input stand in another order than the layer reads them.
ShapeError wrong_axes(const std::string& layer, const Shape& expected, const Shape& got, bool batch_first);
/// c_0 for a layer that keeps h alone.
ShapeError no_cell_state(const std::string& layer, const Shape& got);
/// h_0 or c_0 of another shape.
ShapeError wrong_state(const std::string& layer, const std::string& state, const Shape& expected,
                       const std::string& expected_why, const Shape& got);
/// The state of a cell, which has neither layers nor directions.
ShapeError wrong_cell_state(const std::string& cell, const std::string& state, const Shape& expected,
                            const Shape& got);
/// Of a cell, which reads one step; `kind` is its class, "GRUCell".
ShapeError one_step_expected(const std::string& cell, const std::string& kind, const Shape& expected,
                             const Shape& got);
ShapeError needs_axis(const std::string& layer, const std::string& axis, const Shape& got);

/// Weights that a module cannot take, each by name.
struct StateMismatch {
  std::vector<std::string> missing = {};  ///< the module has it, the weights do not: `weight_ih_l0 [80, 100]`
  std::vector<std::string> surplus = {};  ///< the weights have it, the module does not
  std::vector<std::string> misshapen = {};  ///< `weight_ih_l0: the file has [84, 10], the model [80, 10]`
  std::vector<LayerConfig> in_file = {}, in_model = {};  ///< what the weights of each tell
};
Error weights_do_not_fit(const std::string& source, const StateMismatch& mismatch);

}  // namespace runnel::errors
