// oneDNN through its C++ API. One primitive a layer, as layers of different input sizes need; weights in the
// layout that the primitive asks for.
//
// Inference: packed once. A training step: forward with a workspace, then backward. The weights lie in the layout
// in which backward writes their gradients, so that an optimizer could change them number by number; where forward
// or backward wants another one, its copy is made anew each step, as the step before would have changed them.
// Training is given its initial states, zeros: without them version 3.2 computes a wrong gradient of the LSTM's
// weight_hh.

#include <memory>
#include <omp.h>
#include <oneapi/dnnl/dnnl.hpp>
#include <tuple>
#include <unordered_map>

#include "driver.h"

namespace {

using namespace peers;
using dnnl::memory;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

struct Machine {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};

  memory make(const memory::desc& desc) { return desc.is_zero() ? memory() : memory(desc, engine); }
  void reorder(memory from, memory to) { dnnl::reorder(from, to).execute(stream, from, to); }
};

float* values(const memory& m) { return static_cast<float*>(m.get_data_handle()); }
size_t count(const memory& m) { return m.get_desc().get_size() / sizeof(float); }

/// Where gate k of PyTorch stands in oneDNN: LSTM i f g o in both; GRU r z n is z r n there.
int64_t place_of_gate(const Case& of, int64_t gate) {
  return of.cell == "LSTM" || gate == 2 ? gate : 1 - gate;
}

std::string name_of(const std::string& name, int64_t layer, int64_t direction) {
  return name + "_l" + std::to_string(layer) + (direction ? "_reverse" : "");
}

/// [gate·hidden, in] of every direction → [1, direction, gate, hidden, in] in oneDNN's order of gates.
std::vector<float> gathered(const Case& of, const Arrays& weights, const std::string& name, int64_t layer) {
  std::vector<float> all;
  for (int64_t direction = 0; direction < of.directions(); ++direction) {
    const std::vector<float>& from = weights.at(name_of(name, layer, direction)).values;
    const size_t block = from.size() / static_cast<size_t>(of.gates()), begin = all.size();
    all.resize(begin + from.size());
    for (int64_t gate = 0; gate < of.gates(); ++gate) {
      std::copy_n(
          from.begin() + gate * static_cast<int64_t>(block), block,
          all.begin() + static_cast<int64_t>(begin + block * static_cast<size_t>(place_of_gate(of, gate))));
    }
  }
  return all;
}

/// The other way: a gradient under PyTorch's names.
void scatter(const Case& of, const float* from, size_t block, const std::string& name, int64_t layer,
             const std::vector<int64_t>& shape, int64_t gates_there, Arrays& results) {
  for (int64_t direction = 0; direction < of.directions(); ++direction) {
    Array gradient{shape, std::vector<float>(block * static_cast<size_t>(of.gates()))};
    for (int64_t gate = 0; gate < of.gates(); ++gate) {
      const bool own_bias = gates_there == 4 && of.cell == "GRU" && gate == 2 && name == "bias_hh";
      const auto place = static_cast<size_t>(own_bias ? 3 : place_of_gate(of, gate));
      std::copy_n(from + (static_cast<size_t>(direction * gates_there) + place) * block, block,
                  gradient.values.begin() + gate * static_cast<int64_t>(block));
    }
    results["d_" + name_of(name, layer, direction)] = gradient;
  }
}

/// The descriptors of one layer; `weights` are left to the primitive.
struct Descs {
  memory::desc x, state = {}, weight_ih, weight_hh, bias, output;
};

Descs descs_of(const Case& of, int64_t layer) {
  const auto f32 = memory::data_type::f32;
  const int64_t seq = of.mode == "stream" ? 1 : of.seq, d = of.directions(), g = of.gates(),
                h = of.hidden_size;
  const int64_t in = of.layer_input(layer), bias_gates = of.cell == "LSTM" ? g : g + 1;
  Descs descs{.x = {{seq, of.batch, in}, f32, Tag::tnc},
              .weight_ih = {{1, d, in, g, h}, f32, Tag::any},
              .weight_hh = {{1, d, h, g, h}, f32, Tag::any},
              .bias = {{1, d, bias_gates, h}, f32, Tag::ldgo},
              .output = {{seq, of.batch, d * h}, f32, Tag::tnc}};
  if (of.mode != "inference") descs.state = {{1, d, of.batch, h}, f32, Tag::ldnc};
  return descs;
}

