#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>

#include "runnel/base/error.h"
#include "runnel/formats/npz.h"

/// compare_npz A.npz B.npz TOLERANCE: whether two archives hold the same arrays, each number within the tolerance.
/// Tells each array and its largest difference; exit code 1 when one differs.
namespace {

using namespace runnel;

/// The largest difference between two arrays of equal shapes; infinite when one of them has a NaN.
double largest_difference(const Array& a, const Array& b) {
  const Tensor first = to_tensor(a), second = to_tensor(b);
  double largest = 0;
  for (int64_t i = 0; i < first.count(); ++i) {
    const double difference = std::abs(static_cast<double>(first.data()[i]) - second.data()[i]);
    if (!(difference <= largest)) largest = std::isnan(difference) ? HUGE_VAL : difference;
  }
  return largest;
}

bool compare(const NamedArrays& a, const NamedArrays& b, double tolerance) {
  bool equal = a.size() == b.size();
  if (!equal) fmt::print("{} arrays and {}\n", a.size(), b.size());
  for (const auto& [name, array] : a) {
    const Array* other = b.find(name);
    if (!other || other->shape() != array.shape()) {
      fmt::print("{}: {} and {}\n", name, shape_text(array.shape()),
                 other ? shape_text(other->shape()) : "nothing");
      equal = false;
      continue;
    }
    const double difference = largest_difference(array, *other);
    const bool near = difference <= tolerance;
    fmt::print("{} {}: {}\n", name, shape_text(array.shape()),
               near ? "equal" : fmt::format("differs by {}", difference));
    equal = equal && near;
  }
  return equal;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: compare_npz A.npz B.npz TOLERANCE\n");
    return 2;
  }
  try {
    return compare(load_npz(argv[1]), load_npz(argv[2]), std::strtod(argv[3], nullptr)) ? 0 : 1;
  } catch (const Error& error) {
    fmt::print(stderr, "compare_npz: {}\n", error.what());
    return 2;
  }
}
