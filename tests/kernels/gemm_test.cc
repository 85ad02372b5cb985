#include "runnel/kernels/gemm.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

#include "runnel/base/random.h"
#include "runnel/base/thread_pool.h"
#include "runnel/kernels/buffer.h"
#include "runnel/kernels/cache_sizes.h"

#include "tests/kernels/every_target.h"

namespace runnel::kernels {
namespace {

constexpr float kUntouched = -12345;

/// A matrix in memory of its own. Behind each row stands a gap of NaN that nobody may read.
struct Stored {
  std::vector<float> numbers;
  std::vector<int32_t> index;
  Matrix matrix;

  const float* row(int64_t stored) const { return matrix.data + stored * matrix.stride; }
  double at(int64_t r, int64_t c) const {
    const int64_t major = matrix.transposed ? c : r, minor = matrix.transposed ? r : c;
    return row(matrix.index ? matrix.index[major] : major)[minor];
  }
};

struct Layout {
  bool transposed = false, indexed = false;
};

Stored random_matrix(int64_t rows, int64_t cols, Layout layout, Generator& generator) {
  constexpr int64_t kGap = 3;
  const int64_t major = layout.transposed ? cols : rows, minor = layout.transposed ? rows : cols;
  const int64_t stored_rows = layout.indexed ? major + 2 : major, stride = minor + kGap;
  Stored m;
  m.numbers.assign(static_cast<size_t>(stored_rows * stride), std::numeric_limits<float>::quiet_NaN());
  for (int64_t i = 0; i < stored_rows; ++i) {
    generator.fill_uniform(
        std::span(m.numbers).subspan(static_cast<size_t>(i * stride), static_cast<size_t>(minor)), -1, 1);
  }
  for (int64_t i = 0; layout.indexed && i < major; ++i) {
    m.index.push_back(static_cast<int32_t>(generator.below(stored_rows)));
  }
  m.matrix = {
      m.numbers.data(), rows, cols, stride, layout.transposed, layout.indexed ? m.index.data() : nullptr};
  return m;
}

/// C with a gap behind each row and, when indexed, rows in a random order among others.
struct Result {
  int64_t rows, cols, stride;
  std::vector<int32_t> index;
  std::vector<float> numbers;

  Result(int64_t row_count, int64_t col_count, bool indexed, Generator& generator)
      : rows(row_count), cols(col_count), stride(col_count + 2) {
    const int64_t stored_rows = indexed ? 2 * rows : rows;
    numbers.assign(static_cast<size_t>(stored_rows * stride), kUntouched);
    if (!indexed) return;
    const std::vector<int64_t> order = generator.permutation(stored_rows);
    index.assign(order.begin(), order.begin() + rows);
  }
  int64_t place(int64_t r, int64_t c) const {
    return (index.empty() ? r : index[static_cast<size_t>(r)]) * stride + c;
  }
  float& at(int64_t r, int64_t c) { return numbers[static_cast<size_t>(place(r, c))]; }
  void fill_random(Generator& generator) {
    std::vector<float> row(static_cast<size_t>(cols));
    for (int64_t r = 0; r < rows; ++r) {
      generator.fill_uniform(row, -1, 1);
      for (int64_t c = 0; c < cols; ++c) at(r, c) = row[static_cast<size_t>(c)];
    }
  }
  int64_t untouched() const {
    return static_cast<int64_t>(std::count(numbers.begin(), numbers.end(), kUntouched));
  }
};

struct Case {
  int64_t rows, inner, cols;
  Layout a = {}, b = {};
  bool c_indexed = false, bias = false, accumulate = false;

  std::string name() const {
    return fmt::format("[{}, {}] x [{}, {}], a {}{}, b {}{}, c {}{}{}", rows, inner, inner, cols,
                       a.transposed ? "T" : "", a.indexed ? "I" : "", b.transposed ? "T" : "",
                       b.indexed ? "I" : "", c_indexed ? "I" : "", bias ? " bias" : "",
                       accumulate ? " accumulate" : "");
  }
};

/// Sizes on both sides of every block: lanes, tiles, 192 rows, 320 inner, 1024 columns.
Case random_case(Generator& generator) {
  const auto one_of = [&](std::initializer_list<int64_t> sizes) {
    return sizes.begin()[generator.below(static_cast<int64_t>(sizes.size()))];
  };
  const auto yes = [&] { return generator.below(2) == 1; };
  Case test{.rows = one_of({0, 1, 2, 5, 6, 7, 12, 13, 24, 25, 193, 400}),
            .inner = one_of({0, 1, 2, 15, 16, 17, 64, 319, 320, 321, 641}),
            .cols = one_of({0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 65, 300, 1025}),
            .a = {yes(), yes()},
            .b = {yes(), yes()},
            .c_indexed = yes(),
            .bias = yes(),
            .accumulate = false};
  if (!test.bias) test.accumulate = yes();
  while (test.rows * test.inner * test.cols > 5'000'000) (test.rows > test.cols ? test.rows : test.cols) /= 4;
  return test;
}

/// A product ready to run, and the same in double.
struct Product {
  Case test;
  Stored a, b;
  std::vector<float> bias;
  Result start;

