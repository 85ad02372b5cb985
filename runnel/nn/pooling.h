#pragma once

#include <optional>
#include <string>

#include "runnel/nn/layer.h"

namespace runnel {

/// How the steps of a sequence become one.
enum class PoolingKind {
  last,   ///< the last real step; behind a recurrent layer, its h_n of the last layer,
          ///< directions side by side
  first,  ///< step 0
  mean,   ///< the mean over the real steps
  max,    ///< the largest of each feature over the real steps
};

/// The kind called "last", "first", "mean" or "max"; none for any other name.
std::optional<PoolingKind> pooling_kind(const std::string& name);

/// Takes the seq axis away. Padding never counts; a sequence of length 0 gives zeros (`last` behind a
/// recurrent layer: its initial state).
///
/// `last` behind a recurrent layer is h_n, not `output[:, -1]`: there the reverse direction has read one step
/// only, and short sequences have ended.
///
/// Input   [seq, batch, feature], [batch, seq, feature] or [seq, feature]
/// Output  the same without seq
/// Throws  ShapeError when there is no seq axis
class Pooling : public Layer {
 public:
  explicit Pooling(PoolingKind kind);

  Variable operator()(const Variable& x, const std::optional<Lengths>& lengths = {}) const;
  PoolingKind pooling() const { return pooling_; }

  Shape output_shape(const Shape& input) const override;
  Signal forward(const Signal& input) override;
  std::string to_string() const override { return kind(); }

 private:
  PoolingKind pooling_;
};

}  // namespace runnel
