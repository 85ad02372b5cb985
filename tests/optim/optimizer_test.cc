#include "runnel/optim/optimizer.h"

#include <functional>
#include <gmock/gmock.h>
#include <memory>

#include "runnel/autograd/tape.h"
#include "runnel/base/thread_pool.h"
#include "runnel/ops/elementwise.h"
#include "runnel/optim/adam.h"
#include "runnel/optim/rmsprop.h"
#include "runnel/optim/sgd.h"
#include "runnel/optim/sparse_adam.h"
#include "runnel/tensor/shape_error.h"

#include "tests/optim/optimizer_cases.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

/// Each algorithm with everything that it can remember.
struct Algorithm {
  std::string name;
  std::function<std::unique_ptr<Optimizer>(ParameterList)> make;
};

std::vector<Algorithm> algorithms() {
  return {
      {"SGD",
       [](ParameterList p) { return std::make_unique<SGD>(p, SGDOptions{.lr = 0.1, .momentum = 0.9}); }},
      {"Adam",
       [](ParameterList p) { return std::make_unique<Adam>(p, AdamOptions{.lr = 0.01, .amsgrad = true}); }},
      {"AdamW", [](ParameterList p) { return std::make_unique<AdamW>(p, AdamWOptions{.lr = 0.01}); }},
      {"SparseAdam",
       [](ParameterList p) { return std::make_unique<SparseAdam>(p, SparseAdamOptions{.lr = 0.01}); }},
      {"RMSprop",
       [](ParameterList p) {
         return std::make_unique<RMSprop>(p, RMSpropOptions{.lr = 0.01, .momentum = 0.9, .centered = true});
       }},
  };
}

std::vector<std::vector<float>> numbers(const std::vector<NamedParameter>& parameters) {
  std::vector<std::vector<float>> numbers;
  for (const NamedParameter& parameter : parameters) {
    const auto values = parameter.variable.value().values();
    numbers.emplace_back(values.begin(), values.end());
  }
  return numbers;
}

std::vector<std::string> names(const std::vector<OptimizerTensor>& state) {
  std::vector<std::string> names;
  for (const OptimizerTensor& tensor : state) names.push_back(tensor.name);
  return names;
}

std::vector<OptimizerTensor> copy(const std::vector<OptimizerTensor>& state) {
  std::vector<OptimizerTensor> copy;
  for (const OptimizerTensor& tensor : state) copy.push_back({tensor.name, tensor.value.clone()});
  return copy;
}

void train(Optimizer& optimizer, const std::vector<NamedParameter>& parameters, int64_t first, int64_t last) {
  for (int64_t step = first; step <= last; ++step) {
    set_gradients(parameters, step);
    optimizer.step();
  }
}

struct RestoreThreads {
  int count = thread_count();
  ~RestoreThreads() { set_thread_count(count); }
};

TEST(Optimizer, gives_the_same_bits_for_any_number_of_threads) {
  const RestoreThreads restore;
  const auto result = [](const Algorithm& algorithm, int threads) {
    set_thread_count(threads);
    std::vector<NamedParameter> parameters;
    for (const int64_t size : {50001, 7, 70003, 1, 16}) {
      parameters.push_back({std::to_string(size), Variable(golden_values({{"hidden", size}}, size), true)});
    }
    train(*algorithm.make(parameters), parameters, 1, 3);
    return numbers(parameters);
  };
  for (const Algorithm& algorithm : algorithms()) {
    const auto alone = result(algorithm, 1);
    for (const int threads : {2, 3, 7}) {
      EXPECT_TRUE(result(algorithm, threads) == alone) << algorithm.name << ", " << threads << " threads";
    }
  }
}

TEST(Optimizer, leaves_a_parameter_without_gradient_alone) {
  for (const Algorithm& algorithm : algorithms()) {
    SCOPED_TRACE(algorithm.name);
    const auto parameters = two_parameters();
    const auto before = numbers(parameters);
    const auto optimizer = algorithm.make(parameters);
    set_gradients(parameters, 1);
    Variable(parameters[0].variable).zero_grad();
    optimizer->step();
    EXPECT_EQ(numbers(parameters)[0], before[0]);
    EXPECT_NE(numbers(parameters)[1], before[1]);
    EXPECT_EQ(optimizer->state()[0].name, "p1.step");
  }
}

TEST(Optimizer, forgets_all_gradients) {
  const auto parameters = two_parameters();
  SGD sgd(parameters);
  set_gradients(parameters, 1);
  sgd.zero_grad();
  EXPECT_FALSE(parameters[0].variable.has_grad());
  EXPECT_FALSE(parameters[1].variable.has_grad());
}

