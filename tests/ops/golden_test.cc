#include <fmt/format.h>
#include <map>

#include "runnel/autograd/tape.h"
#include "runnel/ops/embedding.h"
#include "runnel/ops/linear.h"
#include "runnel/ops/loss.h"
#include "runnel/ops/softmax.h"

#include "tests/golden/golden_file.h"

// Losses and the functions of layers without memory against torch 2.13: tests/golden/losses.py and layers.py have
// the cases.

namespace runnel {
namespace {

using golden::value;

const std::map<std::string, Reduction> kReductions = {
    {"none", Reduction::none}, {"mean", Reduction::mean}, {"sum", Reduction::sum}};

/// `result` stands under `name`/`key`; the gradients come from Σ result · value(11).
struct Function {
  std::string name;
  std::string key;
  std::map<std::string, Variable> inputs;  ///< by the names of their gradients

  void expect(golden::File& file, const Variable& result) const {
    file.expect(name + "/" + key, result.value());
    result.backward(result.shape().rank() == 0 ? Tensor::full({}, 1)
                                               : value(golden::kDOutput, result.shape()));
    for (const auto& [input, variable] : inputs) file.expect(name + "/grad." + input, variable.grad());
  }
};

const std::map<std::string, Shape> kTargetShapes = {{"rows", {{"batch", 6}}},
                                                    {"seq", {{"batch", 2}, {"seq", 4}}}};

/// The four words between a class loss's name and its reduction.
struct ClassCase {
  std::string loss, layout, weight, ignore, smoothing, reduction;

