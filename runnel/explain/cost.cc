#include "runnel/explain/cost.h"

#include <algorithm>
#include <fmt/format.h>

#include "runnel/explain/story.h"
#include "runnel/explain/wording.h"
#include "runnel/model/input_shape.h"
#include "runnel/model/work.h"
#include "runnel/nn/embedding.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

constexpr int64_t kBytesOfNumber = sizeof(float);

/// batch · (seq · per_step + per_sequence)
struct Growth {
  int64_t per_step = 0, per_sequence = 0;

  /// From what one sequence of one step takes, and one of two.
  static Growth of(int64_t one, int64_t two) { return {two - one, 2 * one - two}; }
  friend Growth operator+(const Growth& a, const Growth& b) {
    return {a.per_step + b.per_step, a.per_sequence + b.per_sequence};
  }

  /// Nothing when it does not fit.
  std::optional<int64_t> value(int64_t batch, int64_t seq) const {
    int64_t result = 0;
    const bool too_large = __builtin_mul_overflow(seq, per_step, &result) ||
                           __builtin_add_overflow(result, per_sequence, &result) ||
                           __builtin_mul_overflow(batch, result, &result);
    return too_large ? std::nullopt : std::optional(result);
  }

  ParameterCount at(const StorySizes& sizes) const {
    if (per_step == 0 && per_sequence == 0) return {};
    const std::string batch = sizes.batch ? grouped(*sizes.batch) : "batch";
    const std::string seq = sizes.seq ? grouped(*sizes.seq) : "seq";
    const std::string steps = fmt::format("{} · {}", seq, grouped(per_step));
    ParameterCount count{.value = {}, .formula = batch + " · "};
    if (per_sequence == 0) {
      count.formula += steps;
    } else if (per_step == 0) {
      count.formula += grouped(per_sequence);
    } else {
      count.formula += fmt::format("({} + {})", steps, grouped(per_sequence));
    }
    if (sizes.batch && (sizes.seq || per_step == 0)) count.value = value(*sizes.batch, sizes.seq.value_or(0));
    return count;
  }
};

struct PartGrowth {
  Growth multiply_adds, activations;
};

/// Whether all is known that costs depend on; the words of an Embedding cost nothing.
bool costs_are_known(const Network& network) {
  const Layer* reading = reading_layer(network);
  if (!reading) return false;
  for (const Layer* layer : network.layers()) {
    if (dynamic_cast<const Embedding*>(layer)) continue;
    for (const NamedParameter& parameter : layer->named_parameters()) {
      if (parameter.variable.shape().symbolic()) return false;
    }
  }
  return true;
}

std::vector<PartGrowth> growth_of(const Network& network, bool steps) {
  const auto ask = [&](int64_t seq, Pass pass) {
    return parts_work(network, Schedule::uniform(1, seq), pass, SmallTables::copied);
  };
  const std::vector<PartWork> forward = ask(1, Pass::inference), training = ask(1, Pass::training);
  const std::vector<PartWork> forward_2 = ask(steps ? 2 : 1, Pass::inference);
  const std::vector<PartWork> training_2 = ask(steps ? 2 : 1, Pass::training);
  std::vector<PartGrowth> parts;
  for (size_t i = 0; i < forward.size(); ++i) {
    parts.push_back({Growth::of(forward[i].multiply_adds, forward_2[i].multiply_adds),
                     Growth::of(training[i].activations, training_2[i].activations)});
  }
  return parts;
}

/// Whether the data have a seq axis in the story.
bool has_steps(const Network& network, const StorySizes& sizes) {
  return input_shape(network, {.seq = reads_steps(network) || sizes.seq}).has(axes::seq);
}

CostStory told(const PartGrowth& part, const std::optional<int64_t>& parameters, const StorySizes& sizes) {
  CostStory cost{.multiply_adds = part.multiply_adds.at(sizes),
                 .weight_bytes = {},
                 .activation_bytes = part.activations.at(sizes)};
  if (!parameters) {
    cost.weight_bytes.value.reset();
  } else if (*parameters > 0) {
    cost.weight_bytes = {*parameters * kBytesOfNumber,
                         fmt::format("{} · {}", kBytesOfNumber, grouped(*parameters))};
  }
  return cost;
}

}  // namespace

std::optional<NetworkCosts> tell_costs(const Network& network, const StorySizes& sizes) {
  if (!costs_are_known(network)) return std::nullopt;
  const std::vector<PartGrowth> parts = growth_of(network, has_steps(network, sizes));
  const auto layers = network.layers();
  NetworkCosts costs;
  PartGrowth sum;
  std::optional<int64_t> all_parameters = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::optional<int64_t> parameters = i == 0 ? 0 : count_parameters(*layers[i - 1]).value;
    costs.parts.push_back(told(parts[i], parameters, sizes));
    sum = {sum.multiply_adds + parts[i].multiply_adds, sum.activations + parts[i].activations};
    all_parameters =
        all_parameters && parameters ? std::optional(*all_parameters + *parameters) : std::nullopt;
  }
  costs.sum = told(sum, all_parameters, sizes);
  return costs;
}

}  // namespace runnel
