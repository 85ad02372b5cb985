#include "runnel/kernels/gemm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "runnel/kernels/gemm.cc"
#include <hwy/foreach_target.h>
//
#include <cassert>
#include <hwy/cache_control.h>

#include "runnel/base/denormals.h"
#include "runnel/base/thread_pool.h"
#include "runnel/kernels/buffer.h"
#include "runnel/kernels/cache_sizes.h"
#include "runnel/kernels/target.h"
#include "runnel/kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

constexpr int64_t kTileCols = kWidth;
/// Blocks that fit the caches: a panel of B (inner × tile columns) and a tile's rows of A in L1, the packed block of A
/// in L2. Not 512: rows whose distance is a multiple of 4,096 bytes fall into the same few places of L1.
constexpr int64_t kInnerBlock = 480;
constexpr int64_t kRowBlock = 16 * kTileRows;
constexpr int64_t kColBlock = 1024;

/// Packed operands of one block of the inner index, kept by each thread from call to call.
struct Scratch {
  Buffer a, b;
  Buffer column;  ///< the results where C is one column
};

Scratch& scratch() {
  static thread_local Scratch buffers;
  return buffers;
}

/// One tile of C: where it stands, how much of it exists, and where its sums start.
struct Tile {
  const GemmArgs& args;
  int64_t row, rows, col, cols;
  bool first;          // whether the sums start here: from the bias, from C or from 0
  int64_t rows_below;  // of C, in the tile that comes next
  bool streamed;       // see streams()

  /// Null: nobody wants this row.
  float* c(int64_t r) const {
    const int64_t stored = args.c_index ? args.c_index[row + r] : row + r;
    return stored < 0 ? nullptr : args.c + stored * args.c_stride + col;
  }
};

/// Asks for the sums of the next tile: each of its rows of C is somewhere else.
HWY_INLINE void prefetch_below(const Tile& tile) {
  if (tile.first && !tile.args.accumulate) return;
  for (int64_t r = tile.rows; r < tile.rows + tile.rows_below; ++r) {
    const float* c = tile.c(r);
    if (!c) continue;
    __builtin_prefetch(c, 1, 3);
    __builtin_prefetch(c + kLine, 1, 3);
  }
}

template <int Rows>
HWY_INLINE void compute_tile(const Tile& tile, const TileRows& a, const float* panel, int64_t inner,
                             const float* ahead) {
  const FloatTag d;
  const bool whole = tile.cols == kTileCols;
  HWY_ALIGN float edge[Rows * kTileCols];
  FloatVector sums[1][Rows][kVectors];
  for (int r = 0; r < Rows; ++r) {
    const float* start = tile.c(r);
    if (tile.first && !tile.args.accumulate) start = tile.args.bias ? tile.args.bias + tile.col : nullptr;
    if (start && !whole) {
      std::copy_n(start, tile.cols, edge + r * kTileCols);
      std::fill(edge + r * kTileCols + tile.cols, edge + (r + 1) * kTileCols, 0.0f);
      start = edge + r * kTileCols;
    }
    for (int v = 0; v < kVectors; ++v) sums[0][r][v] = start ? hn::LoadU(d, start + v * kLanes) : hn::Zero(d);
  }
  prefetch_below(tile);
  multiply_tile<1, Rows>(a, {panel, 0}, inner, sums, ahead);
  if (tile.streamed && whole) {
    for (int r = 0; r < Rows; ++r) {
      float* out = tile.c(r);
      for (int v = 0; v < kVectors && out; ++v) hn::Stream(sums[0][r][v], d, out + v * kLanes);
    }
    return;
  }
  for (int r = 0; r < Rows; ++r) {
    if (!tile.c(r)) continue;
    float* out = whole ? tile.c(r) : edge + r * kTileCols;
    for (int v = 0; v < kVectors; ++v) hn::StoreU(sums[0][r][v], d, out + v * kLanes);
    if (!whole) std::copy_n(out, tile.cols, tile.c(r));
  }
}

/// Packs rows of A side by side: out[panel][k][row in the panel].
void pack_a(const Matrix& a, int64_t row, int64_t rows, int64_t k, int64_t inner, float* out) {
  if (!a.transposed) {
    Matrix columns = a;  // Aᵀ: its "rows" are k, its "columns" the rows of A
    columns.transposed = true;
    for (int64_t r = 0; r < rows; r += kTileRows) {
      const Block block{k, inner, row + r, std::min<int64_t>(kTileRows, rows - r)};
      pack_rows(columns, block, kTileRows, out + r * inner, kTileRows);
    }
    return;
  }
  // What is stored as one row is cut up for all panels while it is in the cache.
  for (int64_t i = 0; i < inner; ++i) {
    const float* stored = stored_row(a, k + i);
    for (int64_t r = 0; r < rows; r += kTileRows) {
      float* panel = out + r * inner + i * kTileRows;
      const int64_t count = std::min<int64_t>(kTileRows, rows - r);
      if (stored && count == kTileRows) {
        copy_few(stored + row + r, kTileRows, panel);
      } else {
        for (int64_t j = 0; j < count; ++j) panel[j] = stored ? stored[row + r + j] : 0;
      }
    }
  }
}