dnnl::primitive_desc forward_desc(Machine& machine, const Case& of, const Descs& d) {
  const auto kind =
      of.mode == "train" ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
  const auto direction = of.bidirectional ? dnnl::rnn_direction::bidirectional_concat
                                          : dnnl::rnn_direction::unidirectional_left2right;
  if (of.cell == "LSTM") {
    return dnnl::lstm_forward::primitive_desc(machine.engine, kind, direction, d.x, d.state, d.state,
                                              d.weight_ih, d.weight_hh, d.bias, d.output, d.state, d.state);
  }
  return dnnl::lbr_gru_forward::primitive_desc(machine.engine, kind, direction, d.x, d.state, d.weight_ih,
                                               d.weight_hh, d.bias, d.output, d.state);
}

/// Through the C API, which alone has the flag that gradients are written and not added to what is there.
dnnl::primitive_desc backward_desc(Machine& machine, const Case& of, const Descs& d,
                                   const dnnl::primitive_desc& forward) {
  const auto direction = of.bidirectional ? dnnl_bidirectional_concat : dnnl_unidirectional_left2right;
  const auto state = d.state.get(), ih = d.weight_ih.get(), hh = d.weight_hh.get(), bias = d.bias.get();
  const auto x = d.x.get(), output = d.output.get();
  const unsigned flags = dnnl_rnn_flags_diff_weights_overwrite;
  dnnl_primitive_desc_t made = nullptr;
  const dnnl_status_t status =
      of.cell == "LSTM"
          ? dnnl_lstm_backward_primitive_desc_create(
                &made, machine.engine.get(), dnnl_backward, direction, x, state, state, ih, hh, nullptr,
                nullptr, bias, output, state, state, x, state, state, ih, hh, nullptr, nullptr, bias, output,
                state, state, flags, forward.get(), nullptr)
          : dnnl_lbr_gru_backward_primitive_desc_create(
                &made, machine.engine.get(), dnnl_backward, direction, x, state, ih, hh, bias, output, state,
                x, state, ih, hh, bias, output, state, flags, forward.get(), nullptr);
  if (status != dnnl_success) throw std::runtime_error("no backward primitive");
  return dnnl::primitive_desc(made);
}

/// One layer with all that its primitives read and write.
struct Layer {
  dnnl::primitive forward, backward;
  Arguments forward_arguments, backward_arguments;
  std::vector<std::pair<int, int>> states;  ///< of a stream: before a step, after it
  /// Of training: weights in their gradients' layout, and what the pass reads where that is another.
  std::vector<std::pair<memory, memory>> copied_forward, copied_backward;

  void run_forward(Machine& machine) {
    for (auto& [from, to] : copied_forward) machine.reorder(from, to);
    forward.execute(machine.stream, forward_arguments);
    // What one step of a stream ends with, the next begins with.
    for (const auto& [begin, end] : states) std::swap(forward_arguments[begin], forward_arguments[end]);
  }

  void run_backward(Machine& machine) {
    for (auto& [from, to] : copied_backward) machine.reorder(from, to);
    backward.execute(machine.stream, backward_arguments);
  }
};

memory::desc argument(const dnnl::primitive_desc& of, int which) {
  return of.query_md(dnnl::query::exec_arg_md, which);
}

class Model {
 public:
  Model(const Case& of, const Arrays& weights) : case_(of) {
    for (int64_t layer = 0; layer < of.num_layers; ++layer) add_layer(layer, weights);
    if (of.mode == "train") {
      std::fill_n(values(d_output()), count(d_output()), 1.0f);
    }
  }

  void forward() {
    for (Layer& layer : layers_) layer.run_forward(machine_);
    machine_.stream.wait();
  }

  void step() {
    for (Layer& layer : layers_) layer.run_forward(machine_);
    for (size_t i = layers_.size(); i-- > 0;) layers_[i].run_backward(machine_);
    machine_.stream.wait();
  }

  memory x() { return layers_.front().forward_arguments.at(DNNL_ARG_SRC_LAYER); }
  memory output() { return layers_.back().forward_arguments.at(DNNL_ARG_DST_LAYER); }

  Arrays gradients() {
    Arrays results;
    const memory d_x = layers_.front().backward_arguments.at(DNNL_ARG_DIFF_SRC_LAYER);
    results["d_x"] = {{case_.seq, case_.batch, case_.input_size}, {values(d_x), values(d_x) + count(d_x)}};
    for (int64_t layer = 0; layer < case_.num_layers; ++layer) add_gradients(layer, results);
    return results;
  }

 private:
  memory d_output() { return layers_.back().backward_arguments.at(DNNL_ARG_DIFF_DST_LAYER); }

