#include "runnel/optim/optimizer.h"

#include <algorithm>
#include <cmath>

#include "runnel/base/thread_pool.h"
#include "runnel/optim/optim_error.h"
#include "runnel/tensor/axes.h"
#include "runnel/tensor/shape_error.h"

namespace runnel {
namespace {

/// Ranges begin at multiples of a cache line.
constexpr int64_t kBlock = 16;
/// Fewer numbers than these are not worth a second thread.
constexpr int64_t kGrain = 16384;

/// Equal but for the names of the axes.
bool same_sizes(const Shape& a, const Shape& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Axis& x, const Axis& y) { return x.size == y.size; });
}

}  // namespace

Optimizer::Optimizer(Setup setup, ParameterList parameters)
    : name_(setup.name),
      keys_(std::move(setup.keys)),
      parameters_(std::move(parameters)),
      memory_(parameters_.size()) {
  set_lr(setup.lr);
  check_parameters();
}

void Optimizer::check_parameters() const {
  if (parameters_.size() == 0) throw errors::no_parameters(name_);
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const auto& [name, variable] = parameters_[i];
    if (!variable.defined()) throw errors::undefined_parameter(name_, name);
    if (variable.producer()) throw errors::parameter_not_leaf(name_, name);
    for (size_t j = 0; j < i; ++j) {
      const auto& [earlier_name, earlier] = parameters_[j];
      if (variable.value().count() > 0 && earlier.value().data() == variable.value().data()) {
        throw errors::parameter_twice(name_, earlier_name, name);
      }
      if (earlier_name == name) throw errors::parameter_name_twice(name_, name);
    }
  }
}

void Optimizer::set_lr(double lr) {
  if (!std::isfinite(lr) || lr < 0) throw errors::option_out_of_range(name_, "lr", lr, "0 or more");
  lr_ = lr;
}

void Optimizer::zero_grad() {
  for (size_t i = 0; i < parameters_.size(); ++i) parameters_[i].variable.zero_grad();
}

struct Optimizer::Part {
  size_t parameter;
  const float* gradient;
  const RowGradient* sparse;  ///< absent: `gradient` has every number of the parameter
  int64_t width;              ///< numbers a row when sparse, all numbers otherwise
  int64_t rows;
  int64_t first_block;
  RangeUpdate update;

  int64_t blocks_a_row() const { return (width + kBlock - 1) / kBlock; }
  int64_t blocks() const { return rows * blocks_a_row(); }

  /// The part's share of the blocks begin … end − 1.
  void run(int64_t begin, int64_t end) const {
    const int64_t first = std::max<int64_t>(0, begin - first_block);
    const int64_t last = std::min(blocks(), end - first_block);
    for (int64_t block = first; block < last;) {
      const int64_t row = block / blocks_a_row(), in_row = block % blocks_a_row();
      const int64_t blocks_here = std::min(blocks_a_row() - in_row, last - block);
      const int64_t from = in_row * kBlock, to = std::min(width, (in_row + blocks_here) * kBlock);
      const int64_t place = sparse ? sparse->rows[static_cast<size_t>(row)] * width : 0;
      update(gradient + row * width + from, place + from, place + to);
      block += blocks_here;
    }
  }
};

Optimizer::Part Optimizer::part_at(size_t parameter, int64_t first_block) {
  const Variable& variable = parameters_[parameter].variable;
  const RowGradient* sparse = variable.has_sparse_grad() ? &variable.sparse_grad() : nullptr;
  const int64_t rows = sparse ? static_cast<int64_t>(sparse->rows.size()) : 1;
  const int64_t count = variable.grad_values().count();
  return {parameter,   variable.grad_values().data(), sparse, count / std::max<int64_t>(rows, 1), rows,
          first_block, next_update(parameter)};
}

void Optimizer::step() {
  check_gradients();
  std::vector<Part> parts;
  int64_t blocks = 0;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if (!parameters_[i].variable.has_grad()) continue;
    parts.push_back(part_at(i, blocks));
    blocks += parts.back().blocks();
  }
  // All parameters as one long row of blocks, so that the small ones cost no fork of their own.
  parallel_for(blocks, kGrain / kBlock, [&](int64_t begin, int64_t end) {
    for (const Part& part : parts) part.run(begin, end);
  });
  for (const Part& part : parts) ++memory_[part.parameter].steps;
}

