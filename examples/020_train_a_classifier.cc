// Learns to tell whether a series of numbers rises or falls, from 200 random series of unequal lengths. Shows the loop
// of one's own: record, loss, backward, clip, step.
#include <cmath>
#include <iostream>

#include "runnel/autograd/tape.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/lstm.h"
#include "runnel/nn/pooling.h"
#include "runnel/nn/sequential.h"
#include "runnel/ops/loss.h"
#include "runnel/optim/adam.h"
#include "runnel/optim/clip.h"

int main() {
  constexpr int64_t kBatch = 200, kSteps = 12;
  runnel::manual_seed(7);
  runnel::Generator random(8);

  runnel::Tensor x(runnel::Shape{{"batch", kBatch}, {"seq", kSteps}, {"feature", 1}});
  runnel::Ids rises(runnel::Shape{{"batch", kBatch}});
  runnel::Lengths lengths;
  for (int64_t n = 0; n < kBatch; ++n) {
    const int64_t length = 4 + random.below(kSteps - 3), label = random.below(2);
    double value = random.uniform() - 0.5;
    for (int64_t t = 0; t < length; ++t) {
      value += (label == 1 ? 0.1 : -0.1) + 0.3 * (random.uniform() - 0.5);
      x.data()[n * kSteps + t] = static_cast<float>(value);
    }
    lengths.push_back(length);
    rises.data()[n] = static_cast<int32_t>(label);
  }

  runnel::Sequential model(runnel::LSTM({.input_size = 1, .hidden_size = 16, .batch_first = true}),
                           runnel::Pooling(runnel::PoolingKind::last),
                           runnel::Linear({.in_features = 16, .out_features = 2, .out_axis = "class"}));
  runnel::Adam adam(model.named_parameters(), {.lr = 0.02});
  for (int step = 1; step <= 100; ++step) {
    const runnel::Recording recording;
    adam.zero_grad();
    const runnel::Variable loss = runnel::cross_entropy(model(x, lengths), rises);
    loss.backward();
    runnel::clip_grad_norm(model.named_parameters(), 5);
    adam.step();
    if (step % 20 == 0) std::cout << "step " << step << "  loss " << loss.item() << "\n";
  }

  const runnel::Variable scores = model(x, lengths);
  int64_t right = 0;
  for (int64_t n = 0; n < kBatch; ++n) {
    right += (scores.value().at({n, 1}) > scores.value().at({n, 0})) == (rises.at({n}) == 1) ? 1 : 0;
  }
  std::cout << right << " of " << kBatch << " right\n";
  return right > 180 ? 0 : 1;
}