  /// The weight in the layout that the primitive wants.
  memory packed(const std::string& name, int64_t layer, const Arrays& weights, const memory::desc& wanted) {
    std::vector<float> plain = gathered(case_, weights, name, layer);
    const memory::desc desc(wanted.get_dims(), memory::data_type::f32, Tag::ldgoi);
    memory result = machine_.make(wanted);
    machine_.reorder(memory(desc, machine_.engine, plain.data()), result);
    machine_.stream.wait();
    return result;
  }

  /// LSTM adds its two biases beforehand; GRU needs n's own of the hidden part, as a fourth.
  memory bias(int64_t layer, const Arrays& weights, const memory::desc& desc) {
    const std::vector<float> ih = gathered(case_, weights, "bias_ih", layer);
    const std::vector<float> hh = gathered(case_, weights, "bias_hh", layer);
    memory result = machine_.make(desc);
    const auto h = static_cast<size_t>(case_.hidden_size), g = static_cast<size_t>(case_.gates());
    const size_t stride = case_.cell == "LSTM" ? g : g + 1;
    for (size_t direction = 0; direction < static_cast<size_t>(case_.directions()); ++direction) {
      for (size_t gate = 0; gate < stride; ++gate) {
        for (size_t i = 0; i < h; ++i) {
          const size_t from = (direction * g + std::min(gate, g - 1)) * h + i;
          const bool in_n = case_.cell == "GRU" && gate >= 2;
          values(result)[(direction * stride + gate) * h + i] = !in_n       ? ih[from] + hh[from]
                                                                : gate == 2 ? ih[from]
                                                                            : hh[from];
        }
      }
    }
    return result;
  }

  void add_layer(int64_t index, const Arrays& weights) {
    const Descs descs = descs_of(case_, index);
    const dnnl::primitive_desc desc = forward_desc(machine_, case_, descs);
    Layer layer;
    layer.forward = dnnl::primitive(desc);
    Arguments& a = layer.forward_arguments;
    a[DNNL_ARG_SRC_LAYER] = index == 0 ? machine_.make(descs.x) : output();
    a[DNNL_ARG_WEIGHTS_LAYER] = packed("weight_ih", index, weights, argument(desc, DNNL_ARG_WEIGHTS_LAYER));
    a[DNNL_ARG_WEIGHTS_ITER] = packed("weight_hh", index, weights, argument(desc, DNNL_ARG_WEIGHTS_ITER));
    a[DNNL_ARG_BIAS] = bias(index, weights, descs.bias);
    a[DNNL_ARG_DST_LAYER] = machine_.make(descs.output);
    if (case_.mode != "inference") add_states(layer, descs.state);
    if (case_.mode == "train") add_backward(layer, descs, desc);
    layers_.push_back(std::move(layer));
  }

  memory zeros(const memory::desc& desc) {
    memory result = machine_.make(desc);
    std::fill_n(values(result), count(result), 0.0f);
    return result;
  }

  void add_states(Layer& layer, const memory::desc& desc) {
    std::vector<std::pair<int, int>> states{{DNNL_ARG_SRC_ITER, DNNL_ARG_DST_ITER}};
    if (case_.cell == "LSTM") states.emplace_back(DNNL_ARG_SRC_ITER_C, DNNL_ARG_DST_ITER_C);
    for (const auto& [begin, end] : states) {
      layer.forward_arguments[begin] = zeros(desc);
      layer.forward_arguments[end] = zeros(desc);
    }
    if (case_.mode == "stream") layer.states = states;
  }

  memory same_or_made(const memory::desc& wanted, const memory& there) {
    return wanted == there.get_desc() ? there : machine_.make(wanted);
  }

