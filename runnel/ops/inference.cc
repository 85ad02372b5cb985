#include "runnel/ops/inference.h"

#include <algorithm>
#include <cassert>

#include "runnel/kernels/recurrence.h"
#include "runnel/ops/op_error.h"
#include "runnel/tensor/axes.h"
#include "runnel/tensor/shape_error.h"

namespace runnel {
namespace {

/// Copies `count` numbers of each row.
struct RowCopy {
  int64_t rows, count;
  void operator()(const float* from, int64_t from_stride, float* to, int64_t to_stride) const {
    for (int64_t r = 0; r < rows; ++r) std::copy_n(from + r * from_stride, count, to + r * to_stride);
  }
};

const float* values(const Variable& variable) {
  return variable.defined() ? variable.value().data() : nullptr;
}

}  // namespace

InferenceState::InferenceState(const Sizes& sizes)
    : sizes_(sizes),
      h_(static_cast<size_t>(2 * sizes.slots * sizes.batch * sizes.state_row)),
      c_(static_cast<size_t>(sizes.has_cell ? sizes.slots * sizes.batch * sizes.cell_row : 0)) {}

void InferenceState::reset(int64_t row) noexcept {
  assert(row >= 0 && row < sizes_.batch);
  for (int64_t slot = 0; slot < sizes_.slots; ++slot) {
    for (int64_t turn = 0; turn < 2; ++turn)
      std::fill_n(h(turn, slot) + row * sizes_.state_row, sizes_.state_row, 0.0f);
    if (sizes_.has_cell) std::fill_n(c(slot) + row * sizes_.cell_row, sizes_.cell_row, 0.0f);
  }
}

void InferenceState::reset() noexcept {
  std::fill(h_.begin(), h_.end(), 0.0f);
  std::fill(c_.begin(), c_.end(), 0.0f);
}

Shape InferenceState::shape(int64_t hidden) const {
  return {{join(axes::layer, axes::direction), sizes_.slots},
          {axes::batch, sizes_.batch},
          {axes::hidden, hidden}};
}

Tensor InferenceState::h() const {
  Tensor all = Tensor::uninitialized(shape(sizes_.output));
  RowCopy{sizes_.slots * sizes_.batch, sizes_.output}(h(turn_, 0), sizes_.state_row, all.data(),
                                                      sizes_.output);
  return all;
}

Tensor InferenceState::c() const {
  if (!sizes_.has_cell) return {};
  Tensor all = Tensor::uninitialized(shape(sizes_.hidden));
  RowCopy{sizes_.slots * sizes_.batch, sizes_.hidden}(c(0), sizes_.cell_row, all.data(), sizes_.hidden);
  return all;
}

void InferenceState::set(const Tensor& new_h, const Tensor& new_c) {
  const auto check = [](const Shape& expected, const Tensor& got) {
    if (!(got.shape() == expected)) throw errors::shapes_differ("InferenceState::set", expected, got.shape());
  };
  check(shape(sizes_.output), new_h);
  if (sizes_.has_cell) check(shape(sizes_.hidden), new_c);
  const int64_t rows = sizes_.slots * sizes_.batch;
  RowCopy{rows, sizes_.output}(new_h.data(), sizes_.output, h(turn_, 0), sizes_.state_row);
  if (sizes_.has_cell) RowCopy{rows, sizes_.hidden}(new_c.data(), sizes_.hidden, c(0), sizes_.cell_row);
}

struct Inference::Impl {
  struct Layer {
    kernels::RecurrentLayer sizes;
    std::unique_ptr<kernels::RecurrenceSession> session;
    InferenceState::Sizes state;
    int64_t first_slot;
  };

  InferenceOptions options;
  bool batch_first = false;
  int64_t directions = 1;
  std::vector<Layer> layers;
  // What a run() says of its rows.
  std::vector<int64_t> batch_sizes;
  std::vector<int32_t> sequence, batch_first_row;
  int64_t rows_for_seq = -1;
  // States without padding, and the rows between two layers, in turn.
  std::vector<float> h_0, c_0, h_n, c_n, between[2];