void pack_b(const Matrix& b, int64_t k, int64_t inner, int64_t col, int64_t cols, float* out) {
  for (int64_t c = 0; c < cols; c += kTileCols) {
    const Block block{k, inner, col + c, std::min(kTileCols, cols - c)};
    pack_rows(b, block, kTileCols, out + c * inner, kTileCols);
  }
}

/// Rows of A that lie in order are read where they lie: a tile's are few enough for the cache.
bool read_in_place(const Matrix& a) { return !a.transposed && !a.index; }

/// Whether C is written past the caches: it would fill them, and a line that is stored in a cache is read from memory
/// first. At 1024 units, one sequence and 25 steps a training step of an LSTM then takes 0.8 of the time.
bool streams(const GemmArgs& args) {
  static const int64_t much = cache_sizes().l3 / 4;
  if (args.accumulate || args.a.cols > kInnerBlock) return false;  // it is read as well
  const int64_t bytes = args.a.rows * args.b.cols * static_cast<int64_t>(sizeof(float));
  const bool aligned = reinterpret_cast<uintptr_t>(args.c) % 64 == 0 && args.c_stride % kLine == 0;
  return much > 0 && bytes > much && aligned;
}

/// The part of C in `part`, on this thread.
void gemm_part(const GemmArgs& args, const Block& part) {
  Scratch& packed = scratch();
  const int64_t inner_all = args.a.cols;
  const int64_t inner_most = std::min(inner_all, kInnerBlock);
  const bool in_place = read_in_place(args.a);
  float* a = in_place ? nullptr : packed.a.grow((kRowBlock + kTileRows) * inner_most);
  const bool streamed = streams(args);
  float* b = packed.b.grow((std::min(part.cols, kColBlock) + kTileCols) * inner_most);
  for (int64_t col = 0; col < part.cols; col += kColBlock) {
    const int64_t cols = std::min(kColBlock, part.cols - col);
    int64_t k = 0;
    do {  // at least once, since the sums start even when nothing is added
      const int64_t inner = std::min(kInnerBlock, inner_all - k);
      pack_b(args.b, k, inner, part.first_col + col, cols, b);
      for (int64_t row = 0; row < part.rows; row += kRowBlock) {
        const int64_t rows = std::min(kRowBlock, part.rows - row);
        if (!in_place) pack_a(args.a, part.first_row + row, rows, k, inner, a);
        for (int64_t c = 0; c < cols; c += kTileCols) {
          for (int64_t r = 0; r < rows; r += kTileRows) {
            const Tile tile{args,
                            part.first_row + row + r,
                            std::min<int64_t>(kTileRows, rows - r),
                            part.first_col + col + c,
                            std::min(kTileCols, cols - c),
                            k == 0,
                            std::clamp<int64_t>(rows - r - kTileRows, 0, kTileRows),
                            streamed};
            const TileRows of_a = in_place
                                      ? TileRows{args.a.data + tile.row * args.a.stride + k, args.a.stride, 1}
                                      : TileRows{a + r * inner, 1, kTileRows};
            const float* panel = b + c * inner;
            const float* ahead =
                r < 2 * kTileRows && c + kTileCols < cols  // the next panel of B, half by half
                    ? panel + inner * (kTileCols + r / kTileRows * kLine)
                    : nullptr;
            with_row_count<kTileRows>(
                tile.rows, [&]<int Rows>() { compute_tile<Rows>(tile, of_a, panel, inner, ahead); });
          }
        }
      }
      k += inner;
    } while (k < inner_all);
  }
  if (streamed) hwy::FlushStream();  // before another thread reads C
}

/// Threads share C by rows, when each of them packs all of B, or by columns, when each packs, or reads, all of A.
void product(const GemmArgs& args) {
  const int64_t rows = args.a.rows, cols = args.b.cols;
  const int64_t row_tiles = (rows + kTileRows - 1) / kTileRows,
                col_tiles = (cols + kTileCols - 1) / kTileCols;
  const bool by_rows = cols <= (read_in_place(args.a) ? rows / 4 : rows);
  const int64_t work_a_tile = (by_rows ? kTileRows * cols : kTileCols * rows) * (args.a.cols + 1);
  constexpr int64_t kWorthAThread = 1 << 20;  // multiply-adds: some ten microseconds
  const int64_t grain = std::max<int64_t>(1, kWorthAThread / work_a_tile);
  parallel_for(by_rows ? row_tiles : col_tiles, grain, [&](int64_t begin, int64_t end) {
    const FlushDenormals flush;
    const int64_t tile = by_rows ? kTileRows : kTileCols;
    const int64_t first = begin * tile, count = std::min(end * tile, by_rows ? rows : cols) - first;
    gemm_part(args, by_rows ? Block{first, count, 0, cols} : Block{0, rows, first, count});
  });
}

