#pragma once

#include <string>

#include "runnel/base/random.h"
#include "runnel/tensor/tensor.h"

/// The distributions that PyTorch starts parameters with.
namespace runnel {

/// While one lives, modules made on this thread know the names and shapes of their parameters but have
/// no values, so that a network of any size is described at once. Their shapes may be asked for; they
/// cannot run. The sizes that only data tell (num_embeddings, out_features) may be Axis::kSymbolic then.
class ShapesOnly {
 public:
  ShapesOnly() : before_(active_) { active_ = true; }
  ~ShapesOnly() { active_ = before_; }
  ShapesOnly(const ShapesOnly&) = delete;
  ShapesOnly& operator=(const ShapesOnly&) = delete;

  static bool active() { return active_; }
  /// Throws  OptionError unless `size` is 1 or more, or symbolic while shapes are all that is wanted.
  static void check_size(const std::string& kind, const std::string& option, int64_t size);

 private:
  static thread_local bool active_;
  bool before_;
};

/// Uniform in [−1/√fan, 1/√fan). Of recurrent layers and cells, fan is hidden_size; of Linear, in_features
/// (which is what kaiming_uniform with a = √5 comes to).
Tensor uniform_by_fan(const Shape& shape, int64_t fan, Generator& generator);

/// Normal, mean 0, standard deviation 1.
Tensor standard_normal(const Shape& shape, Generator& generator);

}  // namespace runnel