TEST(Optimizer, keeps_parameters_and_learning_rate) {
  const auto parameters = two_parameters();
  Adam adam(parameters, {.lr = 0.5});
  EXPECT_EQ(adam.name(), "Adam");
  ASSERT_EQ(adam.parameters().size(), 2u);
  EXPECT_EQ(adam.parameters()[1].variable, parameters[1].variable);
  EXPECT_EQ(adam.lr(), 0.5);
  adam.set_lr(0.25);
  EXPECT_EQ(adam.lr(), 0.25);
  EXPECT_EQ(error_of([&] { adam.set_lr(-0.5); }), "Adam: lr is -0.5, expected 0 or more");
  EXPECT_EQ(error_of([&] { adam.set_lr(std::nan("")); }), "Adam: lr is nan, expected 0 or more");
  EXPECT_EQ(adam.lr(), 0.25);
}

TEST(Optimizer, uses_the_learning_rate_of_the_moment) {
  Variable p(Tensor({{"hidden", 1}}, {0.0f}), true);
  p.accumulate_grad(Tensor({{"hidden", 1}}, {1.0f}));
  SGD sgd({p}, {.lr = 1});
  sgd.step();
  sgd.set_lr(0.25);
  sgd.step();
  EXPECT_EQ(p.value().values()[0], -1.25f);
}

TEST(Optimizer, takes_several_parameters_without_a_number) {
  const Variable a(Tensor(), true), b(Tensor(), true);
  EXPECT_NO_THROW(SGD({{"a", a}, {"b", b}}));
}

TEST(Optimizer, refuses_parameters_that_it_cannot_move) {
  const auto parameters = two_parameters();
  const Variable p0 = parameters[0].variable;
  const auto make = [](const ParameterList& list) { return error_of([&] { SGD sgd(list); }); };
  EXPECT_EQ(make(std::vector<Variable>{}),
            "SGD: the list of parameters is empty\n"
            "  why  nothing would ever move\n"
            "  fix  SGD(model.named_parameters())");
  EXPECT_EQ(make({p0, Variable()}),
            "SGD: parameter \"1\" is an undefined variable\n"
            "  why  it was declared and never given a value\n"
            "  fix  Variable(value, /*requires_grad=*/true)");
  EXPECT_EQ(make({{"a", p0}, {"b", p0}}),
            "SGD: \"a\" and \"b\" are the same parameter\n"
            "  why  one step would move it twice\n"
            "  fix  list a shared parameter once");
  EXPECT_EQ(make({{"a", p0}, {"a", parameters[1].variable}}),
            "SGD: two parameters are called \"a\"\n"
            "  why  the optimizer's state is saved under the names of the parameters\n"
            "  fix  another name for one, such as \"encoder.a\"");
  const Recording recording;
  EXPECT_EQ(make({add(p0, p0)}),
            "SGD: parameter \"0\" is the result of an operation\n"
            "  why  only a leaf can be moved: what an operation made is made anew in the next forward pass\n"
            "  fix  pass the variables that it was computed from");
}

TEST(Optimizer, updates_nothing_when_a_parameter_changed_its_shape) {
  const auto parameters = two_parameters();
  Adam adam(parameters);
  train(adam, parameters, 1, 1);
  Variable p1 = parameters[1].variable;
  p1.mutable_value() = golden_values({{"hidden", 6}}, 1);
  const auto before = numbers(parameters);
  EXPECT_EQ(error_of([&] { adam.step(); }),
            "Adam: gradient of \"p1\" has another shape than the parameter\n"
            "  expected  [hidden=6]\n"
            "  got       [hidden=5]\n"
            "  why       it has a number for each of the parameter; the state is of a model of other sizes\n"
            "  fix       the state that was saved with this model");
  p1.zero_grad();
  p1.accumulate_grad(golden_values({{"hidden", 6}}, 2));
  EXPECT_EQ(error_of([&] { adam.step(); }),
            "Adam: exp_avg of \"p1\" has another shape than the parameter\n"
            "  expected  [hidden=6]\n"
            "  got       [hidden=5]\n"
            "  why       it has a number for each of the parameter; the state is of a model of other sizes\n"
            "  fix       the state that was saved with this model");
  EXPECT_EQ(numbers(parameters), before);
}

TEST(OptimizerState, is_empty_before_the_first_step) {
  for (const Algorithm& algorithm : algorithms()) {
    EXPECT_THAT(algorithm.make(two_parameters())->state(), IsEmpty());
  }
}

