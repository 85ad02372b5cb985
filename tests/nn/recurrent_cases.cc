#include "tests/nn/recurrent_cases.h"

#include <fmt/format.h>

#include "runnel/tensor/axes.h"

#include "tests/golden/golden_file.h"

namespace runnel {
namespace {

Shape input_shape(const RecurrentCase& test, const RecurrentSizes& sizes) {
  const Axis seq{axes::seq, sizes.seq}, batch{axes::batch, sizes.batch()},
      feature{axes::feature, sizes.input};
  if (test.form == Form::unbatched) return {seq, feature};
  return test.config(sizes).batch_first ? Shape{batch, seq, feature} : Shape{seq, batch, feature};
}

}  // namespace

std::string RecurrentCase::layer() const {
  switch (cell) {
    case Cell::rnn_tanh:
      return "rnn_tanh";
    case Cell::rnn_relu:
      return "rnn_relu";
    case Cell::gru:
      return "gru";
    case Cell::lstm:
      return projected ? "lstm_proj" : "lstm";
  }
  return "";
}

std::string RecurrentCase::name() const {
  constexpr const char* kForms[] = {"bf.padded", "bf.packed", "sf.padded", "sf.packed", "unbatched"};
  return fmt::format("{}.l{}.{}.{}.{}.{}", layer(), num_layers, bidirectional ? "bi" : "uni",
                     bias ? "bias" : "nobias", kForms[static_cast<int>(form)], states_given ? "h0" : "zeros");
}

RecurrentConfig RecurrentCase::config(const RecurrentSizes& sizes) const {
  return {.cell = cell,
          .input_size = sizes.input,
          .hidden_size = sizes.hidden,
          .num_layers = num_layers,
          .bias = bias,
          .batch_first = form == Form::bf_padded || form == Form::bf_packed,
          .bidirectional = bidirectional,
          .proj_size = projected ? sizes.proj : 0};
}

std::vector<RecurrentCase> recurrent_cases() {
  std::vector<RecurrentCase> cases;
  const std::pair<Cell, bool> layers[] = {{Cell::rnn_tanh, false},
                                          {Cell::rnn_relu, false},
                                          {Cell::gru, false},
                                          {Cell::lstm, false},
                                          {Cell::lstm, true}};
  for (const auto& [cell, projected] : layers) {
    for (int64_t num_layers : {1, 2, 3}) {
      for (bool bidirectional : {false, true}) {
        for (bool bias : {true, false}) {
          for (Form form :
               {Form::bf_padded, Form::bf_packed, Form::sf_padded, Form::sf_packed, Form::unbatched}) {
            for (bool states : {true, false}) {
              cases.push_back({cell, projected, num_layers, bidirectional, bias, form, states});
            }
          }
        }
      }
    }
  }
  return cases;
}

RecurrentSetup::RecurrentSetup(const RecurrentCase& recurrent_case, const RecurrentSizes& sizes,
                               const ValueSource& values)
    : test(recurrent_case), layer(test.config(sizes)) {
  const RecurrentShapes shapes = layer.module().shapes(input_shape(test, sizes));
  data.x = Variable(values(golden::kInput, shapes.input), true);
  if (test.states_given) data.h_0 = Variable(values(golden::kH0, shapes.h_n), true);
  if (test.states_given && test.cell == Cell::lstm) {
    data.c_0 = Variable(values(golden::kC0, shapes.c_n), true);
  }
  if (test.packed()) data.lengths = sizes.lengths;
}

RecurrentResults RecurrentSetup::run() { return test.packed() ? layer.packed(data) : layer(data); }

std::vector<NamedParameter> RecurrentSetup::leaves() const {
  std::vector<NamedParameter> all = data.given();
  for (const NamedParameter& parameter : layer.named_parameters()) all.push_back(parameter);
  return all;
}

}  // namespace runnel
