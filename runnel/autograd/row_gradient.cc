#include "runnel/autograd/row_gradient.h"

#include <algorithm>
#include <iterator>

namespace runnel {
namespace {

int64_t width_of(const RowGradient& gradient) {
  return gradient.rows.empty() ? 0 : gradient.values.count() / static_cast<int64_t>(gradient.rows.size());
}

/// sum[where `gradient`'s rows stand among `rows`] += its values
void add_among(const std::vector<int32_t>& rows, const RowGradient& gradient, Tensor& sum) {
  const int64_t width = width_of(gradient);
  const float* from = gradient.values.data();
  auto place = rows.begin();
  for (const int32_t row : gradient.rows) {
    place = std::lower_bound(place, rows.end(), row);
    float* to = sum.data() + (place - rows.begin()) * width;
    std::transform(from, from + width, to, to, std::plus<float>());
    from += width;
  }
}

}  // namespace

Tensor RowGradient::dense(const Shape& parameter) const {
  Tensor whole(parameter);
  add_rows(whole, *this);
  return whole;
}

RowGradient sum_of(const RowGradient& a, const RowGradient& b) {
  RowGradient sum;
  std::set_union(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(), std::back_inserter(sum.rows));
  const Shape& shape = a.values.shape();
  sum.values = Tensor(shape.with_size(shape[0].name, static_cast<int64_t>(sum.rows.size())));
  add_among(sum.rows, a, sum.values);
  add_among(sum.rows, b, sum.values);
  return sum;
}

void add_rows(Tensor& dense, const RowGradient& gradient) {
  const int64_t width = width_of(gradient);
  const float* from = gradient.values.data();
  for (const int32_t row : gradient.rows) {
    float* to = dense.data() + row * width;
    std::transform(from, from + width, to, to, std::plus<float>());
    from += width;
  }
}

}  // namespace runnel
