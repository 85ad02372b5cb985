#include "runnel/ops/op_error.h"

#include <algorithm>
#include <fmt/format.h>

namespace runnel::errors {
namespace {

/// The indices of a place, as [batch=1, seq=4].
std::string place_text(const Shape& shape, int64_t place) {
  Shape indices = shape;
  for (int64_t i = shape.rank(); i-- > 0;) {
    indices = indices.with_size(shape[i].name, place % shape[i].size);
    place /= shape[i].size;
  }
  return indices.to_string();
}

/// The same after "at", where there is more than one place.
std::string at_place(const Shape& shape, int64_t place) {
  return shape.rank() == 0 ? "" : " at " + place_text(shape, place);
}

/// The code that makes the last axis of `got` the one that is wanted: another name, or an axis that has that size.
std::string multiplied(const Shape& expected, const Shape& got) {
  const Axis want = expected[expected.rank() - 1];
  if (got.rank() == 0) return "";
  const Axis last = got[got.rank() - 1];
  if (last.size == want.size && !got.has(want.name))
    return fmt::format("x.renamed(\"{}\", \"{}\")", last.name.text(), want.name.text());
  for (const Axis& axis : got.without(last.name)) {
    if (axis == want) return fmt::format("transpose(x, …) with \"{}\" last", axis.name.text());
  }
  return "";
}

/// Why the axes of `smaller` are not found in `larger` one after the other.
std::string broadcast_fault(const Shape& larger, const Shape& smaller) {
  for (const Axis& axis : smaller) {
    const auto place = larger.find(axis.name);
    if (!place) return fmt::format("axis {} occurs in one operand only", axis.name.text());
    if (larger[*place].size != axis.size) {
      return fmt::format("axis {} has size {} in one operand and {} in the other", axis.name.text(),
                         larger[*place].size, axis.size);
    }
  }
  return "the axes stand in another order";
}

/// The code that gives the last axis of `smaller` the name of the larger one's of the same size; nothing if none fits.
std::string renamed_like(const Shape& larger, const Shape& smaller) {
  if (smaller.rank() == 0) return "";
  const Axis have = smaller[smaller.rank() - 1], want = larger[larger.rank() - 1];
  if (larger.has(have.name) || have.size != want.size || smaller.has(want.name)) return "";
  return fmt::format("x.renamed(\"{}\", \"{}\")", have.name.text(), want.name.text());
}

}  // namespace

ShapeError does_not_broadcast(std::string_view where, const Shape& first, const Shape& second) {
  const bool first_is_smaller = first.rank() < second.rank();
  return ShapeError(
      {.where = std::string(where),
       .what = first_is_smaller ? broadcast_fault(second, first) : broadcast_fault(first, second),
       .expected = first,
       .expected_why = "the first operand",
       .got = second,
       .got_why = "the second operand",
       .why = "operands meet by the names of their axes: those of the smaller one must all be in the "
              "larger one, with the same sizes and in the same order",
       .fix = first_is_smaller ? renamed_like(second, first) : renamed_like(first, second)});
}

ShapeError id_out_of_range(const std::string& where, const Ids& ids, int64_t place, const Shape& weight) {
  const int32_t id = ids.values()[static_cast<size_t>(place)];
  const int64_t vocab = weight.size("vocab");
  Mismatch mismatch{.where = where,
                    .what = fmt::format("id {}{} is outside the vocabulary of {} words", id,
                                        at_place(ids.shape(), place), vocab),
                    .expected = weight,
                    .expected_why = fmt::format("the weight; ids are 0 … {}", vocab - 1),
                    .got = ids.shape(),
                    .got_why = "the ids",
                    .why = "an id is the number of a row of the weight"};
  const auto largest = *std::max_element(ids.values().begin(), ids.values().end());
  mismatch.fix = id < 0 ? "number words from 0; Vocabulary gives unknown words the id of <unk>"
                        : fmt::format(
                              "ids from the vocabulary that this embedding was made for, or an embedding of "
                              "{} words or more",
                              int64_t{largest} + 1);
  return ShapeError(mismatch);
}

ShapeError not_an_embedding_weight(const Shape& got) {
  return ShapeError(
      {.where = "embedding",
       .what = "the weight has one row a word",
       .expected = Shape{{"vocab"}, {"feature"}},
       .got = got,
       .why = "the axes tell rows from columns by their names",
       .fix = got.rank() == 2
                  ? fmt::format("reshape(weight, Shape{{{{\"vocab\", {}}}, {{\"feature\", {}}}}})",
                                got[0].size, got[1].size)
                  : ""});
}

OptionError padding_idx_out_of_range(int64_t padding_idx, int64_t vocab) {
  return OptionError(
      fmt::format("embedding: padding_idx is {}, expected 0 … {}, or -1 for none", padding_idx, vocab - 1),
      {{"why", "it is the id of the row that stays zero"}});
}

OptionError not_a_probability(std::string_view where, std::string_view option, double value) {
  return OptionError(fmt::format("{}: {} is {}, expected 0 … 1", where, option, value));
}

OptionError not_positive(std::string_view where, std::string_view option, double value) {
  return OptionError(fmt::format("{}: {} is {}, expected more than 0", where, option, value));
}

ShapeError no_tensors(std::string_view where) {
  return ShapeError({.where = std::string(where),
                     .what = "the list of tensors is empty, expected one or more",
                     .why = "the result takes its other axes from them"});
}

ShapeError tensors_differ(std::string_view where, int64_t place, const Shape& expected, const Shape& got) {
  return ShapeError({.where = std::string(where),
                     .what = fmt::format("tensor {} of the list does not fit the first", place),
                     .expected = expected,
                     .got = got,
                     .why = where == "concat" ? "only the axis along which they follow each other may differ"
                                              : "stack puts equal shapes side by side along a new axis"});
}

OptionError step_not_positive(int64_t step) {
  return OptionError(fmt::format("slice: step is {}, expected 1 or more", step));
}

OptionError place_out_of_range(int64_t place, const Shape& shape) {
  return OptionError(
      fmt::format("stack: place is {}, expected {} … {}", place, -shape.rank() - 1, shape.rank()),
      {{"why", fmt::format("the new axis stands before, among or behind those of {}", shape.to_string())},
       {"fix", fmt::format("0 in front, {} or -1 behind all", shape.rank())}});
}

ShapeError inner_sizes_differ(const char* where, const Shape& expected, const Shape& got) {
  const Axis want = expected[expected.rank() - 1];
  return ShapeError({.where = where,
                     .what = got.rank() == 0 ? "the input has no axis to multiply along"
                                             : fmt::format("the last axis of the input is {}, expected {}",
                                                           got[got.rank() - 1].to_string(), want.to_string()),
                     .expected = expected,
                     .got = got,
                     .why = "it multiplies along this axis, which must be the same in both operands",
                     .fix = multiplied(expected, got)});
}

ShapeError second_operand_no_matrix(const Shape& got) {
  return ShapeError(
      {.where = "matmul",
       .what = fmt::format("the second operand has {} {}, expected 2", got.rank(),
                           got.rank() == 1 ? "axis" : "axes"),
       .got = got,
       .why = "its rows are multiplied with the last axis of the first operand",
       .fix = got.rank() == 0 ? ""
                              : fmt::format("one matrix of them: select(x, \"{}\", 0)", got[0].name.text())});
}

OptionError inference_size_too_small(const char* option, int64_t value) {
  return OptionError(fmt::format("Inference: {} is {}, expected 1 or more", option, value));
}

ShapeError maximum_of_nothing(AxisName axis, const Shape& shape) {
  return ShapeError({.where = "max",
                     .what = fmt::format("axis {} has size 0, and nothing has no largest value", axis.text()),
                     .got = shape,
                     .fix = "leave out what is empty before; mean and sum of nothing are 0"});
}

ShapeError class_out_of_range(std::string_view where, const Ids& target, int64_t place, const Axis& classes) {
  return ShapeError({.where = std::string(where),
                     .what = fmt::format("class {}{} of the target is not among the {} classes",
                                         target.values()[static_cast<size_t>(place)],
                                         at_place(target.shape(), place), classes.size),
                     .why = fmt::format("axis {} of the logits has a score for each of the classes 0 … {}",
                                        classes.name.text(), classes.size - 1),
                     .fix = "number the classes from 0; places that do not count get ignore_index"});
}

ShapeError target_does_not_fit(std::string_view where, const Shape& logits, const Axis& classes,
                               const Ids& target) {
  return ShapeError(
      {.where = std::string(where),
       .what = "the target has one class for each place of the logits",
       .expected = logits.without(classes.name),
       .expected_why = fmt::format("the logits {} without {}", logits.to_string(), classes.name.text()),
       .got = target.shape(),
       .got_why = "the target",
       .why = fmt::format("the classes lie along axis {}{}", classes.name.text(),
                          classes.name == AxisName("class") ? ""
                                                            : ", the last one, as none is called "
                                                              "class"),
       .fix = fmt::format("Ids target({}, …)", as_code(logits.without(classes.name)))});
}

ShapeError weight_has_more_axes(std::string_view where, const Shape& logits, const Shape& weight) {
  return ShapeError({.where = std::string(where),
                     .what = "it has more axes than the logits",
                     .expected = logits,
                     .expected_why = "the logits; some of these axes",
                     .got = weight,
                     .why = "a weight is for axes of the logits, such as one for each class"});
}

ShapeError no_class_axis(std::string_view where, const Shape& logits) {
  return ShapeError({.where = std::string(where),
                     .what = "the logits have no axis of classes",
                     .expected = Shape{{"batch"}, {"class"}},
                     .got = logits,
                     .why = "it compares a score for each class with the class that is right"});
}

}  // namespace runnel::errors
