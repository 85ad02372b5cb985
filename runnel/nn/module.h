#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runnel/autograd/variable.h"
#include "runnel/base/random.h"

namespace runnel {

/// What every module of a network has: a kind, a name for messages, parameters under PyTorch's names, and a
/// mode. A module moves but does not copy, since a copy would share its parameters unseen.
class Module {
 public:
  explicit Module(std::string kind) : kind_(std::move(kind)) {}
  virtual ~Module() = default;
  Module(Module&&) = default;
  Module& operator=(Module&&) = default;

  /// "GRU", "Linear", …
  const std::string& kind() const { return kind_; }
  /// A name that messages show, such as "encoder"; empty at first.
  const std::string& name() const { return name_; }
  void set_name(std::string name) { name_ = std::move(name); }
  /// `GRU`, or `GRU "encoder"` when it has a name.
  std::string label() const;

  /// The parameters in the order of PyTorch's state_dict, under its names: `weight_ih_l0`, `0.weight`. The
  /// variables are handles: what changes them changes the module.
  virtual std::vector<NamedParameter> named_parameters() const { return parameters_; }
  /// The same without the names.
  std::vector<Variable> parameters() const;
  /// How many numbers the parameters hold together.
  int64_t parameter_count() const;
  void zero_grad();

  /// While training, dropout drops. A module starts in training mode, as in PyTorch.
  virtual void train(bool on = true) { training_ = on; }
  void eval() { train(false); }
  bool training() const { return training_; }

 protected:
  Variable add_parameter(std::string name, const Tensor& value);

 private:
  std::string kind_;
  std::string name_;
  std::vector<NamedParameter> parameters_;
  bool training_ = true;
};

}  // namespace runnel