/// One column of C as one row of Cᵀ = Bᵀ·Aᵀ: many sums in each vector, in place of one.
void product_of_one_column(const GemmArgs& args) {
  const int64_t count = args.a.rows;
  float* row = scratch().column.grow(count);
  const auto c = [&](int64_t r) { return args.c + (args.c_index ? args.c_index[r] : r) * args.c_stride; };
  const auto wanted = [&](int64_t r) { return !args.c_index || args.c_index[r] >= 0; };
  const auto flipped = [](Matrix m) {
    std::swap(m.rows, m.cols);
    m.transposed = !m.transposed;
    return m;
  };
  if (args.bias) std::fill_n(row, count, args.bias[0]);
  for (int64_t r = 0; r < count && args.accumulate; ++r) row[r] = wanted(r) ? *c(r) : 0;
  product({.a = flipped(args.b),
           .b = flipped(args.a),
           .c = row,
           .c_stride = count,
           .accumulate = args.accumulate || args.bias});
  for (int64_t r = 0; r < count; ++r) {
    if (wanted(r)) *c(r) = row[r];
  }
}

void gemm(const GemmArgs& args) {
  if (args.b.cols == 1 && args.a.rows > 1) {
    product_of_one_column(args);
  } else {
    product(args);
  }
}

/// Sums of Vectors vectors of columns from column c on.
template <int Vectors>
void sum_vectors(const Matrix& a, int64_t c, float* out, bool accumulate) {
  const FloatTag d;
  FloatVector sums[Vectors];
  for (int v = 0; v < Vectors; ++v) sums[v] = accumulate ? hn::LoadU(d, out + c + v * kLanes) : hn::Zero(d);
  for (int64_t r = 0; r < a.rows; ++r) {
    const float* row = a.data + (a.index ? a.index[r] : r) * a.stride + c;
    for (int v = 0; v < Vectors; ++v) sums[v] = hn::Add(sums[v], hn::LoadU(d, row + v * kLanes));
  }
  for (int v = 0; v < Vectors; ++v) hn::StoreU(sums[v], d, out + c + v * kLanes);
}

/// Columns first … last − 1 of the sums.
void sum_columns(const Matrix& a, int64_t first, int64_t last, float* out, bool accumulate) {
  int64_t c = first;
  for (; c + 8 * kLanes <= last; c += 8 * kLanes) sum_vectors<8>(a, c, out, accumulate);
  for (; c + kLanes <= last; c += kLanes) sum_vectors<1>(a, c, out, accumulate);
  for (; c < last; ++c) {
    float sum = accumulate ? out[c] : 0.0f;
    for (int64_t r = 0; r < a.rows; ++r) sum += a.data[(a.index ? a.index[r] : r) * a.stride + c];
    out[c] = sum;
  }
}

void sum_rows(const Matrix& a, float* out, bool accumulate) {
  constexpr int64_t kWorthAThread = 1 << 16, kBlock = 128;  // additions; columns
  const int64_t blocks = (a.cols + kBlock - 1) / kBlock;
  const int64_t grain = std::max<int64_t>(1, kWorthAThread / (kBlock * std::max<int64_t>(1, a.rows)));
  parallel_for(blocks, grain, [&](int64_t begin, int64_t end) {
    const FlushDenormals flush;
    sum_columns(a, begin * kBlock, std::min(end * kBlock, a.cols), out, accumulate);
  });
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace runnel::kernels {

[[maybe_unused]] const bool target_chosen = detail::use_target_of_environment();

HWY_EXPORT(gemm);
HWY_EXPORT(sum_rows);

void gemm(const GemmArgs& args) {
  assert(args.a.cols == args.b.rows);
  assert(!args.accumulate || args.bias == nullptr);
  if (args.a.rows == 0 || args.b.cols == 0) return;
  HWY_DYNAMIC_DISPATCH(gemm)(args);
}

void sum_rows(const Matrix& a, float* out, bool accumulate) {
  assert(!a.transposed);
  HWY_DYNAMIC_DISPATCH(sum_rows)(a, out, accumulate);
}

}  // namespace runnel::kernels
#endif  // HWY_ONCE
