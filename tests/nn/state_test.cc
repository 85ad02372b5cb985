#include "runnel/nn/state.h"

#include <fmt/format.h>

#include "runnel/nn/cells.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/gru.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/lstm.h"
#include "runnel/nn/rnn.h"
#include "runnel/nn/sequential.h"
#include "runnel/nn/weights_config.h"

#include "tests/ops/op_testing.h"

namespace runnel {
namespace {

using namespace op_testing;

std::vector<NamedTensor> state_of(const Module& module) {
  std::vector<NamedTensor> state;
  for (const auto& [name, variable] : module.named_parameters())
    state.push_back({name, variable.value().clone()});
  return state;
}

Linear small() { return Linear({.in_features = 3, .out_features = 2}); }

TEST(LoadState, gives_one_module_the_weights_of_another) {
  GRU from({.input_size = 3, .hidden_size = 4, .num_layers = 2, .bidirectional = true});
  GRU to({.input_size = 3, .hidden_size = 4, .num_layers = 2, .bidirectional = true});
  std::vector<NamedTensor> state = state_of(from);
  std::reverse(state.begin(), state.end());  // names count, not places
  load_state(to, state, "weights");
  state[0].value.fill(0);  // the module has numbers of its own
  const Tensor x = random({{"seq", 4}, {"batch", 2}, {"feature", 3}});
  EXPECT_EQ(numbers(to(x).output), numbers(from(x).output));
}

TEST(LoadState, compares_sizes_and_keeps_the_modules_names_of_axes) {
  Linear linear = small();
  load_state(linear,
             {{"weight", Tensor({{"axis_0", 2}, {"axis_1", 3}}, {1, 2, 3, 4, 5, 6})},
              {"bias", Tensor({{"axis_0", 2}}, {7, 8})}},
             "weights");
  EXPECT_EQ(linear.parameters()[0].shape(), (Shape{{"out", 2}, {"in", 3}}));
  EXPECT_THAT(numbers(linear(Tensor({{"feature", 3}}, {1, 1, 1}))), testing::ElementsAre(13, 23));
}

TEST(LoadState, lists_all_that_does_not_fit_and_changes_nothing) {
  Linear linear = small();
  const std::vector<float> before = numbers(linear.parameters()[0]);
  EXPECT_EQ(error_of([&] {
              load_state(linear,
                         {{"weight", Tensor({{"out", 3}, {"in", 2}})}, {"scale", Tensor({{"out", 2}})}},
                         "w.safetensors");
            }),
            "Error: w.safetensors: the weights do not fit the model\n"
            "  missing    bias [out=2]\n"
            "  surplus    scale [2]\n"
            "  misshapen  weight: the file has [3, 2], the model [2, 3]");
  EXPECT_EQ(error_of([&] { load_state(linear, {{"weight", Tensor({{"out", 2}, {"in", 3}})}}, "w"); }),
            "Error: w: the weights do not fit the model\n"
            "  missing  bias [out=2]\n"
            "  why      the file holds a part of such a model, or a model without these layers");
  EXPECT_EQ(numbers(linear.parameters()[0]), before);
}

TEST(LoadState, says_which_sizes_a_file_is_for) {
  const LSTM in_file({.input_size = 10, .hidden_size = 21, .num_layers = 2, .bidirectional = true});
  LSTM model({.input_size = 10, .hidden_size = 20, .num_layers = 2, .bidirectional = true});
  const std::string error = error_of([&] { load_state(model, state_of(in_file), "w.safetensors"); });
  EXPECT_THAT(error,
              testing::HasSubstr(
                  "\n  file       LSTM(input_size=10, hidden_size=21, num_layers=2, bidirectional=True)"
                  "\n  model      LSTM(input_size=10, hidden_size=20, num_layers=2, bidirectional=True)"
                  "\n  why        the file is for hidden_size 21, the model has 20"
                  "\n  fix        LSTM(input_size=10, hidden_size=21, num_layers=2, bidirectional=True)"
                  "\n             or the weights of this model"));
}

TEST(LoadState, says_so_of_each_layer_of_a_chain) {
  const Sequential in_file(GRU({.input_size = 4, .hidden_size = 5}),
                           Linear({.in_features = 5, .out_features = 2}));
  Sequential model(LSTM({.input_size = 4, .hidden_size = 5}), Linear({.in_features = 5, .out_features = 3}));
  const std::string error = error_of([&] { load_state(model, state_of(in_file), "w"); });
  EXPECT_THAT(error, testing::HasSubstr("why        0: the file is for GRU, the model has LSTM\n"
                                        "             1: the file is for out_features 2, the model has 3"));
}

TEST(WeightsConfig, deduces_projection_bias_and_cells) {
  const LSTM lstm({.input_size = 4, .hidden_size = 5, .bias = false, .proj_size = 3});
  const auto config_of = [](const Module& module) {
    std::vector<WeightSizes> weights;
    for (const NamedParameter& parameter : module.named_parameters()) {
      weights.push_back({parameter.name, {}});
      for (const Axis& axis : parameter.variable.shape()) weights.back().sizes.push_back(axis.size);
    }
    const std::vector<LayerConfig> configs = configs_of(weights);
    return configs.size() == 1 ? configs[0].to_string() : "none";
  };
  EXPECT_EQ(config_of(lstm), "LSTM(input_size=4, hidden_size=5, bias=False, proj_size=3)");
  EXPECT_EQ(config_of(RNN({.input_size = 4, .hidden_size = 5})), "RNN(input_size=4, hidden_size=5)");
  EXPECT_EQ(config_of(GRUCell({.input_size = 4, .hidden_size = 5})), "GRUCell(input_size=4, hidden_size=5)");
  EXPECT_EQ(config_of(Embedding({.num_embeddings = 4, .embedding_dim = 5})), "none");
}

TEST(LoadState, says_what_stands_in_front_of_the_names_and_how_to_rename_them) {
  Linear linear = small();
  std::vector<NamedTensor> of_chain = state_of(linear);
  for (NamedTensor& tensor : of_chain) tensor.name = "0." + tensor.name;
  EXPECT_THAT(
      error_of([&] { load_state(linear, of_chain, "w"); }),
      testing::HasSubstr("\n  why      in front of the names the file has \"0.\", the model nothing"
                         "\n  fix      {k.removeprefix('0.'): v for k, v in model.state_dict().items()}"));
  Sequential chain(small());
  EXPECT_THAT(error_of([&] { load_state(chain, state_of(linear), "w"); }),
              testing::HasSubstr("\n  why      in front of the names the file has nothing, the model \"0.\""
                                 "\n  fix      {'0.' + k: v for k, v in model.state_dict().items()}"));
}

TEST(LoadState, does_not_list_without_end) {
  std::vector<NamedTensor> state = state_of(small());
  std::string expected = "Error: w: the weights do not fit the model";
  for (int i = 0; i < 14; ++i) {
    state.push_back({fmt::format("extra_{}", i), Tensor({{"out", 1}})});
    if (i < 12) expected += fmt::format("\n  {:7}  extra_{} [1]", i == 0 ? "surplus" : "", i);
  }
  expected +=
      "\n           … and 2 more"
      "\n  why      the file holds more than this model: other layers, or biases";
  Linear linear = small();
  EXPECT_EQ(error_of([&] { load_state(linear, state, "w"); }), expected);
}

TEST(LoadState, takes_the_numbered_names_of_a_chain) {
  Sequential chain(small(), Linear({.in_features = 2, .out_features = 1, .bias = false}));
  std::vector<NamedTensor> state = state_of(chain);
  EXPECT_EQ(state[2].name, "1.weight");
  state[2].value.fill(0);
  load_state(chain, state, "w");
  EXPECT_THAT(numbers(chain(Variable(Tensor({{"feature", 3}}, {1, 2, 3})))), testing::ElementsAre(0));
}

}  // namespace
}  // namespace runnel
