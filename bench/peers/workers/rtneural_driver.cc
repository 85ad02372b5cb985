// RTNeural: sizes fixed when compiled, one sequence, one step after the other, one thread whatever is asked
// for. The back end (Eigen or xsimd) is chosen by -DRTNEURAL_USE_EIGEN=1 or -DRTNEURAL_USE_XSIMD=1.

#include <RTNeural/RTNeural.h>
#include <memory>

#include "driver.h"

namespace {

using namespace peers;
using Matrix = std::vector<std::vector<float>>;

#ifdef RTNEURAL_USE_EIGEN
const std::string kName = "rtneural-eigen";
#else
const std::string kName = "rtneural-xsimd";
#endif

/// [gate·hidden, in] → [in][gate·hidden]
Matrix transposed(const Array& weight) {
  const auto rows = static_cast<size_t>(weight.shape[0]), columns = static_cast<size_t>(weight.shape[1]);
  Matrix result(columns, std::vector<float>(rows));
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < columns; ++j) result[j][i] = weight.values[i * columns + j];
  }
  return result;
}

/// PyTorch's gates r z n are z r n here.
void swap_r_and_z(Matrix& rows) {
  for (std::vector<float>& row : rows) {
    const auto hidden = static_cast<std::ptrdiff_t>(row.size() / 3);
    std::swap_ranges(row.begin(), row.begin() + hidden, row.begin() + hidden);
  }
}

template <class Layer>
void set_weights(Layer& layer, const Arrays& weights) {
  Matrix ih = transposed(weights.at("weight_ih_l0")), hh = transposed(weights.at("weight_hh_l0"));
  Matrix biases{weights.at("bias_ih_l0").values, weights.at("bias_hh_l0").values};
  if constexpr (requires { layer.setBVals(biases); }) {
    for (Matrix* rows : {&ih, &hh, &biases}) swap_r_and_z(*rows);
    layer.setBVals(biases);
  } else {
    for (size_t i = 0; i < biases[0].size(); ++i) biases[0][i] += biases[1][i];
    layer.setBVals(biases[0]);
  }
  layer.setWVals(ih);
  layer.setUVals(hh);
}

template <class Layer, int kSize>
Prepared prepare_model(const Case& of, const Arrays& weights, const Array& x) {
  auto model = std::make_shared<RTNeural::ModelT<float, kSize, kSize, Layer>>();
  set_weights(model->template get<0>(), weights);
  // The model reads whole vectors of its back end from aligned memory.
  struct alignas(64) Step {
    float values[kSize];
  };
  auto steps = std::make_shared<std::vector<Step>>(x.values.size() / kSize);
  for (size_t i = 0; i < x.values.size(); ++i) (*steps)[i / kSize].values[i % kSize] = x.values[i];
  auto output = std::make_shared<Array>(Array{{static_cast<int64_t>(steps->size()), 1, kSize}, x.values});
  const auto run = [=](size_t count) {
    for (size_t t = 0; t < count; ++t) {
      model->forward((*steps)[t].values);
      std::copy_n(model->getOutputs(), kSize, output->data() + t * kSize);
    }
  };
  model->reset();
  run(steps->size());
  Prepared prepared{.results = {{"output", *output}}, .setting = "sizes fixed when compiled"};
  if (of.mode == "stream") {
    prepared.call = [=] { run(1); };
  } else {
    prepared.call = [=] {
      model->reset();
      run(steps->size());
    };
  }
  return prepared;
}

template <int kSize>
Prepared prepare_size(const Case& of, const Arrays& weights, const Array& x) {
  if (of.cell == "LSTM")
    return prepare_model<RTNeural::LSTMLayerT<float, kSize, kSize>, kSize>(of, weights, x);
  return prepare_model<RTNeural::GRULayerT<float, kSize, kSize>, kSize>(of, weights, x);
}

Prepared prepare(const Case& of, const Arrays& weights, const Array& x, int) {
  if (of.mode == "train") throw NotFor("no training");
  if (of.batch > 1 || of.packed) throw NotFor("one sequence at a time");
  if (of.num_layers > 1 || of.bidirectional) throw NotFor("one layer, forwards");
  if (of.input_size != of.hidden_size) throw NotFor("compiled for input_size = hidden_size");
  switch (of.hidden_size) {
    case 8:
      return prepare_size<8>(of, weights, x);
    case 16:
      return prepare_size<16>(of, weights, x);
    case 24:
      return prepare_size<24>(of, weights, x);
    case 32:
      return prepare_size<32>(of, weights, x);
    case 40:
      return prepare_size<40>(of, weights, x);
    case 64:
      return prepare_size<64>(of, weights, x);
    case 128:
      return prepare_size<128>(of, weights, x);
    case 256:
      return prepare_size<256>(of, weights, x);
    default:
      throw NotFor("not compiled for this size");
  }
}

}  // namespace

int main() { return serve(kName, RTNEURAL_VERSION, prepare); }
