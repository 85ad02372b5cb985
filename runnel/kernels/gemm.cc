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
/// Blocks that fit the second cache: a panel of B (inner × tile columns), and the rows of A that meet it. Panels that fit
/// the first one too would be shorter, and their sums go to memory and back more often (480: 0.98 of the speed at 800
/// steps; 1,440: 0.97 at 1,600).
constexpr int64_t kInnerBlock = 960;
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

  bool whole() const { return rows == kTileRows && cols == kTileCols; }
  /// Null: nobody wants this row.
  float* c(int64_t r) const {
    const int64_t stored = args.c_index ? args.c_index[row + r] : row + r;
    return stored < 0 ? nullptr : args.c + stored * args.c_stride + col;
  }
};

/// Asks for the lines of C that the next tile reads and writes: each of its rows is somewhere else.
HWY_INLINE void prefetch_below(const Tile& tile) {
  if (tile.streamed) return;
  for (int64_t r = tile.rows; r < tile.rows + tile.rows_below; ++r) {
    const float* c = tile.c(r);
    if (!c) continue;
    __builtin_prefetch(c, 1, 3);
    __builtin_prefetch(c + kLine, 1, 3);
  }
}

/// What stands for a row that is none.
HWY_ALIGN constexpr float kZeros[kWidth] = {};

/// Some rows and columns of B as they lie; the rows may be in any order.
class RowsOfB {
 public:
  RowsOfB(const Matrix& b, const Block& block) : b_(b), block_(block) {}
  /// Behind the last row: the last.
  const float* row(int64_t k) const {
    const float* stored = stored_row(b_, block_.first_row + std::min(k, block_.rows - 1));
    return stored ? stored + block_.first_col : kZeros;
  }

 private:
  const Matrix& b_;
  const Block block_;
};

/// What a tile multiplies.
struct Operands {
  TileRows a;
  float* b;            // a panel
  const RowsOfB* lie;  // null, or where the panel lies that is packed while it is multiplied
  const float* ahead;  // what is asked for beforehand
};

/// multiply_tile of a panel that is packed on the way: the arithmetic hides the copying. Its rows lie far apart, and are
/// asked for early.
HWY_INLINE void multiply_and_pack(const Operands& o, int64_t inner,
                                  FloatVector (&sums)[1][kTileRows][kVectors]) {
  constexpr int64_t kEarly = 12;  // steps: some 150 cycles
  const FloatTag d;
  const RowsOfB& lie = *o.lie;
  multiply_tile<1, kTileRows>(
      o.a, {lie.row(0), 0}, inner, sums, nullptr, [&](int64_t k, const float* panel) HWY_ATTR {
        const float* early = lie.row(k + kEarly);
        for (int v = 0; v < kVectors; ++v) {
          hn::Store(hn::LoadU(d, panel + v * kLanes), d, o.b + k * kWidth + v * kLanes);
          __builtin_prefetch(early + v * kLanes, 0, 3);
        }
        return lie.row(k + 1);
      });
}

template <int Rows, int Vectors>
HWY_INLINE void multiply_operands(const Operands& o, int64_t inner, FloatVector (&sums)[1][Rows][Vectors]) {
  if constexpr (Rows == kTileRows && Vectors == kVectors) {
    if (o.lie) return multiply_and_pack(o, inner, sums);
  }
  multiply_tile<1, Rows>(o.a, {o.b, 0}, inner, sums, o.ahead);
}

/// Where the rows of a tile start from, and where they go. A row that nobody wants goes into a sink.
template <int Rows>
struct RowPlaces {
  HWY_ALIGN float sink[kWidth];
  const float* from[Rows];
  float* to[Rows];

  HWY_INLINE explicit RowPlaces(const Tile& tile) {
    const GemmArgs& args = tile.args;
    const float* start = args.bias ? args.bias + tile.col : kZeros;
    for (int r = 0; r < Rows; ++r) {
      float* c = tile.c(r);
      to[r] = c ? c : sink;
      from[r] = tile.first && !args.accumulate ? start : c ? c : kZeros;
    }
  }
};

