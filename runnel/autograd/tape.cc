#include "runnel/autograd/tape.h"

#include <algorithm>
#include <atomic>
#include <unordered_map>

#include "runnel/autograd/autograd_error.h"
#include "runnel/tensor/shape_error.h"

namespace runnel {
namespace {

std::atomic<uint64_t> next_number{0};

/// Adds without touching either operand: both may be shared.
Gradient sum_of(const Gradient& a, const Gradient& b) {
  if (!a.defined) return b;
  if (!b.defined) return a;
  Tensor sum = Tensor::uninitialized(a.tensor.shape());
  std::transform(a.tensor.values().begin(), a.tensor.values().end(), b.tensor.values().begin(),
                 sum.values().begin(), std::plus<float>());
  return sum;
}

/// Every node behind `last`, the latest first.
std::vector<Node*> nodes_behind(Node* last) {
  std::unordered_map<Node*, bool> seen{{last, true}};
  std::vector<Node*> found{last};
  for (size_t i = 0; i < found.size(); ++i) {
    for (const Variable& input : found[i]->inputs()) {
      if (!input.defined() || !input.producer()) continue;
      if (seen.emplace(input.producer().get(), true).second) found.push_back(input.producer().get());
    }
  }
  std::sort(found.begin(), found.end(), [](Node* a, Node* b) { return a->number() > b->number(); });
  return found;
}

}  // namespace

thread_local bool Recording::enabled_ = false;

Node::Node(std::string_view name, std::vector<Variable> inputs, int64_t outputs, Backward backward)
    : name_(name),
      number_(next_number.fetch_add(1)),
      inputs_(std::move(inputs)),
      outputs_(outputs),
      backward_(std::move(backward)) {}

// A chain of a million nodes must not become a million nested destructors: inputs are let go
// one after the other.
Node::~Node() {
  static thread_local std::vector<Variable>* pending = nullptr;
  if (pending) {
    std::move(inputs_.begin(), inputs_.end(), std::back_inserter(*pending));
    backward_ = nullptr;
    return;
  }
  std::vector<Variable> queue = std::move(inputs_);
  pending = &queue;
  backward_ = nullptr;
  while (!queue.empty()) {
    Variable last = std::move(queue.back());
    queue.pop_back();
    last = Variable();
  }
  pending = nullptr;
}

void Node::free() {
  freed_ = true;
  backward_ = nullptr;
  inputs_.clear();
}

bool must_record(std::span<const Variable> inputs) {
  return Recording::enabled() && std::any_of(inputs.begin(), inputs.end(), [](const Variable& input) {
           return input.defined() && input.requires_grad();
         });
}

std::vector<Variable> record(std::string_view name, std::vector<Variable> inputs,
                             std::span<const Tensor> outputs, Backward backward) {
  std::vector<Variable> variables;
  variables.reserve(outputs.size());
  if (!must_record(inputs)) {
    for (const Tensor& output : outputs) variables.emplace_back(output);
    return variables;
  }
  const int64_t count = static_cast<int64_t>(outputs.size());
  auto node = std::make_shared<Node>(name, std::move(inputs), count, std::move(backward));
  for (int64_t i = 0; i < count; ++i) {
    variables.push_back(Variable::output_of(node, i, outputs[static_cast<size_t>(i)]));
  }
  return variables;
}

Variable record(std::string_view name, std::vector<Variable> inputs, const Tensor& output,
                std::function<std::vector<Gradient>(const Tensor& d_output)> backward) {
  if (!must_record(inputs)) return output;
  return record(name, std::move(inputs), std::span(&output, 1),
                [backward = std::move(backward)](std::span<const Gradient> d_outputs) {
                  return backward(d_outputs[0].tensor);
                })[0];
}

void Variable::backward(bool retain_graph) const {
  if (value().count() != 1) throw errors::not_one_number("backward", shape());
  backward(Tensor::full(shape(), 1.0f), retain_graph);
}

void Variable::backward(const Tensor& gradient, bool retain_graph) const {
  if (!producer()) throw errors::nothing_recorded();
  if (!(gradient.shape() == shape())) throw errors::shapes_differ("backward", shape(), gradient.shape());
  // Keeps the graph alive while its nodes let go of each other.
  const std::shared_ptr<Node> last = producer();
  const std::vector<Node*> nodes = nodes_behind(last.get());
  for (const Node* node : nodes) {
    if (node->freed()) throw errors::graph_freed(node->name());
  }
  std::unordered_map<const Node*, std::vector<Gradient>> d_outputs;
  d_outputs[last.get()].resize(static_cast<size_t>(last->outputs()));
  d_outputs[last.get()][static_cast<size_t>(producer_output())] = gradient;
  std::vector<std::shared_ptr<Node>> kept;
  for (Node* node : nodes) {
    const auto found = d_outputs.find(node);
    if (found != d_outputs.end()) {
      const std::vector<Gradient> d_inputs = node->run(found->second);
      assert(d_inputs.size() == node->inputs().size());
      for (size_t i = 0; i < d_inputs.size(); ++i) {
        Variable input = node->inputs()[i];
        if (!d_inputs[i].defined || !input.defined() || !input.requires_grad()) continue;
        if (!input.producer()) {
          if (d_inputs[i].rows) {
            input.accumulate_grad(*d_inputs[i].rows);
          } else {
            input.accumulate_grad(d_inputs[i].tensor);
          }
          continue;
        }
        std::vector<Gradient>& slots = d_outputs[input.producer().get()];
        slots.resize(static_cast<size_t>(input.producer()->outputs()));
        Gradient& slot = slots[static_cast<size_t>(input.producer_output())];
        slot = sum_of(slot, d_inputs[i].rows ? d_inputs[i].rows->dense(input.shape()) : d_inputs[i]);
      }
      d_outputs.erase(node);
    }
    if (!retain_graph) {
      for (const Variable& input : node->inputs()) {
        if (input.defined() && input.producer()) kept.push_back(input.producer());
      }
      node->free();
    }
  }
}

}  // namespace runnel
