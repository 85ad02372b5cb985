// The register tile that every matrix product of Runnel goes through, and the packing of its operands.
// Compiled once for each instruction set.

#if defined(RUNNEL_KERNELS_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RUNNEL_KERNELS_TILE_INL_H_
#undef RUNNEL_KERNELS_TILE_INL_H_
#else
#define RUNNEL_KERNELS_TILE_INL_H_
#endif

#include <algorithm>
#include <cstdint>
#include <hwy/highway.h>

#include "runnel/base/thread_pool.h"
#include "runnel/kernels/buffer.h"
#include "runnel/kernels/gemm.h"
#include "runnel/kernels/plan.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = HWY_CAPPED(float, 16);
using FloatVector = hn::Vec<FloatTag>;
inline constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(FloatTag()));
/// Accumulators that fit the registers beside the operands.
inline constexpr int kAccumulators = HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64 ? 24 : 12;
/// Sums that must be under way at once so that none waits for the one before: two multiply-adds begin in every
/// cycle, and each takes four.
inline constexpr int kChains = 8;

inline int64_t round_up(int64_t count, int64_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

/// Floats of a cache line.
inline constexpr int64_t kLine = 16;
/// Asks for a line, into the second cache: the nearest is full of what is in use.
HWY_INLINE void prefetch_line(const float* line) { __builtin_prefetch(line, 0, 2); }

/// Whether a part of a vector can be read and written without a look at what is beside it.
inline constexpr bool kMasks = HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2;

/// The first floats of a vector, as many as `count` or all, and zeros behind them. No others are read.
HWY_INLINE FloatVector load_first(const float* from, int64_t count) {
  const FloatTag d;
  if constexpr (kMasks) return hn::MaskedLoad(hn::FirstN(d, static_cast<size_t>(count)), d, from);
  HWY_ALIGN float all[kLanes] = {};
  std::copy_n(from, std::min(count, kLanes), all);
  return hn::Load(d, all);
}

/// Writes them, and nothing else.
HWY_INLINE void store_first(FloatVector vector, float* to, int64_t count) {
  const FloatTag d;
  if constexpr (kMasks) return hn::BlendedStore(vector, hn::FirstN(d, static_cast<size_t>(count)), d, to);
  HWY_ALIGN float all[kLanes];
  hn::Store(vector, d, all);
  std::copy_n(all, std::min(count, kLanes), to);
}

/// Rows whose element (r, k) stands at data[r·row_stride + k·inner_stride].
struct TileRows {
  const float* data;
  int64_t row_stride;
  int64_t inner_stride;
};

/// Vectors of a panel. With two, and as many rows as the registers allow, a multiply-add needs the fewest loads of whole
/// vectors.
inline constexpr int kVectors = 2;
inline constexpr int64_t kWidth = kVectors * kLanes;
/// Rows of the highest tile.
inline constexpr int kTileRows = kAccumulators / kVectors;

/// Panels of a packed right-hand side, `stride` floats apart. A panel holds, for each k, its vectors one after the
/// other.
struct TilePanels {
  const float* data;
  int64_t stride;
};

/// Where a panel goes on: its steps of k lie one behind the other.
struct NextStep {
  HWY_INLINE const float* operator()(int64_t, const float* panel) const { return panel + kWidth; }
};

/// sums[p][r][v] += Σ_k rows(r, k) · vector v of panel p at k, in the order of k; `Vectors` of a
/// panel's kVectors. `ahead`: floats that are wanted soon; one
/// cache line of them is asked for with each k. Null: none. `next(k, panel)`: where the panel goes on behind k.
template <int Panels, int Rows, int Vectors, class Next = NextStep>
HWY_INLINE void multiply_tile(const TileRows& rows, const TilePanels& panels, int64_t inner,
                              FloatVector (&sums)[Panels][Rows][Vectors], const float* ahead = nullptr,
                              const Next& next = {}) {
  const FloatTag d;
  FloatVector acc[Panels][Rows][Vectors];
#pragma GCC unroll 16
  for (int p = 0; p < Panels; ++p) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v) acc[p][r][v] = sums[p][r][v];
    }
  }
  const float* column = rows.data;
  const float* panel = panels.data;
  for (int64_t k = 0; k < inner; ++k) {
    if constexpr (Panels > 1) {
      FloatVector a[Rows];
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r) a[r] = hn::Set(d, column[r * rows.row_stride]);
#pragma GCC unroll 16
      for (int p = 0; p < Panels; ++p) {
#pragma GCC unroll 16
        for (int v = 0; v < Vectors; ++v) {
          const FloatVector b = hn::Load(d, panel + p * panels.stride + v * kLanes);
#pragma GCC unroll 16
          for (int r = 0; r < Rows; ++r) acc[p][r][v] = hn::MulAdd(a[r], b, acc[p][r][v]);
        }
      }
    } else {
      FloatVector b[Vectors];
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v) b[v] = hn::LoadU(d, panel + v * kLanes);
#pragma GCC unroll 16
      for (int r = 0; r < Rows; ++r) {
        const FloatVector a = hn::Set(d, column[r * rows.row_stride]);
#pragma GCC unroll 16
        for (int v = 0; v < Vectors; ++v) acc[0][r][v] = hn::MulAdd(a, b[v], acc[0][r][v]);
      }
    }
    panel = next(k, panel);
    column += rows.inner_stride;
    if (ahead) {
      prefetch_line(ahead);
      ahead += kLine;
    }
  }