/// `Vectors`: as many as the tile has columns for.
template <int Rows, int Vectors>
HWY_INLINE void compute_tile(const Tile& tile, const Operands& operands, int64_t inner) {
  const FloatTag d;
  const bool whole = tile.cols == Vectors * kLanes;
  RowPlaces<Rows> rows(tile);
  FloatVector sums[1][Rows][Vectors];
  const auto each = [](const auto& body) HWY_ATTR {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 16
      for (int v = 0; v < Vectors; ++v) body(r, v);
    }
  };
  if (whole) {
    each([&](int r, int v) HWY_ATTR { sums[0][r][v] = hn::LoadU(d, rows.from[r] + v * kLanes); });
  } else {
    each([&](int r, int v)
             HWY_ATTR { sums[0][r][v] = load_first(rows.from[r] + v * kLanes, tile.cols - v * kLanes); });
  }
  prefetch_below(tile);
  multiply_operands<Rows, Vectors>(operands, inner, sums);
  if (!whole) {
    each([&](int r, int v)
             HWY_ATTR { store_first(sums[0][r][v], rows.to[r] + v * kLanes, tile.cols - v * kLanes); });
  } else if (tile.streamed) {
    each([&](int r, int v) HWY_ATTR { hn::Stream(sums[0][r][v], d, rows.to[r] + v * kLanes); });
  } else {
    each([&](int r, int v) HWY_ATTR { hn::StoreU(sums[0][r][v], d, rows.to[r] + v * kLanes); });
  }
}

/// Mᵀ
Matrix flipped(Matrix m) {
  std::swap(m.rows, m.cols);
  m.transposed = !m.transposed;
  return m;
}

/// Packs rows of A side by side: out[panel][k][row in the panel].
void pack_a(const Matrix& a, int64_t row, int64_t rows, int64_t k, int64_t inner, float* out) {
  for (int64_t r = 0; r < rows; r += kTileRows) {
    const Block block{k, inner, row + r, std::min<int64_t>(kTileRows, rows - r)};
    pack_rows(flipped(a), block, kTileRows, out + r * inner, kTileRows);
  }
}

/// A that lies in order is read where it lies, transposed or not: a block of it fits the second cache. One without columns
/// lies nowhere.
bool read_in_place(const Matrix& a) { return !a.index && a.cols > 0; }

TileRows in_place(const Matrix& a, int64_t row, int64_t k) {
  if (a.transposed) return {a.data + k * a.stride + row, 1, a.stride};
  return {a.data + row * a.stride + k, a.stride, 1};
}

/// Whether C is written past the caches: it would fill them, and a line that is stored in a cache is read from memory
/// first. At 1024 units, one sequence and 25 steps a training step of an LSTM then takes 0.8 of the time.
bool streams(const GemmArgs& args) {
  static const int64_t much = cache_sizes().l3 / 4;
  if (args.accumulate || args.a.cols > kInnerBlock) return false;  // it is read as well
  const int64_t bytes = args.a.rows * args.b.cols * static_cast<int64_t>(sizeof(float));
  const bool aligned = reinterpret_cast<uintptr_t>(args.c) % 64 == 0 && args.c_stride % kLine == 0;
  return much > 0 && bytes > much && aligned;
}

/// Computes a part of C on one thread, block by block.
class PartOfProduct {
 public:
  PartOfProduct(const GemmArgs& args, const Block& part)
      : args_(args), part_(part), a_in_place_(read_in_place(args.a)), streamed_(streams(args)) {}

