#pragma once

#include <optional>
#include <span>
#include <string>

#include "runnel/base/error.h"
#include "runnel/tensor/shape.h"

namespace runnel {

/// What a ShapeError knows. Absent fields are left out of the text.
struct Mismatch {
  std::string where = {};  ///< the layer or operation, `GRU "encoder"` or `linear`
  std::string what;        ///< the first line, after `where`: "axis feature has size 64, expected 100"
  std::optional<Shape> expected = {};
  std::string expected_why = {};  ///< where the expected numbers come from: "100 = input_size"
  std::optional<Shape> got = {};
  std::string got_why = {};
  std::string why = {};  ///< the cause in words
  std::string fix = {};  ///< the next step, as code where code can do it
};

/// A shape that does not fit.
///
///     GRU "encoder": axis feature has size 64, expected 100
///       expected  [batch, seq, feature=100]         100 = input_size
///       got       [batch=32, seq=57, feature=64]
///       fix       GRU({.input_size = 64, …})
class ShapeError : public Error {
 public:
  explicit ShapeError(Mismatch mismatch);
  const Mismatch& mismatch() const { return mismatch_; }
  std::string_view kind() const override { return "ShapeError"; }

 private:
  Mismatch mismatch_;
};

/// A shape as C++ writes it, for a fix: `Shape{{"batch", 3}, {"seq", 5}}`.
std::string as_code(const Shape& shape);

/// The sentences, each made in one place.
namespace errors {

/// The sentence of another error with a fix, or a cause, for the case at hand.
ShapeError with_fix(const ShapeError& error, const std::string& fix);
ShapeError with_why(const ShapeError& error, const std::string& why);

ShapeError too_many_axes(int64_t axes);
ShapeError too_many_values(const Shape& shape);
/// A tensor was to be made of a shape that only explains. `where` may be empty.
ShapeError symbolic_size(const std::string& where, const Shape& shape);
/// The system has no memory for a tensor of this shape.
ShapeError no_memory(const Shape& shape, int64_t bytes);
ShapeError negative_size(const Axis& axis);
ShapeError name_twice(AxisName name, const Shape& shape);
ShapeError no_such_axis(AxisName name, const Shape& shape);
/// The values do not fill the shape, or overfill it.
ShapeError wrong_count(const Shape& shape, int64_t values);
/// reshape was given a shape of another count.
ShapeError reshape_count(const Shape& from, const Shape& to);
/// reshape would have renamed the axes into another order.
ShapeError reshape_order(const Shape& from, const Shape& to);
/// transpose was given names that are not those of the shape.
ShapeError transpose_names(const Shape& shape, std::span<const AxisName> order);
/// at() was given more or fewer indices than there are axes.
ShapeError index_rank(const Shape& shape, int64_t indices);
ShapeError index_out_of_range(const std::string& where, AxisName name, int64_t index, const Shape& shape);
/// A number was asked of a tensor that is only a shape.
ShapeError no_values(const std::string& where, const Shape& shape);
/// item() of a tensor that holds more or fewer than one number.
ShapeError not_one_number(const std::string& where, const Shape& shape);
/// Two shapes that must be equal, or of equal sizes.
ShapeError shapes_differ(const std::string& where, const Shape& expected, const Shape& got);

}  // namespace errors
}  // namespace runnel