TEST(OptimizerState, has_the_names_of_pytorch) {
  std::vector<std::vector<std::string>> all;
  for (const Algorithm& algorithm : algorithms()) {
    const auto parameters = two_parameters();
    const auto optimizer = algorithm.make(parameters);
    train(*optimizer, parameters, 1, 3);
    all.push_back(names(optimizer->state()));
    EXPECT_EQ(optimizer->state()[0].value.item(), 3);
    EXPECT_EQ(optimizer->state()[1].value.shape(), parameters[0].variable.shape());
  }
  EXPECT_THAT(all[0], ElementsAre("p0.step", "p0.momentum_buffer", "p1.step", "p1.momentum_buffer"));
  EXPECT_THAT(all[1], ElementsAre("p0.step", "p0.exp_avg", "p0.exp_avg_sq", "p0.max_exp_avg_sq",  //
                                  "p1.step", "p1.exp_avg", "p1.exp_avg_sq", "p1.max_exp_avg_sq"));
  EXPECT_THAT(all[2], ElementsAre("p0.step", "p0.exp_avg", "p0.exp_avg_sq",  //
                                  "p1.step", "p1.exp_avg", "p1.exp_avg_sq"));
  EXPECT_EQ(all[3], all[2]);
  EXPECT_THAT(all[4], ElementsAre("p0.step", "p0.square_avg", "p0.grad_avg", "p0.momentum_buffer",  //
                                  "p1.step", "p1.square_avg", "p1.grad_avg", "p1.momentum_buffer"));
}

TEST(OptimizerState, lets_training_go_on_bit_for_bit) {
  for (const Algorithm& algorithm : algorithms()) {
    SCOPED_TRACE(algorithm.name);
    const auto parameters = two_parameters();
    const auto optimizer = algorithm.make(parameters);
    train(*optimizer, parameters, 1, 5);

    std::vector<NamedParameter> saved;
    for (const auto& [name, variable] : parameters) {
      saved.push_back({name, Variable(variable.value().clone(), true)});
    }
    const auto state = copy(optimizer->state());
    const double lr = optimizer->lr();
    train(*optimizer, parameters, 6, 10);

    const auto later = algorithm.make(saved);
    later->load_state(state);
    later->set_lr(lr);
    train(*later, saved, 6, 10);
    EXPECT_EQ(numbers(saved), numbers(parameters));
  }
}

TEST(OptimizerState, is_copied_when_loaded_and_takes_the_axes_of_the_parameter) {
  const auto parameters = two_parameters();
  Adam adam(parameters);
  const Shape shape{{"axis_0", 3}, {"axis_1", 4}};
  const std::vector<OptimizerTensor> state = {{"p0.exp_avg", Tensor::full(shape, 0.5f)},
                                              {"p0.exp_avg_sq", Tensor::full(shape, 0.25f)},
                                              {"p0.step", Tensor::full({}, 7)}};
  adam.load_state(state);
  train(adam, parameters, 1, 1);
  EXPECT_EQ(state[0].value.values()[0], 0.5f);
  EXPECT_EQ(adam.state()[0].value.item(), 8);
  EXPECT_EQ(adam.state()[1].value.shape(), parameters[0].variable.shape());
}

TEST(OptimizerState, refuses_what_does_not_fit_and_stays_as_it_was) {
  const auto parameters = two_parameters();
  Adam adam(parameters);
  train(adam, parameters, 1, 2);
  const auto good = copy(adam.state());
  const auto load = [&](std::vector<OptimizerTensor> state) {
    return error_of([&] { adam.load_state(state); });
  };
  const auto with = [&](const OptimizerTensor& extra) {
    auto state = good;
    state.push_back(extra);
    return state;
  };
  const auto unknown = [](const std::string& name) {
    return "Adam: the state has \"" + name +
           "\", which belongs to none of its parameters\n"
           "  why  it was saved by another optimizer, with other options, or of another model\n"
           "  fix  what state() of this Adam of this model gave";
  };
  const Tensor number({}, {1.0f});
  EXPECT_EQ(load(with({"p0.momentum_buffer", number})), unknown("p0.momentum_buffer"));
  EXPECT_EQ(load(with({"q.exp_avg", number})), unknown("q.exp_avg"));
  EXPECT_EQ(load(with({"step", number})), unknown("step"));
  EXPECT_EQ(load(with({"", number})), unknown(""));
  EXPECT_EQ(load(with({"p0.step", number})),
            "Adam: the state has \"p0.step\" twice\n"
            "  why  which of the two counts cannot be told");
  EXPECT_EQ(load(with(good[1])),
            "Adam: the state has \"p0.exp_avg\" twice\n"
            "  why  which of the two counts cannot be told");
  EXPECT_EQ(load({good[0], good[1]}),
            "Adam: the state lacks \"p0.exp_avg_sq\"\n"
            "  why  it was saved by another optimizer or with other options, or it is incomplete\n"
            "  fix  what state() of this Adam of this model gave");
  EXPECT_EQ(load({good[1], good[2]}),
            "Adam: the state lacks \"p0.step\"\n"
            "  why  it was saved by another optimizer or with other options, or it is incomplete\n"
            "  fix  what state() of this Adam of this model gave");
  EXPECT_EQ(load({{"p0.step", Tensor({}, {1.5f})}}),
            "Adam: \"p0.step\" is 1.5, expected a whole number, 1 or more\n"
            "  why  it counts the steps that were made; the corrections of the first steps need it");
  EXPECT_EQ(load({{"p0.step", Tensor({}, {-1.0f})}}),
            "Adam: \"p0.step\" is -1, expected a whole number, 1 or more\n"
            "  why  it counts the steps that were made; the corrections of the first steps need it");
  EXPECT_EQ(load({{"p0.exp_avg", Tensor(Shape{{"hidden", 12}})}}),
            "Adam: exp_avg of \"p0\" has another shape than the parameter\n"
            "  expected  [hidden=3, feature=4]\n"
            "  got       [hidden=12]\n"
            "  why       it has a number for each of the parameter; the state is of a model of other sizes\n"
            "  fix       the state that was saved with this model");
  const auto after = adam.state();
  ASSERT_EQ(names(after), names(good));
  for (size_t i = 0; i < good.size(); ++i) {
    EXPECT_THAT(after[i].value.values(), ElementsAreArray(good[i].value.values())) << good[i].name;
  }
}

