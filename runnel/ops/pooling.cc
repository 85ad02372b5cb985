#include "runnel/ops/pooling.h"

#include <algorithm>
#include <vector>

#include "runnel/autograd/tape.h"
#include "runnel/ops/accumulate.h"
#include "runnel/ops/map.h"
#include "runnel/sequence/sequence_error.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// The steps of a padded batch in memory.
class PaddedBatch {
 public:
  PaddedBatch(const char* where, const Shape& shape, const Lengths& lengths)
      : shape_(shape), lengths_(lengths) {
    const int64_t leading = shape.has(axes::batch) ? 2 : 1;
    const auto seq_place = shape.find(axes::seq);
    if (!seq_place || *seq_place >= leading || (leading == 2 && shape.index_of(axes::batch) >= 2)) {
      throw errors::not_padded(where, shape);
    }
    const int64_t seq = shape[*seq_place].size;
    batch_ = leading == 2 ? shape.size(axes::batch) : 1;
    check_lengths(lengths, batch_, seq);
    width_ = shape.count_between(leading, shape.rank());
    const bool seq_first = *seq_place == 0;
    step_stride_ = seq_first ? batch_ * width_ : width_;
    sequence_stride_ = seq_first ? width_ : seq * width_;
  }

  const Shape& shape() const { return shape_; }
  Shape pooled_shape() const { return shape_.without(axes::seq); }
  int64_t width() const { return width_; }
  int64_t length(int64_t sequence) const { return lengths_[static_cast<size_t>(sequence)]; }
  /// Where the numbers of a step begin.
  int64_t at(int64_t sequence, int64_t step) const {
    return sequence * sequence_stride_ + step * step_stride_;
  }

  /// body(sequence, length) for every sequence that has a step.
  template <class Body>
  void for_each_sequence(Body body) const {
    const int64_t steps = batch_ > 0 ? shape_.size(axes::seq) : 0;
    parallel_for(batch_, thread_grain(steps * width_), [&](int64_t begin, int64_t end) {
      for (int64_t sequence = begin; sequence < end; ++sequence) {
        if (length(sequence) > 0) body(sequence, length(sequence));
      }
    });
  }

 private:
  Shape shape_;
  Lengths lengths_;
  int64_t batch_ = 0, width_ = 0, step_stride_ = 0, sequence_stride_ = 0;
};

/// One step of each sequence, the one that `step_of(length)` names.
Variable pool_step(const char* name, const Variable& x, const Lengths& lengths,
                   int64_t (*step_of)(int64_t length)) {
  const PaddedBatch batch(name, x.shape(), lengths);
  Tensor y(batch.pooled_shape());
  batch.for_each_sequence([&, in = x.value().data(), out = y.data()](int64_t sequence, int64_t length) {
    std::copy_n(in + batch.at(sequence, step_of(length)), batch.width(), out + sequence * batch.width());
  });
  return record(name, {x}, y, [batch, step_of](const Tensor& d_y) -> std::vector<Gradient> {
    Tensor d_x(batch.shape());
    batch.for_each_sequence([&, d = d_y.data(), out = d_x.data()](int64_t sequence, int64_t length) {
      std::copy_n(d + sequence * batch.width(), batch.width(), out + batch.at(sequence, step_of(length)));
    });
    return {d_x};
  });
}

}  // namespace

Variable pool_first(const Variable& x, const Lengths& lengths) {
  return pool_step("pool_first", x, lengths, [](int64_t) { return int64_t{0}; });
}

Variable pool_last(const Variable& x, const Lengths& lengths) {
  return pool_step("pool_last", x, lengths, [](int64_t length) { return length - 1; });
}

Variable pool_mean(const Variable& x, const Lengths& lengths) {
  const PaddedBatch batch("pool_mean", x.shape(), lengths);
  const int64_t width = batch.width();
  Tensor y(batch.pooled_shape());
  batch.for_each_sequence([&, in = x.value().data(), out = y.data()](int64_t sequence, int64_t length) {
    std::vector<double> sums(static_cast<size_t>(width), 0.0);
    for (int64_t step = 0; step < length; ++step) {
      add_row(in + batch.at(sequence, step), sums);
    }
    std::transform(sums.begin(), sums.end(), out + sequence * width,
                   [length](double sum) { return static_cast<float>(sum / static_cast<double>(length)); });
  });
  return record("pool_mean", {x}, y, [batch, width](const Tensor& d_y) -> std::vector<Gradient> {
    Tensor d_x(batch.shape());
    batch.for_each_sequence([&, d_all = d_y.data(), out = d_x.data()](int64_t sequence, int64_t length) {
      const float* d = d_all + sequence * width;
      for (int64_t step = 0; step < length; ++step) {
        float* row = out + batch.at(sequence, step);
        for (int64_t k = 0; k < width; ++k) row[k] = d[k] / static_cast<float>(length);
      }
    });
    return {d_x};
  });
}

Variable pool_max(const Variable& x, const Lengths& lengths) {
  const PaddedBatch batch("pool_max", x.shape(), lengths);
  const int64_t width = batch.width();
  Tensor y(batch.pooled_shape());
  Ids steps(y.shape());
  batch.for_each_sequence([&, in = x.value().data()](int64_t sequence, int64_t length) {
    const std::span largest(y.data() + sequence * width, static_cast<size_t>(width));
    std::copy_n(in + batch.at(sequence, 0), width, largest.data());
    for (int64_t step = 1; step < length; ++step) {
      keep_larger(in + batch.at(sequence, step), step, largest, steps.data() + sequence * width);
    }
  });
  return record("pool_max", {x}, y, [batch, width, steps](const Tensor& d_y) -> std::vector<Gradient> {
    Tensor d_x(batch.shape());
    batch.for_each_sequence(
        [&, d = d_y.data(), where = steps.data(), out = d_x.data()](int64_t sequence, int64_t) {
          for (int64_t k = sequence * width; k < (sequence + 1) * width; ++k) {
            out[batch.at(sequence, where[k]) + k - sequence * width] = d[k];
          }
        });
    return {d_x};
  });
}

}  // namespace runnel