#pragma GCC unroll 16
  for (int p = 0; p < Panels; ++p) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v) sums[p][r][v] = acc[p][r][v];
    }
  }
}

/// Calls `body.template operator()<R>()` with the compile-time count R = rows, 1 ≤ rows ≤ Most.
template <int Most, class Body>
HWY_INLINE void with_row_count(int64_t rows, const Body& body) {
  if constexpr (Most == 1) {
    body.template operator()<1>();
  } else {
    if (rows == Most) {
      body.template operator()<Most>();
    } else {
      with_row_count<Most - 1>(rows, body);
    }
  }
}

/// Cuts `rows` into tiles of nearly equal height, at most Most, and calls `body.template operator()<R>(row)` for each.
/// Equal heights, since a low tile leaves the arithmetic units waiting.
template <int Most, class Body>
HWY_INLINE void for_each_tile(int64_t rows, const Body& body) {
  const int64_t tiles = (rows + Most - 1) / Most, low = tiles > 0 ? rows / tiles : 0,
                higher = rows - low * tiles;
  int64_t row = 0;
  for (int64_t i = 0; i < tiles; ++i) {
    const int64_t height = low + (i < higher ? 1 : 0);
    with_row_count<Most>(height, [&]<int Rows>() { body.template operator()<Rows>(row); });
    row += height;
  }
}

/// A block of a matrix: rows first_row … first_row + rows − 1, likewise columns.
struct Block {
  int64_t first_row, rows, first_col, cols;
};

/// out[r·out_stride + j] = columns[j][r] for four columns.
inline void transpose_columns(const float* const (&columns)[4], int64_t rows, float* out,
                              int64_t out_stride) {
  int64_t r = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::FixedTag<float, 4> d;
  for (; r + 4 <= rows; r += 4) {
    const auto c0 = hn::LoadU(d, columns[0] + r), c1 = hn::LoadU(d, columns[1] + r);
    const auto c2 = hn::LoadU(d, columns[2] + r), c3 = hn::LoadU(d, columns[3] + r);
    const auto low_01 = hn::InterleaveLower(d, c0, c1), high_01 = hn::InterleaveUpper(d, c0, c1);
    const auto low_23 = hn::InterleaveLower(d, c2, c3), high_23 = hn::InterleaveUpper(d, c2, c3);
    float* row = out + r * out_stride;
    hn::StoreU(hn::ConcatLowerLower(d, low_23, low_01), d, row);
    hn::StoreU(hn::ConcatUpperUpper(d, low_23, low_01), d, row + out_stride);
    hn::StoreU(hn::ConcatLowerLower(d, high_23, high_01), d, row + 2 * out_stride);
    hn::StoreU(hn::ConcatUpperUpper(d, high_23, high_01), d, row + 3 * out_stride);
  }
#endif
  for (; r < rows; ++r) {
    for (int j = 0; j < 4; ++j) out[r * out_stride + j] = columns[j][r];
  }
}

/// Where a stored row of a matrix begins; null: a row of zeros.
inline const float* stored_row(const Matrix& m, int64_t i) {
  const int64_t row = m.index ? m.index[i] : i;
  return row < 0 ? nullptr : m.data + row * m.stride;
}