TEST(Optimizer, takes_a_sparse_gradient_only_where_other_rows_stay_anyway) {
  const auto error_with = [](auto make) {
    const auto parameters = two_parameters();
    set_sparse_gradients(parameters, 1);
    const auto before = numbers(parameters);
    const std::string error = error_of([&] { make(parameters)->step(); });
    if (error != "no error") {
      EXPECT_EQ(numbers(parameters), before) << error;
    }
    return error;
  };
  const auto sgd = [](SGDOptions options) {
    return [options](ParameterList p) { return std::make_unique<SGD>(p, options); };
  };
  EXPECT_EQ(error_with(sgd({.lr = 0.1})), "no error");
  EXPECT_EQ(error_with(sgd({.lr = 0.1, .weight_decay = 0.1})),
            "SGD: the gradient of \"p0\" is sparse\n"
            "  why  it has only the rows of the words that occurred; this optimizer, with these options, "
            "moves every row at every step\n"
            "  fix  SparseAdam, or SGD without momentum and weight_decay; or the Embedding without "
            "sparse=True");
  EXPECT_NE(error_with(sgd({.lr = 0.1, .momentum = 0.9})), "no error");
  for (const Algorithm& algorithm : algorithms()) {
    const bool sparse = algorithm.name == "SparseAdam";
    EXPECT_EQ(error_with(algorithm.make) == "no error", sparse) << algorithm.name;
  }
}

TEST(Optimizer, refuses_a_sparse_gradient_with_rows_that_the_parameter_has_no_more) {
  NamedParameter parameter{"p", Variable(Tensor({{"vocab", 4}, {"feature", 2}}), true)};
  parameter.variable.accumulate_grad(RowGradient{{1, 3}, Tensor({{"row", 2}, {"feature", 2}})});
  parameter.variable.mutable_value() = Tensor({{"vocab", 3}, {"feature", 2}});
  SparseAdam adam(ParameterList({parameter}));
  EXPECT_THROW(adam.step(), ShapeError);
}

TEST(Optimizer, moves_sparse_rows_alike_on_any_number_of_threads) {
  const auto after = [](int threads) {
    const int before = thread_count();
    set_thread_count(threads);
    NamedParameter parameter{"p", Variable(golden_values({{"vocab", 3000}, {"feature", 100}}, 1), true)};
    RowGradient gradient{{}, golden_values({{"row", 1000}, {"feature", 100}}, 2)};
    for (int32_t row = 0; row < 1000; ++row) gradient.rows.push_back(3 * row + 1);
    parameter.variable.accumulate_grad(gradient);
    SparseAdam adam(ParameterList({parameter}), {.lr = 0.1});
    adam.step();
    set_thread_count(before);
    return parameter.variable.value().clone();
  };
  const Tensor one = after(1), two = after(2);
  EXPECT_TRUE(std::ranges::equal(one.values(), two.values()));
  const Tensor start = golden_values({{"vocab", 3000}, {"feature", 100}}, 1);
  for (int64_t row = 0; row < 3000; ++row) {
    const bool moved = one.data()[row * 100 + 7] != start.data()[row * 100 + 7];
    ASSERT_EQ(moved, row % 3 == 1) << row;
  }
}

}  // namespace
}  // namespace runnel