  void run() {
    Scratch& packed = scratch();
    const int64_t inner_most = std::min(args_.a.cols, kInnerBlock);
    a_ = a_in_place_ ? nullptr : packed.a.grow((kRowBlock + kTileRows) * inner_most);
    b_ = packed.b.grow((std::min(part_.cols, kColBlock) + kTileCols) * inner_most);
    for (col_ = 0; col_ < part_.cols; col_ += kColBlock) {
      k_ = 0;
      do {  // at least once, since the sums start even when nothing is added
        inner_ = std::min(kInnerBlock, args_.a.cols - k_);
        for (row_ = 0; row_ < part_.rows; row_ += kRowBlock) run_block();
        k_ += inner_;
      } while (k_ < args_.a.cols);
    }
    if (streamed_) hwy::FlushStream();  // before another thread reads C
  }

 private:
  void run_block() {
    const int64_t rows = std::min(kRowBlock, part_.rows - row_),
                  cols = std::min(kColBlock, part_.cols - col_);
    if (!a_in_place_) pack_a(args_.a, part_.first_row + row_, rows, k_, inner_, a_);
    for (int64_t c = 0; c < cols; c += kTileCols) {
      for (int64_t r = 0; r < rows; r += kTileRows) {
        const Tile tile{args_,
                        part_.first_row + row_ + r,
                        std::min<int64_t>(kTileRows, rows - r),
                        part_.first_col + col_ + c,
                        std::min(kTileCols, cols - c),
                        k_ == 0,
                        std::clamp<int64_t>(rows - r - kTileRows, 0, kTileRows),
                        streamed_};
        const RowsOfB lie(args_.b, {k_, inner_, tile.col, tile.cols});
        Operands operands{
            .a = a_in_place_ ? in_place(args_.a, tile.row, k_) : TileRows{a_ + r * inner_, 1, kTileRows},
            .b = b_ + c * inner_,
            .lie = nullptr,
            .ahead = nullptr};
        if (row_ == 0 && r == 0) {
          if (tile.whole() && !args_.b.transposed && inner_ > 0) {
            operands.lie = &lie;
          } else {
            pack_rows(args_.b, {k_, inner_, tile.col, tile.cols}, kTileCols, operands.b, kTileCols);
          }
        } else if (row_ > 0 && r < 2 * kTileRows && c + kTileCols < cols) {
          // The next panel of B, half by half.
          operands.ahead = operands.b + inner_ * (kTileCols + r / kTileRows * kLine);
        }
        with_row_count<kTileRows>(tile.rows, [&]<int Rows>() {
          if (tile.cols > kLanes) return compute_tile<Rows, kVectors>(tile, operands, inner_);
          compute_tile<Rows, 1>(tile, operands, inner_);
        });
      }
    }
  }

  const GemmArgs& args_;
  const Block& part_;
  const bool a_in_place_, streamed_;
  float* a_ = nullptr;  // packed, see Scratch
  float* b_ = nullptr;
  int64_t row_ = 0, col_ = 0, k_ = 0, inner_ = 0;  // of the block
};

/// Threads share C by rows, when each of them packs all of B, or by columns, when each packs, or reads, all of A.
void product(const GemmArgs& args) {
  const int64_t rows = args.a.rows, cols = args.b.cols;
  const int64_t row_tiles = (rows + kTileRows - 1) / kTileRows,
                col_tiles = (cols + kTileCols - 1) / kTileCols;
  const bool by_rows = cols <= (args.a.transposed || args.a.index ? rows : rows / 4);
  const int64_t work_a_tile = (by_rows ? kTileRows * cols : kTileCols * rows) * (args.a.cols + 1);
  constexpr int64_t kWorthAThread = 1 << 20;  // multiply-adds: some ten microseconds
  const int64_t grain = std::max<int64_t>(1, kWorthAThread / work_a_tile);
  parallel_for(by_rows ? row_tiles : col_tiles, grain, [&](int64_t begin, int64_t end) {
    const FlushDenormals flush;
    const int64_t tile = by_rows ? kTileRows : kTileCols;
    const int64_t first = begin * tile, count = std::min(end * tile, by_rows ? rows : cols) - first;
    const Block part = by_rows ? Block{first, count, 0, cols} : Block{0, rows, first, count};
    PartOfProduct(args, part).run();
  });
}