  void add_backward(Layer& layer, const Descs& descs, const dnnl::primitive_desc& forward) {
    const dnnl::primitive_desc desc = backward_desc(machine_, case_, descs, forward);
    layer.backward = dnnl::primitive(desc);
    layer.forward_arguments[DNNL_ARG_WORKSPACE] = machine_.make(argument(forward, DNNL_ARG_WORKSPACE));
    Arguments& a = layer.backward_arguments = layer.forward_arguments;
    for (const auto& [weight, gradient] : {std::pair{DNNL_ARG_WEIGHTS_LAYER, DNNL_ARG_DIFF_WEIGHTS_LAYER},
                                           std::pair{DNNL_ARG_WEIGHTS_ITER, DNNL_ARG_DIFF_WEIGHTS_ITER}}) {
      const memory forwards = a[weight];
      const memory weights = same_or_made(argument(desc, gradient), forwards);
      if (weights != forwards) {
        machine_.reorder(forwards, weights);
        layer.copied_forward.emplace_back(weights, forwards);
      }
      a[weight] = same_or_made(argument(desc, weight), weights);
      if (a[weight] != weights) layer.copied_backward.emplace_back(weights, a[weight]);
    }
    for (const int gradient : {DNNL_ARG_DIFF_WEIGHTS_LAYER, DNNL_ARG_DIFF_WEIGHTS_ITER, DNNL_ARG_DIFF_BIAS}) {
      a[gradient] = machine_.make(argument(desc, gradient));
    }
    for (const int state : {DNNL_ARG_DIFF_SRC_ITER, DNNL_ARG_DIFF_DST_ITER, DNNL_ARG_DIFF_SRC_ITER_C,
                            DNNL_ARG_DIFF_DST_ITER_C}) {
      const bool of_c = state == DNNL_ARG_DIFF_SRC_ITER_C || state == DNNL_ARG_DIFF_DST_ITER_C;
      if (!of_c || case_.cell == "LSTM") a[state] = zeros(descs.state);
    }
    a[DNNL_ARG_DIFF_SRC_LAYER] = machine_.make(descs.x);
    a[DNNL_ARG_DIFF_DST_LAYER] = machine_.make(descs.output);
    // The gradient of this layer's input is that of the output of the layer below.
    if (!layers_.empty())
      layers_.back().backward_arguments[DNNL_ARG_DIFF_DST_LAYER] = a[DNNL_ARG_DIFF_SRC_LAYER];
  }

  void add_gradients(int64_t index, Arrays& results) {
    Arguments& a = layers_[static_cast<size_t>(index)].backward_arguments;
    const int64_t rows = case_.gates() * case_.hidden_size, h = case_.hidden_size;
    for (const auto& [name, which, in] :
         {std::tuple{"weight_ih", DNNL_ARG_DIFF_WEIGHTS_LAYER, case_.layer_input(index)},
          std::tuple{"weight_hh", DNNL_ARG_DIFF_WEIGHTS_ITER, h}}) {
      const memory::desc plain(a[which].get_desc().get_dims(), memory::data_type::f32, Tag::ldgoi);
      memory gradient = machine_.make(plain);
      machine_.reorder(a[which], gradient);
      machine_.stream.wait();
      scatter(case_, values(gradient), static_cast<size_t>(h * in), name, index, {rows, in}, case_.gates(),
              results);
    }
    const int64_t gates_of_bias = case_.cell == "LSTM" ? case_.gates() : case_.gates() + 1;
    for (const char* name : {"bias_ih", "bias_hh"}) {
      scatter(case_, values(a[DNNL_ARG_DIFF_BIAS]), static_cast<size_t>(h), name, index, {rows},
              gates_of_bias, results);
    }
  }

  Case case_;
  Machine machine_;
  std::vector<Layer> layers_;
};

Array array_of(const memory& from, int64_t seq, const Case& of) {
  return {{seq, of.batch, of.directions() * of.hidden_size}, {values(from), values(from) + count(from)}};
}

/// The output of the first steps of a stream.
Array stream_of(Model& model, const Case& of, const Array& x) {
  const size_t step = count(model.x());
  Array all{{static_cast<int64_t>(x.values.size() / step), of.batch, of.hidden_size}, {}};
  for (size_t at = 0; at < x.values.size(); at += step) {
    std::copy_n(x.values.begin() + static_cast<std::ptrdiff_t>(at), step, values(model.x()));
    model.forward();
    all.values.insert(all.values.end(), values(model.output()),
                      values(model.output()) + count(model.output()));
  }
  return all;
}

Prepared prepare(const Case& of, const Arrays& weights, const Array& x, int threads) {
  if (of.packed) throw NotFor("no lengths");
  if (of.adam) throw NotFor("no optimizer");
  omp_set_num_threads(threads);
#pragma omp parallel
  flush_denormals();
  auto model = std::make_shared<Model>(of, weights);
  Prepared prepared;
  prepared.setting = "weights packed";
  if (of.mode == "stream") {
    prepared.results["output"] = stream_of(*model, of, x);
    prepared.call = [model] { model->forward(); };
    return prepared;
  }
  std::copy_n(x.values.begin(), x.values.size(), values(model->x()));
  if (of.mode == "train") {
    model->step();
    prepared.results = model->gradients();
    prepared.call = [model] { model->step(); };
  } else {
    model->forward();
    prepared.call = [model] { model->forward(); };
  }
  prepared.results["output"] = array_of(model->output(), of.seq, of);
  return prepared;
}

}  // namespace

int main() {
  const dnnl_version_t* v = dnnl_version();
  return serve("onednn",
               std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch),
               prepare);
}
