#pragma once

#include <cstdint>

namespace runnel::kernels {

/// A matrix somewhere in memory. Stored row s begins at data + s·stride.
///
///     element (r, c) = stored row index[r], place c              (index absent: row r)
///     transposed:      stored row index[c], place r
///
/// An index of −1 means a row (transposed: a column) of zeros.
struct Matrix {
  const float* data = nullptr;
  int64_t rows = 0;
  int64_t cols = 0;
  int64_t stride = 0;
  bool transposed = false;
  const int32_t* index = nullptr;
};

/// C (+)= A·B (+ bias), float32.
///
///     A [rows, inner], B [inner, cols], C [rows, cols], bias [cols]
struct GemmArgs {
  Matrix a;
  Matrix b;
  float* c = nullptr;
  int64_t c_stride = 0;
  const int32_t* c_index = nullptr;  ///< the stored row of each row of C; absent: itself; −1: none
  const float* bias = nullptr;       ///< where the sums start; absent: 0
  bool accumulate = false;           ///< the sums start from what C holds; `bias` must be absent
};

/// Every element of C is one sum in the order of the inner index, each product added by a fused multiply-add
/// where the machine has one: c = fma(a(r, k), b(k, c), c) for k = 0, 1, …. So its bits depend on its row of
/// A and its column of B only, not on the other sizes and not on the number of threads.
///
/// C must not overlap A, B or bias.
void gemm(const GemmArgs& args);

/// out[c] = Σ_r A(r, c), in the order of the rows; (+)= with `accumulate`. `a` must not be transposed.
void sum_rows(const Matrix& a, float* out, bool accumulate = false);

}  // namespace runnel::kernels