void Optimizer::check_gradients() const {
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const auto& [name, variable] = parameters_[i];
    if (!variable.has_grad()) continue;
    const auto require = [&](const Shape& shape, const std::string& of) {
      if (!(shape == variable.shape())) {
        throw errors::shape_of_state(name_, name, variable.shape(), of, shape);
      }
    };
    if (variable.has_sparse_grad()) {
      if (!takes_sparse()) throw errors::sparse_gradient(name_, name);
      const int32_t last = variable.sparse_grad().rows.empty() ? 0 : variable.sparse_grad().rows.back();
      const Axis first = variable.shape()[0];
      require(variable.grad_values().shape().replaced(axes::row,
                                                      last < first.size ? first : Axis(first.name, last + 1)),
              "gradient");
    } else {
      require(variable.grad().shape(), "gradient");
    }
    for (const OptimizerTensor& tensor : memory_[i].tensors) require(tensor.value.shape(), tensor.name);
  }
}

const OptimizerTensor* Optimizer::Memory::find(std::string_view key) const {
  const auto found =
      std::find_if(tensors.begin(), tensors.end(), [&](const auto& t) { return t.name == key; });
  return found == tensors.end() ? nullptr : &*found;
}

bool Optimizer::remembers(size_t parameter, std::string_view key) const {
  return memory_[parameter].find(key) != nullptr;
}

float* Optimizer::remembered(size_t parameter, std::string_view key) {
  Memory& memory = memory_[parameter];
  if (!memory.find(key)) {
    memory.tensors.push_back({std::string(key), Tensor(parameters_[parameter].variable.shape())});
  }
  Tensor shared = memory.find(key)->value;
  return shared.data();
}

std::vector<OptimizerTensor> Optimizer::state() const {
  std::vector<OptimizerTensor> state;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Memory& memory = memory_[i];
    if (memory.steps == 0) continue;
    const std::string prefix = parameters_[i].name + ".";
    state.push_back({prefix + "step", Tensor::full({}, static_cast<float>(memory.steps))});
    for (const OptimizerTensor& tensor : memory.tensors) {
      state.push_back({prefix + tensor.name, tensor.value});
    }
  }
  return state;
}

void Optimizer::load_state(std::span<const OptimizerTensor> state) {
  std::vector<Memory> memory(parameters_.size());
  for (const OptimizerTensor& tensor : state) load_tensor(tensor, memory);
  check_complete(memory);
  memory_ = std::move(memory);
}

void Optimizer::load_tensor(const OptimizerTensor& tensor, std::vector<Memory>& memory) const {
  const size_t dot = std::min(tensor.name.rfind('.'), tensor.name.size());
  const std::string_view parameter_name = std::string_view(tensor.name).substr(0, dot);
  const std::string_view key = std::string_view(tensor.name).substr(std::min(dot + 1, tensor.name.size()));
  const auto parameter = std::find_if(parameters_.begin(), parameters_.end(),
                                      [&](const NamedParameter& p) { return p.name == parameter_name; });
  const bool known =
      key == "step" || std::any_of(keys_.begin(), keys_.end(), [&](const Key& k) { return k.name == key; });
  if (parameter == parameters_.end() || !known) throw errors::unknown_state(name_, tensor.name);

  Memory& target = memory[static_cast<size_t>(parameter - parameters_.begin())];
  if (key == "step") {
    const float steps = tensor.value.item();
    if (!(steps >= 1 && steps < 0x1p62f && steps == std::floor(steps))) {
      throw errors::bad_step_count(name_, tensor.name, steps);
    }
    if (target.steps != 0) throw errors::state_twice(name_, tensor.name);
    target.steps = static_cast<int64_t>(steps);
    return;
  }
  const Shape& shape = parameter->variable.shape();
  if (!same_sizes(tensor.value.shape(), shape)) {
    throw errors::shape_of_state(name_, parameter->name, shape, key, tensor.value.shape());
  }
  if (target.find(key)) throw errors::state_twice(name_, tensor.name);
  target.tensors.push_back({std::string(key), Tensor(shape, tensor.value.values())});
}

void Optimizer::check_complete(const std::vector<Memory>& memory) const {
  for (size_t i = 0; i < memory.size(); ++i) {
    const auto require = [&](bool there, std::string_view key) {
      if (!there) throw errors::missing_state(name_, parameters_[i].name + "." + std::string(key));
    };
    if (memory[i].steps == 0) {
      require(memory[i].tensors.empty(), "step");
      continue;
    }
    for (const Key& key : keys_) require(!key.from_the_start || memory[i].find(key.name), key.name);
  }
}

}  // namespace runnel
