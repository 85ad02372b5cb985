// Products of rows with packed panels, whose sums start and end in memory: what the steps of a recurrence are made of.
// Compiled once for each instruction set.

#if defined(RUNNEL_KERNELS_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RUNNEL_KERNELS_PRODUCT_INL_H_
#undef RUNNEL_KERNELS_PRODUCT_INL_H_
#else
#define RUNNEL_KERNELS_PRODUCT_INL_H_
#endif

#include <algorithm>
#include <cstdint>

#include "runnel/kernels/plan.h"
#include "runnel/kernels/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace runnel::kernels::HWY_NAMESPACE {

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

/// What else adds to the same sums: the same rows of another matrix, and the panel that multiplies their columns.
struct MoreRows {
  TileRows rows;
  TilePanels panel;
  int64_t inner;
  const float* ahead;  ///< see multiply_tile
};

/// out[r, p·kWidth + j] = start[r, …] + Σ_k in[r, k] · panel p at k, for Panels panels and Rows rows from `row` on; and what
/// `more`, which may be null, adds to it.
template <int Panels, int Rows>
HWY_INLINE void multiply_rows(const ProductRows& args, int64_t row, const TilePanels& panels, int64_t inner,
                              const float* ahead = nullptr, const MoreRows* more = nullptr) {
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
  if (more) {
    const TileRows& in = more->rows;
    multiply_tile<Panels, Rows>({in.data + row * in.row_stride, in.row_stride, 1}, more->panel, more->inner,
                                sums, more->ahead);
  }
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

/// k of a panel that all rows use before the next ones are read. Shorter pieces fit the nearest cache, but their sums go to
/// memory and back more often (256: 0.98 of the speed at 512 units and 16 rows; 1024: 0.97 at 1024 and 32).
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

/// Whether two panels of so many k together are multiplied at once: they fit the nearest cache, or two tiles at most read
/// them.
inline bool at_once(int64_t rows, int64_t inner) { return inner <= 384 || rows <= 2 * kTileRows; }

/// The same with more rows and their panel, at once: the sums stay in registers from one to the other.
inline void multiply_both_panels(const ProductRows& args, const TilePanels& panel, int64_t inner,
                                 const float* next, MoreRows more) {
  for_each_tile<kTileRows>(args.rows, [&]<int Rows>(int64_t row) {
    multiply_rows<1, Rows>(args, row, panel, inner, next, &more);
    next += inner * kLine;
    more.ahead += more.inner * kLine;
  });
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

/// `args` where panel p's columns begin, at p·kWidth of `start` and `out`.
inline ProductRows at_panel(ProductRows args, int64_t p) {
  if (args.start) args.start += p * kWidth;
  args.out += p * kWidth;
  return args;
}

/// So few rows that a panel's sums are not enough to have under way.
inline constexpr int kFewRows = kChains / kVectors - 1;

/// The same for the panels of a range and so few rows that they take several panels at once, to have enough sums under way.
template <int Rows>
inline void multiply_few_rows(const ProductRows& args, const PackedMatrix& b, const PanelRange& range,
                              bool downwards) {
  constexpr int kPanels = (kChains + Rows * kVectors - 1) / (Rows * kVectors);
  const auto several = [&]<int Panels>(int64_t panel) {
    multiply_rows<Panels, Rows>(at_panel(args, panel), 0, b.from(panel), b.inner());
  };
  const int64_t rest = (range.last - range.first) % kPanels;
  const auto left_over = [&] {
    if (rest == 0) return;
    with_row_count<kPanels>(rest,
                            [&]<int Panels>() { several.template operator()<Panels>(range.last - rest); });
  };
  const auto whole = [&](int64_t panel) { several.template operator()<kPanels>(panel); };
  if (downwards) left_over();
  walk_range<kPanels>({range.first, range.last - rest}, downwards, whole, whole);
  if (!downwards) left_over();
}

/// The same for any number of rows.
inline void multiply(const ProductRows& args, const PackedMatrix& b, const PanelRange& range,
                     bool downwards = false) {
  if (args.rows <= kFewRows && args.rows > 0) {
    return with_row_count<kFewRows>(args.rows,
                                    [&]<int Rows>() { multiply_few_rows<Rows>(args, b, range, downwards); });
  }
  const auto one = [&](int64_t panel) {
    const int64_t next = downwards ? panel - 1 : panel + 1;
    const bool last = next < range.first || next >= range.last;
    multiply_panel(at_panel(args, panel), b.from(panel), b.inner(), last ? nullptr : b.from(next).data);
  };
  walk_range<1>(range, downwards, one, one);
}

}  // namespace runnel::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // RUNNEL_KERNELS_PRODUCT_INL_H_