/// For Vectors vectors of columns from column c on: sum = add(r, a(r, …), sum) for each row r. `out` holds where the sums
/// start, and then the sums; of a last vector only `count` columns are there.
template <int Vectors, class Add>
HWY_INLINE void sum_vectors(const Matrix& a, const Add& add, int64_t c, int64_t count, float* out) {
  const FloatTag d;
  const bool whole = count >= Vectors * kLanes;
  FloatVector sums[Vectors];
  for (int v = 0; v < Vectors; ++v)
    sums[v] = whole ? hn::LoadU(d, out + c + v * kLanes) : load_first(out + c, count);
  for (int64_t r = 0; r < a.rows; ++r) {
    const float* row = a.data + (a.index ? a.index[r] : r) * a.stride + c;
    for (int v = 0; v < Vectors; ++v)
      sums[v] = add(r, whole ? hn::LoadU(d, row + v * kLanes) : load_first(row, count), sums[v]);
  }
  for (int v = 0; v < Vectors; ++v)
    whole ? hn::StoreU(sums[v], d, out + c + v * kLanes) : store_first(sums[v], out + c, count);
}

/// The same for all columns. Threads share them out.
template <class Add>
void sum_columns(const Matrix& a, const Add& add, float* out) {
  constexpr int64_t kWorthAThread = 1 << 16, kBlock = 128;  // additions; columns
  const int64_t blocks = (a.cols + kBlock - 1) / kBlock;
  const int64_t grain = std::max<int64_t>(1, kWorthAThread / (kBlock * std::max<int64_t>(1, a.rows)));
  parallel_for(blocks, grain, [&](int64_t begin, int64_t end) {
    const FlushDenormals flush;
    int64_t c = begin * kBlock;
    const int64_t last = std::min(end * kBlock, a.cols);
    while (last - c >= kLanes) {
      const int64_t vectors = std::min<int64_t>(kChains, (last - c) / kLanes);
      with_row_count<kChains>(vectors,
                              [&]<int Vectors>() { sum_vectors<Vectors>(a, add, c, last - c, out); });
      c += vectors * kLanes;
    }
    if (c < last) sum_vectors<1>(a, add, c, last - c, out);
  });
}

/// One column of C as one row of Cᵀ = Bᵀ·Aᵀ: many sums in each vector, in place of one. Where the rows of Aᵀ lie in one
/// piece, they are added up where they lie, each times its element of B.
void product_of_one_column(const GemmArgs& args) {
  const int64_t count = args.a.rows;
  float* row = scratch().column.grow(count);
  const auto c = [&](int64_t r) { return args.c + (args.c_index ? args.c_index[r] : r) * args.c_stride; };
  const auto wanted = [&](int64_t r) { return !args.c_index || args.c_index[r] >= 0; };
  std::fill_n(row, count, args.bias ? args.bias[0] : 0.0f);
  for (int64_t r = 0; r < count && args.accumulate; ++r) row[r] = wanted(r) ? *c(r) : 0;
  if (args.a.transposed && !args.a.index && !args.b.transposed) {
    const auto add = [&](int64_t k, FloatVector a, FloatVector sum) HWY_ATTR {
      const float* b = stored_row(args.b, k);
      return hn::MulAdd(a, hn::Set(FloatTag(), b ? *b : 0), sum);
    };
    sum_columns(flipped(args.a), add, row);
  } else {
    product({.a = flipped(args.b), .b = flipped(args.a), .c = row, .c_stride = count, .accumulate = true});
  }
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

void sum_rows(const Matrix& a, float* out, bool accumulate) {
  if (!accumulate) std::fill_n(out, a.cols, 0.0f);
  const auto add = [](int64_t, FloatVector row, FloatVector sum) HWY_ATTR { return hn::Add(sum, row); };
  sum_columns(a, add, out);
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