/// Copies the few floats of a panel's row, for which a call of memmove would take longer than the copying.
HWY_INLINE void copy_few(const float* from, int64_t count, float* to) {
  const FloatTag d;
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) hn::StoreU(hn::LoadU(d, from + i), d, to + i);
#if HWY_TARGET != HWY_SCALAR
  const hn::FixedTag<float, 4> four;
  for (; i + 4 <= count; i += 4) hn::StoreU(hn::LoadU(four, from + i), four, to + i);
#endif
  for (; i < count; ++i) to[i] = from[i];
}

/// Copies `count` floats, and zeros up to kWidth.
HWY_INLINE void copy_panel_row(const float* from, int64_t count, float* to) {
  const FloatTag d;
  for (int64_t i = 0; i < kWidth; i += kLanes)
    hn::StoreU(i < count ? load_first(from + i, count - i) : hn::Zero(d), d, to + i);
}

/// pack_rows for some rows of a transposed matrix, whose columns lie in one piece.
inline void pack_columns(const Matrix& m, const Block& block, float* out, int64_t out_stride) {
  int64_t c = 0;
  while (c < block.cols) {
    const float* columns[4] = {};
    int64_t found = 0;
    for (; found < 4 && c + found < block.cols; ++found) {
      columns[found] = stored_row(m, block.first_col + c + found);
      if (!columns[found]) break;
      columns[found] += block.first_row;
    }
    if (found == 4) {
      transpose_columns(columns, block.rows, out + c, out_stride);
      c += 4;
      continue;
    }
    for (int64_t r = 0; r < block.rows; ++r) out[r * out_stride + c] = columns[0] ? columns[0][r] : 0.0f;
    ++c;
  }
}

/// out[r·out_stride + c] = matrix element of the block, and 0 for `width` − cols places behind each row.
inline void pack_rows(const Matrix& m, const Block& block, int64_t width, float* out, int64_t out_stride) {
  const auto clear = [&](int64_t r, int64_t from) {
    for (int64_t c = from; c < width; ++c) out[r * out_stride + c] = 0;
  };
  if (!m.transposed) {
    for (int64_t r = 0; r < block.rows; ++r) {
      const float* row = stored_row(m, block.first_row + r);
      if (row && width == kWidth) {
        copy_panel_row(row + block.first_col, block.cols, out + r * out_stride);
      } else {
        if (row) copy_few(row + block.first_col, block.cols, out + r * out_stride);
        clear(r, row ? block.cols : 0);
      }
    }
    return;
  }
  constexpr int64_t kRows = 64;  // what is written stays in L1 until all columns have been
  for (int64_t r = 0; r < block.rows; r += kRows) {
    const Block part{block.first_row + r, std::min(kRows, block.rows - r), block.first_col, block.cols};
    pack_columns(m, part, out + r * out_stride, out_stride);
  }
  for (int64_t r = 0; r < block.rows && width > block.cols; ++r) clear(r, block.cols);
}

/// The right-hand side of a product that is used again and again, packed once, in panels.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  /// `m` is [inner, cols]; columns of index −1 (m transposed) or behind its last one are zeros.
  explicit PackedMatrix(const Matrix& m)
      : inner_(m.rows), panels_((m.cols + kWidth - 1) / kWidth), values_(inner_ * panels_ * kWidth) {
    constexpr int64_t kWorthAThread = 1 << 16;  // floats: some ten microseconds
    const int64_t grain = 1 + kWorthAThread / std::max<int64_t>(1, stride());
    parallel_for(panels_, grain, [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; ++p) {
        const Block block{0, inner_, p * kWidth, std::min(kWidth, m.cols - p * kWidth)};
        pack_rows(m, block, kWidth, values_.data() + p * stride(), kWidth);
      }
    });
  }

  int64_t inner() const { return inner_; }
  int64_t panels() const { return panels_; }
  int64_t stride() const { return inner_ * kWidth; }
  TilePanels from(int64_t panel) const { return {values_.data() + panel * stride(), stride()}; }
  int64_t bytes() const { return values_.count() * static_cast<int64_t>(sizeof(float)); }

 private:
  int64_t inner_ = 0, panels_ = 0;
  Buffer values_;
};

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // RUNNEL_KERNELS_TILE_INL_H_