  explicit Impl(const InferenceLayers& network, const InferenceOptions& chosen)
      : options(chosen), batch_first(network.batch_first), directions(network.directions) {
    add_layers(network);
    const size_t rows = static_cast<size_t>(options.batch * options.max_seq);
    batch_sizes.assign(static_cast<size_t>(options.max_seq), options.batch);
    sequence.resize(static_cast<size_t>(options.batch));
    for (size_t i = 0; i < sequence.size(); ++i) sequence[i] = static_cast<int32_t>(i);
    if (batch_first) batch_first_row.resize(rows);
    const InferenceState::Sizes& state = layers[0].state;
    for (std::vector<float>* h : {&h_0, &h_n})
      h->resize(static_cast<size_t>(directions * state.batch * state.output));
    for (std::vector<float>* c : {&c_0, &c_n})
      c->resize(static_cast<size_t>(directions * state.batch * state.hidden));
    const size_t used = std::min<size_t>(2, layers.size() - 1);
    for (size_t i = 0; i < used; ++i) between[i].resize(rows * static_cast<size_t>(output_size()));
    for (Layer& layer : layers) layer.session->reserve(options.batch, options.max_seq);
  }

  int64_t output_size() const { return directions * layers[0].sizes.output_size(); }

  void add_layers(const InferenceLayers& network) {
    const size_t each = static_cast<size_t>(directions);
    for (size_t first = 0; first < network.parameters.size(); first += each) {
      std::vector<kernels::RecurrentWeights> weights;
      for (size_t i = first; i < first + each; ++i) {
        const RecurrentParameters& p = network.parameters[i];
        weights.push_back({values(p.weight_ih), values(p.weight_hh), values(p.bias_ih), values(p.bias_hh),
                           values(p.weight_hr)});
      }
      const RecurrentParameters& p = network.parameters[first];
      kernels::RecurrentLayer layer{.cell = network.cell,
                                    .input_size = p.weight_ih.shape()[1].size,
                                    .hidden_size = p.weight_ih.shape()[0].size / gate_count(network.cell),
                                    .proj_size = p.weight_hr.defined() ? p.weight_hr.shape()[0].size : 0,
                                    .directions = weights};
      auto session = kernels::make_recurrence_session(layer);
      layer.directions = {};  // the session has copied them
      const InferenceState::Sizes state{.slots = static_cast<int64_t>(network.parameters.size()),
                                        .batch = options.batch,
                                        .output = layer.output_size(),
                                        .hidden = layer.hidden_size,
                                        .state_row = session->state_row(),
                                        .cell_row = session->cell_row(),
                                        .has_cell = network.cell == Cell::lstm};
      layers.push_back({layer, std::move(session), state, static_cast<int64_t>(first)});
    }
  }

  void step(const float* x, InferenceState& state, float* output) noexcept {
    const InferenceState::Sizes& sizes = state.sizes_;
    const int64_t old = state.turn_, fresh = 1 - old;
    const float* h = state.h(old, 0);
    float *h_after = state.h(fresh, 0), *c = sizes.has_cell ? state.c(0) : nullptr;
    int64_t x_stride = layers[0].sizes.input_size;
    for (Layer& layer : layers) {
      layer.session->step({.batch = options.batch,
                           .x = x,
                           .x_stride = x_stride,
                           .h = h,
                           .c = c,
                           .h_after = h_after,
                           .c_after = c,
                           .shared = options.share_steps});
      x = h_after;
      x_stride = sizes.state_row;
      h += sizes.batch * sizes.state_row;
      h_after += sizes.batch * sizes.state_row;
      if (c) c += sizes.batch * sizes.cell_row;
    }
    state.turn_ = fresh;
    RowCopy{options.batch, sizes.output}(x, x_stride, output, sizes.output);
  }