  Product(const Case& gemm_case, Generator& generator)
      : test(gemm_case),
        a(random_matrix(test.rows, test.inner, test.a, generator)),
        b(random_matrix(test.inner, test.cols, test.b, generator)),
        bias(static_cast<size_t>(test.cols)),
        start(test.rows, test.cols, test.c_indexed, generator) {
    generator.fill_uniform(bias, -1, 1);
    if (test.accumulate) start.fill_random(generator);
  }
  Product(const Product&) = delete;

  GemmArgs args(Result& c) const {
    return {.a = a.matrix,
            .b = b.matrix,
            .c = c.numbers.data(),
            .c_stride = c.stride,
            .c_index = c.index.empty() ? nullptr : c.index.data(),
            .bias = test.bias ? bias.data() : nullptr,
            .accumulate = test.accumulate};
  }
  Result run() const {
    Result c = start;
    gemm(args(c));
    return c;
  }
  void expect_right() {
    Result c = run();
    EXPECT_EQ(c.untouched(), static_cast<int64_t>(c.numbers.size()) - test.rows * test.cols);
    for (int64_t row = 0; row < test.rows; ++row) {
      for (int64_t col = 0; col < test.cols; ++col) {
        double sum = test.bias         ? bias[static_cast<size_t>(col)]
                     : test.accumulate ? start.at(row, col)
                                       : 0,
               size = 1;
        for (int64_t k = 0; k < test.inner; ++k) {
          sum += a.at(row, k) * b.at(k, col);
          size += std::abs(a.at(row, k) * b.at(k, col));
        }
        // Roundings of half a unit each, whose signs are random: their sum grows with the root of their number.
        ASSERT_NEAR(c.at(row, col), sum, 1.2e-7 * size * std::sqrt(static_cast<double>(test.inner + 1)))
            << test.name() << ", element " << row << ", " << col;
      }
    }
  }
};

TEST(Gemm, is_right_for_all_sizes_layouts_and_starts) {
  on_every_target([] {
    Generator generator(1);
    for (int i = 0; i < 150 && !testing::Test::HasFatalFailure(); ++i) {
      Product(random_case(generator), generator).expect_right();
    }
  });
}

TEST(Gemm, writes_where_its_sums_start_when_nothing_is_added) {
  on_every_target([] {
    Generator generator(2);
    for (const bool bias : {true, false}) {
      Product({.rows = 5, .inner = 0, .cols = 19, .bias = bias}, generator).expect_right();
    }
    Product({.rows = 5, .inner = 0, .cols = 19, .accumulate = true}, generator).expect_right();
  });
}

/// The sums in the order that gemm.h promises, with one rounding or two for each product.
std::vector<float> chain(const Product& p, bool fused) {
  std::vector<float> result;
  for (int64_t row = 0; row < p.test.rows; ++row) {
    for (int64_t col = 0; col < p.test.cols; ++col) {
      float sum = 0;
      for (int64_t k = 0; k < p.test.inner; ++k) {
        const float x = static_cast<float>(p.a.at(row, k)), y = static_cast<float>(p.b.at(k, col));
        sum = fused ? std::fma(x, y, sum) : sum + x * y;
      }
      result.push_back(sum);
    }
  }
  return result;
}

TEST(Gemm, adds_the_products_in_the_order_of_the_inner_index) {
  on_every_target([] {
    Generator generator(3);
    const Product product({.rows = 14, .inner = 700, .cols = 37}, generator);
    Result c = product.run();
    std::vector<float> got;
    for (int64_t row = 0; row < c.rows; ++row) {
      for (int64_t col = 0; col < c.cols; ++col) got.push_back(c.at(row, col));
    }
    EXPECT_TRUE(got == chain(product, true) || got == chain(product, false));
  });
}

TEST(Gemm, gives_the_same_bits_for_some_rows_and_columns_as_for_all) {
  Generator generator(4);
  for (int i = 0; i < 100; ++i) {
    Case test = random_case(generator);
    test.a.indexed = test.b.indexed = test.c_indexed = test.bias = test.accumulate = false;
    if (test.rows == 0 || test.cols == 0 || test.inner == 0) continue;
    const Product product(test, generator);
    Result whole = product.run();
    const int64_t first_row = generator.below(test.rows), first_col = generator.below(test.cols);
    const int64_t rows = 1 + generator.below(test.rows - first_row),
                  cols = 1 + generator.below(test.cols - first_col);
    Result part(rows, cols, false, generator);
    GemmArgs args = product.args(part);
    args.a.rows = rows;
    args.a.data += test.a.transposed ? first_row : first_row * args.a.stride;
    args.b.cols = cols;
    args.b.data += test.b.transposed ? first_col * args.b.stride : first_col;
    gemm(args);
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t col = 0; col < cols; ++col) {
        ASSERT_EQ(part.at(row, col), whole.at(first_row + row, first_col + col)) << test.name();
      }
    }
  }
}

