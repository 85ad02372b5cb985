#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/optim/parameter_list.h"

namespace runnel {

/// One tensor of what an optimizer remembers: "weight_ih_l0.exp_avg", shaped like the parameter, or
/// "weight_ih_l0.step", one number.
struct OptimizerTensor {
  std::string name;
  Tensor value;
};

/// Moves parameters down their gradients. The base of SGD, Adam, AdamW, SparseAdam and RMSprop, which say how far.
///
///     runnel::Adam adam(model.named_parameters(), {.lr = 2e-3});
///     …
///     adam.zero_grad();
///     loss.backward();
///     adam.step();
///
/// The parameters are changed in place; whoever shares a parameter's numbers sees them change. A parameter
/// without a gradient is left alone, its count of steps too, as in PyTorch.
///
/// The result has the same bits for any number of threads.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// "Adam"
  std::string_view name() const { return name_; }
  const ParameterList& parameters() const { return parameters_; }

  /// One update of every parameter that has a gradient.
  /// Of a parameter with a sparse gradient only the rows that the gradient has are touched.
  /// Throws  ShapeError when a parameter got another shape since its gradient or its last step;
  ///         OptionError when a gradient is sparse and the algorithm would move the other rows too;
  ///         then nothing is updated.
  void step();
  /// Whether it takes sparse gradients: it leaves a row alone that has none.
  virtual bool takes_sparse() const { return false; }
  /// Forgets the gradients of all parameters.
  void zero_grad();

  /// The learning rate of the next step.
  double lr() const { return lr_; }
  /// Throws  OptionError when `lr` is negative or not finite.
  void set_lr(double lr);
  /// The momentum of the next step (Adam: beta1), for schedules that change it.
  virtual double momentum() const = 0;
  /// Throws  OptionError when the algorithm cannot work with it.
  virtual void set_momentum(double momentum) = 0;

  /// What is remembered between steps, under PyTorch's names, parameter by parameter; nothing for one that
  /// has not been updated yet. The tensors share their numbers with the optimizer: clone what shall outlive
  /// the next step.
  ///
  /// With these tensors, lr(), momentum() where a schedule changes it, and the parameters, training goes on
  /// as if it had never stopped.
  std::vector<OptimizerTensor> state() const;
  /// Takes over a state(), copying its numbers, in place of what was remembered. Names of axes do not matter.
  /// Throws  OptionError for a name that does not belong here, is missing or comes twice; ShapeError.
  void load_state(std::span<const OptimizerTensor> state);

 protected:
  /// A tensor that the algorithm keeps of each parameter, shaped like it.
  struct Key {
    std::string_view name;       ///< "exp_avg"
    bool from_the_start = true;  ///< whether every parameter that was updated has it
  };
  struct Setup {
    std::string_view name;
    std::vector<Key> keys;
    double lr = 0;
  };
  /// The update of one parameter, ready to run on any range of its numbers, on any thread; `gradient` is that of the
  /// range's first number.
  using RangeUpdate = std::function<void(const float* gradient, int64_t begin, int64_t end)>;

  /// Throws  OptionError for a bad `lr`; for parameters that are none, undefined, no leaves,
  ///         or not all different.
  Optimizer(Setup setup, ParameterList parameters);

  /// The update that step() makes next of a parameter, which has a gradient.
  virtual RangeUpdate next_update(size_t parameter) = 0;

  /// For next_update: which update of the parameter it is, from 1.
  int64_t next_step(size_t parameter) const { return memory_[parameter].steps + 1; }
  float* parameter_data(size_t parameter) { return parameters_[parameter].variable.mutable_value().data(); }
  /// Whether the tensor is there already.
  bool remembers(size_t parameter, std::string_view key) const;
  /// The tensor; it starts with zeros.
  float* remembered(size_t parameter, std::string_view key);

 private:
  struct Memory {
    int64_t steps = 0;
    std::vector<OptimizerTensor> tensors;  ///< under their keys

    const OptimizerTensor* find(std::string_view key) const;
  };

  void check_parameters() const;
  /// A parameter that has a gradient, in step()'s row of blocks.
  struct Part;
  Part part_at(size_t parameter, int64_t first_block);
  void check_gradients() const;
  void load_tensor(const OptimizerTensor& tensor, std::vector<Memory>& memory) const;
  void check_complete(const std::vector<Memory>& memory) const;

  std::string_view name_;
  std::vector<Key> keys_;
  ParameterList parameters_;
  std::vector<Memory> memory_;  ///< one a parameter
  double lr_ = 0;
};

}  // namespace runnel
