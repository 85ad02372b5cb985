// A service or an audio callback: one step of many streams at a time, each with a state of its own, nothing allocated
// after the start.
#include <cmath>
#include <iostream>
#include <vector>

#include "runnel/nn/gru.h"
#include "runnel/ops/inference.h"

int main() {
  constexpr int64_t kStreams = 3;
  const runnel::GRU gru({.input_size = 1, .hidden_size = 8});
  runnel::Inference inference = gru.inference({.batch = kStreams});  // weights packed, memory taken: once
  runnel::InferenceState state = inference.make_state();             // zeros; yours to keep, copy and reset

  std::vector<float> x(kStreams), output(kStreams * 8);
  for (int step = 0; step < 100; ++step) {
    for (size_t stream = 0; stream < kStreams; ++stream) {
      x[stream] = std::sin(0.1f * static_cast<float>(step) * static_cast<float>(stream + 1));
    }
    inference.step(x, state, output);  // [stream, feature=1] -> [stream, hidden=8]
    if (step == 49) state.reset(1);    // stream 1 hung up; the next caller starts from zeros
  }

  std::cout << "h of " << kStreams << " streams: " << state.h().shape().to_string() << "\n"
            << inference.bytes() << " bytes for weights and work\n";
}