  void run(const float* x, int64_t seq, InferenceState& state, float* output) noexcept {
    const InferenceState::Sizes& sizes = state.sizes_;
    number_rows(seq);
    for (size_t i = 0; i < layers.size(); ++i) {
      Layer& layer = layers[i];
      const bool last = i + 1 == layers.size();
      const RowCopy h_rows{directions * options.batch, sizes.output},
          c_rows{directions * options.batch, sizes.hidden};
      h_rows(state.h(state.turn_, layer.first_slot), sizes.state_row, h_0.data(), sizes.output);
      if (sizes.has_cell) c_rows(state.c(layer.first_slot), sizes.cell_row, c_0.data(), sizes.hidden);
      float* out = last ? output : between[i % 2].data();
      layer.session->run({.layer = layer.sizes,
                          .rows = {.batch_sizes = std::span(batch_sizes).first(static_cast<size_t>(seq)),
                                   .x_row = i == 0 ? row_numbers(seq) : std::span<const int32_t>(),
                                   .output_row = last ? row_numbers(seq) : std::span<const int32_t>(),
                                   .sequence = sequence},
                          .x = x,
                          .h_0 = h_0.data(),
                          .c_0 = sizes.has_cell ? c_0.data() : nullptr,
                          .output = out,
                          .h_n = h_n.data(),
                          .c_n = sizes.has_cell ? c_n.data() : nullptr,
                          .memory = {}});
      h_rows(h_n.data(), sizes.output, state.h(state.turn_, layer.first_slot), sizes.state_row);
      if (sizes.has_cell) c_rows(c_n.data(), sizes.hidden, state.c(layer.first_slot), sizes.cell_row);
      x = out;
    }
  }

  /// Packed row (t, b) → row (b, t).
  void number_rows(int64_t seq) {
    if (!batch_first || rows_for_seq == seq) return;
    rows_for_seq = seq;
    size_t packed = 0;
    for (int64_t t = 0; t < seq; ++t) {
      for (int64_t b = 0; b < options.batch; ++b)
        batch_first_row[packed++] = static_cast<int32_t>(b * seq + t);
    }
  }
  std::span<const int32_t> row_numbers(int64_t seq) const {
    if (!batch_first) return {};
    return std::span(batch_first_row).first(static_cast<size_t>(seq * options.batch));
  }

  int64_t bytes() const {
    size_t floats = h_0.size() + c_0.size() + h_n.size() + c_n.size() + between[0].size() + between[1].size();
    int64_t bytes = static_cast<int64_t>(floats * sizeof(float));
    for (const Layer& layer : layers) bytes += layer.session->bytes();
    return bytes;
  }
};

Inference::Inference(const InferenceLayers& layers, const InferenceOptions& options) {
  if (options.batch < 1) throw errors::inference_size_too_small("batch", options.batch);
  if (options.max_seq < 1) throw errors::inference_size_too_small("max_seq", options.max_seq);
  impl_ = std::make_unique<Impl>(layers, options);
}
Inference::Inference(Inference&&) noexcept = default;
Inference& Inference::operator=(Inference&&) noexcept = default;
Inference::~Inference() = default;

const InferenceOptions& Inference::options() const { return impl_->options; }
int64_t Inference::input_size() const { return impl_->layers[0].sizes.input_size; }
int64_t Inference::output_size() const { return impl_->output_size(); }
InferenceState Inference::make_state() const { return InferenceState(impl_->layers[0].state); }
int64_t Inference::bytes() const { return impl_->bytes(); }

void Inference::step(std::span<const float> x, InferenceState& state, std::span<float> output) noexcept {
  assert(impl_->directions == 1);
  assert(static_cast<int64_t>(x.size()) == options().batch * input_size());
  assert(static_cast<int64_t>(output.size()) == options().batch * output_size());
  impl_->step(x.data(), state, output.data());
}

void Inference::run(std::span<const float> x, int64_t seq, InferenceState& state,
                    std::span<float> output) noexcept {
  assert(seq >= 0 && seq <= options().max_seq);
  assert(static_cast<int64_t>(x.size()) == seq * options().batch * input_size());
  assert(static_cast<int64_t>(output.size()) == seq * options().batch * output_size());
  impl_->run(x.data(), seq, state, output.data());
}

}  // namespace runnel