  std::string name() const {
    const std::string smooth = smoothing.empty() ? "" : "." + smoothing;
    return fmt::format("{}.{}.{}.{}{}.{}", loss, layout, weight, ignore, smooth, reduction);
  }
};

void expect_class_loss(golden::File& file, const ClassCase& test) {
  const std::string name = test.name();
  const Shape shape = kTargetShapes.at(test.layout);
  const Variable x(value(golden::kInput, shape.inserted(shape.rank(), {"class", 5}), 4), true);
  const Ids target = file.ids(name + "/target", shape);
  NLLLossOptions options{.reduction = kReductions.at(test.reduction)};
  if (test.weight == "weight") options.weight = file.tensor(name + "/weight", Shape{{"class", 5}});
  if (test.ignore == "ignore_1") options.ignore_index = 1;
  Recording recording;
  const Variable loss = test.loss == "nll_loss"
                            ? nll_loss(x, target, options)
                            : cross_entropy(x, target,
                                            {.weight = options.weight,
                                             .ignore_index = options.ignore_index,
                                             .reduction = options.reduction,
                                             .label_smoothing = test.smoothing == "smooth" ? 0.1 : 0.0});
  Function{name, "loss", {{"input", x}}}.expect(file, loss);
}

TEST(Golden, class_losses_agree) {
  golden::File file("losses");
  for (const std::string layout : {"rows", "seq"}) {
    for (const std::string weight : {"plain", "weight"}) {
      for (const std::string ignore : {"all", "ignore_1", "ignore_default"}) {
        for (const auto& [reduction, unused] : kReductions) {
          expect_class_loss(file, {"cross_entropy", layout, weight, ignore, "hard", reduction});
          expect_class_loss(file, {"cross_entropy", layout, weight, ignore, "smooth", reduction});
          expect_class_loss(file, {"nll_loss", layout, weight, ignore, "", reduction});
        }
      }
    }
  }
  file.expect_all_seen("cross_entropy.");
  file.expect_all_seen("nll_loss.");
}

const Shape kElements{{"batch", 3}, {"feature", 4}};

TEST(Golden, binary_cross_entropy_agrees) {
  golden::File file("losses");
  for (const auto& [reduction, kind] : kReductions) {
    for (const std::string weight : {"plain", "pos_weight"}) {
      for (const auto& [size, scale] : std::map<std::string, float>{{"moderate", 4}, {"large", 256}}) {
        const std::string name =
            fmt::format("binary_cross_entropy_with_logits.{}.{}.{}", weight, size, reduction);
        const Variable x(value(golden::kInput, kElements, scale), true);
        BCEWithLogitsOptions options{.reduction = kind};
        if (weight == "pos_weight")
          options.pos_weight = file.tensor(name + "/pos_weight", Shape{{"feature", 4}});
        Recording recording;
        const Tensor target = file.tensor(name + "/target", kElements);
        Function{name, "loss", {{"input", x}}}.expect(file,
                                                      binary_cross_entropy_with_logits(x, target, options));
      }
    }
  }
  file.expect_all_seen("binary_cross_entropy_with_logits.");
}

TEST(Golden, regression_losses_agree) {
  using Loss = std::function<Variable(const Variable&, const Tensor&, Reduction)>;
  const std::map<std::string, Loss> losses = {
      {"mse_loss", mse_loss},
      {"l1_loss", l1_loss},
      {"huber_loss_1",
       [](const Variable& x, const Tensor& y, Reduction r) { return huber_loss(x, y, {.reduction = r}); }},
      {"huber_loss_quarter", [](const Variable& x, const Tensor& y,
                                Reduction r) { return huber_loss(x, y, {.delta = 0.25, .reduction = r}); }},
  };
  golden::File file("losses");
  for (const auto& [reduction, kind] : kReductions) {
    for (const auto& [loss, function] : losses) {
      const std::string name = loss + "." + reduction;
      const Variable x(value(golden::kInput, kElements, 4), true);
      Recording recording;
      const Tensor target = file.tensor(name + "/target", kElements);
      Function{name, "loss", {{"input", x}}}.expect(file, function(x, target, kind));
    }
  }
  for (const auto& [loss, function] : losses) file.expect_all_seen(loss + ".");
}

TEST(Golden, softmax_agrees) {
  golden::File file("layers");
  const Shape shape{{"batch", 2}, {"seq", 5}, {"feature", 3}};
  for (int dim = 0; dim < 3; ++dim) {
    for (int scale : {1, 8, 256}) {
      for (const bool log : {false, true}) {
        const std::string name = fmt::format("{}.dim{}.scale{}", log ? "log_softmax" : "softmax", dim, scale);
        const Variable x(value(golden::kInput, shape, static_cast<float>(scale)), true);
        Recording recording;
        const AxisName axis = shape[dim].name;
        Function{name, "output", {{"input", x}}}.expect(file, log ? log_softmax(x, axis) : softmax(x, axis));
      }
    }
  }
  file.expect_all_seen("softmax.");
  file.expect_all_seen("log_softmax.");
}

TEST(Golden, embedding_agrees) {
  golden::File file("layers");
  for (const auto& [variant, padding_idx] :
       std::map<std::string, int64_t>{{"plain", -1}, {"padding_idx_2", 2}, {"padding_idx_minus_1", 6}}) {
    const std::string name = "embedding." + variant;
    const Variable weight(value(golden::kFirstParameter, Shape{{"vocab", 7}, {"feature", 4}}), true);
    const Ids ids = file.ids(name + "/ids", Shape{{"batch", 2}, {"seq", 5}});
    Recording recording;
    Function{name, "output", {{"weight", weight}}}.expect(
        file, embedding(ids, weight, {.padding_idx = padding_idx}));
  }
  file.expect_all_seen("embedding.");
}

TEST(Golden, linear_agrees) {
  golden::File file("layers");
  const std::map<std::string, Shape> inputs = {{"1d", {{"feature", 3}}},
                                               {"2d", {{"batch", 2}, {"feature", 3}}},
                                               {"3d", {{"batch", 2}, {"seq", 5}, {"feature", 3}}}};
  for (const bool with_bias : {true, false}) {
    for (const auto& [rank, shape] : inputs) {
      const Variable x(value(golden::kInput, shape), true);
      const Variable weight(value(golden::kFirstParameter, Shape{{"out", 4}, {"in", 3}}), true);
      Variable bias;
      Function function{fmt::format("linear.{}.{}", with_bias ? "bias" : "nobias", rank),
                        "output",
                        {{"input", x}, {"weight", weight}}};
      if (with_bias) {
        bias = Variable(value(golden::kFirstParameter + 1, Shape{{"out", 4}}), true);
        function.inputs["bias"] = bias;
      }
      Recording recording;
      function.expect(file, linear(x, weight, bias, "class"));
    }
  }
  file.expect_all_seen("linear.");
}

}  // namespace
}  // namespace runnel