TEST(Gemm, gives_the_same_bits_on_any_number_of_threads) {
  const int before = thread_count();
  Generator generator(5);
  for (const auto& [rows, cols] : {std::pair(700, 40), std::pair(40, 900), std::pair(301, 302)}) {
    const Product product({.rows = rows, .inner = 100, .cols = cols}, generator);
    set_thread_count(1);
    const std::vector<float> expected = product.run().numbers;
    for (int threads : {2, 3}) {
      set_thread_count(threads);
      EXPECT_TRUE(product.run().numbers == expected)
          << product.test.name() << " on " << threads << " threads";
    }
  }
  set_thread_count(before);
}

TEST(Gemm, keeps_a_nan_to_its_row_and_column) {
  on_every_target([] {
    Generator generator(6);
    Product product({.rows = 9, .inner = 4, .cols = 21}, generator);
    product.a.numbers[static_cast<size_t>(2 * product.a.matrix.stride)] =
        std::numeric_limits<float>::quiet_NaN();
    product.b.numbers[5] = std::numeric_limits<float>::quiet_NaN();
    Result c = product.run();
    for (int64_t row = 0; row < c.rows; ++row) {
      for (int64_t col = 0; col < c.cols; ++col) {
        EXPECT_EQ(std::isnan(c.at(row, col)), row == 2 || col == 5) << row << ", " << col;
      }
    }
  });
}

TEST(Gemm, writes_a_result_that_no_cache_holds) {
  constexpr int64_t cols = 1040;
  const int64_t rows = cache_sizes().l3 / 4 / cols / static_cast<int64_t>(sizeof(float)) + 7;
  if (rows > 30'000) GTEST_SKIP() << "the cache is so large that this would take long";
  std::vector<float> a(static_cast<size_t>(rows)), b(static_cast<size_t>(cols));
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i % 89);
  for (size_t i = 0; i < b.size(); ++i) b[i] = static_cast<float>(i % 97);
  Buffer c(rows * cols);
  std::fill_n(c.data(), c.count(), -1.0f);
  gemm({.a = {a.data(), rows, 1, 1}, .b = {b.data(), 1, cols, cols}, .c = c.data(), .c_stride = cols});
  int64_t wrong = 0;
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t col = 0; col < cols; ++col)
      wrong += c.data()[row * cols + col] != static_cast<float>((row % 89) * (col % 97));
  }
  EXPECT_EQ(wrong, 0);
}

TEST(SumRows, adds_the_rows_in_their_order) {
  on_every_target([] {
    Generator generator(7);
    for (int64_t rows : {0, 1, 2, 9, 300}) {
      for (int64_t cols : {0, 1, 4, 7, 8, 17, 40}) {
        for (int i = 0; i < 4; ++i) {
          const bool accumulate = (i & 1) != 0;
          const Stored a = random_matrix(rows, cols, {.indexed = (i & 2) != 0}, generator);
          std::vector<float> sums(static_cast<size_t>(cols) + 1, kUntouched), expected = sums;
          sum_rows(a.matrix, sums.data(), accumulate);
          for (int64_t c = 0; c < cols; ++c) {
            float& sum = expected[static_cast<size_t>(c)];
            if (!accumulate) sum = 0;
            for (int64_t r = 0; r < rows; ++r) sum += static_cast<float>(a.at(r, c));
          }
          EXPECT_EQ(sums, expected) << rows << " rows of " << cols;
        }
      }
    }
  });
}

}  // namespace
}  // namespace runnel::kernels
