#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "runnel/autograd/variable.h"
#include "runnel/base/error.h"

namespace runnel {

/// The graph of gradients was used in a way that cannot be.
class AutogradError : public Error {
 public:
  using Error::Error;
  std::string_view kind() const override { return "AutogradError"; }
};

/// While one lives, operations on this thread are recorded, if an input of theirs requires a gradient.
/// Without one, nothing is.
///
///     Recording recording;
///     Variable loss = cross_entropy(model(x), labels);
///     loss.backward();
class Recording {
 public:
  Recording() : Recording(true) {}
  /// Recording(false) stops recording for a while.
  explicit Recording(bool on) : before_(enabled_) { enabled_ = on; }
  ~Recording() { enabled_ = before_; }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  static bool enabled() { return enabled_; }

 private:
  static thread_local bool enabled_;
  bool before_;
};

/// The gradients with respect to a node's inputs, from those with respect to its outputs. An undefined
/// d_output stands for zeros: nothing that was differentiated came from it. The result has one tensor
/// an input, in order; an undefined one means that the input gets no gradient.
struct Gradient {
  Gradient() = default;
  Gradient(const Tensor& value) : tensor(value), defined(true) {}
  /// A sparse one; an input that an operation made gets it as a dense one.
  explicit Gradient(RowGradient value)
      : rows(std::make_shared<const RowGradient>(std::move(value))), defined(true) {}
  Tensor tensor;
  std::shared_ptr<const RowGradient> rows;  ///< in place of `tensor`
  bool defined = false;
};
using Backward = std::function<std::vector<Gradient>(std::span<const Gradient> d_outputs)>;

/// One recorded operation: several inputs, several outputs.
class Node {
 public:
  Node(std::string_view name, std::vector<Variable> inputs, int64_t outputs, Backward backward);
  ~Node();

  std::string_view name() const { return name_; }
  /// Later nodes have higher numbers, so numbers in falling order are an order for backward.
  uint64_t number() const { return number_; }
  const std::vector<Variable>& inputs() const { return inputs_; }
  int64_t outputs() const { return outputs_; }
  bool freed() const { return freed_; }
  std::vector<Gradient> run(std::span<const Gradient> d_outputs) const { return backward_(d_outputs); }
  /// Lets go of everything that was kept for backward.
  void free();

 private:
  std::string_view name_;
  uint64_t number_;
  std::vector<Variable> inputs_;
  int64_t outputs_;
  Backward backward_;
  bool freed_ = false;
};

/// Whether an operation on these inputs must be recorded.
bool must_record(std::span<const Variable> inputs);
inline bool must_record(std::initializer_list<Variable> inputs) {
  return must_record(std::span(inputs.begin(), inputs.size()));
}

/// The outputs of an operation as variables; recorded when must_record(inputs). `name` must outlive the tape
/// (a literal). Undefined inputs are allowed: they get no gradient.
std::vector<Variable> record(std::string_view name, std::vector<Variable> inputs,
                             std::span<const Tensor> outputs, Backward backward);

/// The same for operations with one output; `backward` is only called with a defined gradient.
Variable record(std::string_view name, std::vector<Variable> inputs, const Tensor& output,
                std::function<std::vector<Gradient>(const Tensor& d_output)> backward);

}  // namespace runnel
