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
      if (row) copy_few(row + block.first_col, block.cols, out + r * out_stride);
      clear(r, row ? block.cols : 0);
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

/// Some rows whose columns a panel multiplies, and where the sums of one panel start and go. A stride of `start` of 0:
/// all rows start alike. Absent: from 0.
struct ProductRows {
  const float* in = nullptr;
  int64_t in_stride = 0;
  int64_t rows = 0;
  const float* start = nullptr;
  int64_t start_stride = 0;
  float* out = nullptr;
  int64_t out_stride = 0;
};

/// out[r, p·kWidth + j] = start[r, …] + Σ_k in[r, k] · panel p at k, for Panels panels and Rows rows from `row` on.
template <int Panels, int Rows>
HWY_INLINE void multiply_rows(const ProductRows& args, int64_t row, const TilePanels& panels, int64_t inner,
                              const float* ahead = nullptr) {
  const FloatTag d;
  FloatVector sums[Panels][Rows][kVectors];
#pragma GCC unroll 16
  for (int p = 0; p < Panels; ++p) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const float* start = args.start ? args.start + (row + r) * args.start_stride + p * kWidth : nullptr;
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v)
        sums[p][r][v] = start ? hn::Load(d, start + v * kLanes) : hn::Zero(d);
    }
  }
  multiply_tile<Panels, Rows>({args.in + row * args.in_stride, args.in_stride, 1}, panels, inner, sums,
                              ahead);
#pragma GCC unroll 16
  for (int p = 0; p < Panels; ++p) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      float* out = args.out + (row + r) * args.out_stride + p * kWidth;
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) hn::Store(sums[p][r][v], d, out + v * kLanes);
    }
  }
}

/// k of a panel that all rows use before the next ones are read. Shorter pieces would fit the nearest cache, but their sums
/// go to memory and back more often (256: 0.98 of the speed at 512 units and 16 rows; 1024: 0.97 at 1024 and 32).
inline constexpr int64_t kPieceK = 512;

/// The same for all rows and one panel. The sums wait in `out` between the pieces. Only the first tile of a piece waits for
/// its weights; where these come from afar, tiles ask for the next piece while they compute: of this panel, or of the one
/// that will be multiplied `next` (null: of none).
inline void multiply_panel(const ProductRows& args, const TilePanels& panel, int64_t inner,
                           const float* next) {
  ProductRows piece = args;
  for (int64_t k = 0; k < inner; k += kPieceK) {
    const TilePanels from_k{panel.data + k * kWidth, panel.stride};
    const int64_t count = std::min(kPieceK, inner - k);
    const float* ahead = k + count < inner ? from_k.data + count * kWidth : next;
    for_each_tile<kTileRows>(args.rows, [&]<int Rows>(int64_t row) {
      multiply_rows<1, Rows>(piece, row, from_k, count, ahead);
      if (ahead) ahead += count * kLine;
    });
    piece.in += kPieceK;
    piece.start = args.out;
    piece.start_stride = args.out_stride;
  }
}

/// Calls `several(first)` for each `Several` neighbours of a range and `one(i)` for those that are left over, upwards or
/// downwards. What is read again and again is walked up and down in turn: what was read last is in the cache still.
template <int Several, class Body, class One>
HWY_INLINE void walk_range(const PanelRange& range, bool downwards, const Body& several, const One& one) {
  const int64_t count = (range.last - range.first) / Several, rest = range.first + count * Several;
  const auto left_over = [&] {
    for (int64_t i = rest; i < range.last; ++i) one(downwards ? rest + range.last - 1 - i : i);
  };
  if (downwards) left_over();
  for (int64_t i = 0; i < count; ++i) several(range.first + (downwards ? count - 1 - i : i) * Several);
  if (!downwards) left_over();
}

/// The same for the panels of a range, upwards or downwards; panel p's columns begin at p·kWidth of `start` and `out`. A
/// lone row takes several panels at once, to have enough sums under way.
inline void multiply(const ProductRows& args, const PackedMatrix& b, const PanelRange& range,
                     bool downwards = false) {
  constexpr int kOneRowPanels = kChains / kVectors;
  const auto at = [&](int64_t p) {
    ProductRows here = args;
    if (here.start) here.start += p * kWidth;
    here.out += p * kWidth;
    return here;
  };
  const auto one = [&](int64_t panel) {
    const int64_t next = downwards ? panel - 1 : panel + 1;
    const bool last = next < range.first || next >= range.last;
    multiply_panel(at(panel), b.from(panel), b.inner(), last ? nullptr : b.from(next).data);
  };
  if (args.rows > 1) return walk_range<1>(range, downwards, one, one);
  const auto several = [&](int64_t panel) {
    multiply_rows<kOneRowPanels, 1>(at(panel), 0, b.from(panel), b.inner());
  };
  walk_range<kOneRowPanels>(range, downwards, several, one);
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // RUNNEL_KERNELS_TILE_INL_H_
