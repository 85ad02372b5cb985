#pragma once

#include <string>
#include <vector>

#include "runnel/tensor/shape_error.h"

/// The sentences about data that do not suit a network, each made in one place. Code is NumPy's and PyTorch's, where
/// such data come from.
namespace runnel::errors {

/// The steps lie along another axis than the layer walks along.
struct AxisOrderMismatch {
  std::string layer;      ///< label()
  Shape read;             ///< the data as the layer reads them
  Shape found;            ///< and as they are
  std::string found_why;  ///< how that was found
  bool batch_first = false;
  std::string fix;
};
ShapeError axes_swapped(const AxisOrderMismatch& mismatch);
/// The same, where the data are a sign of it and no proof.
ShapeError axes_likely_swapped(const AxisOrderMismatch& mismatch);
/// Both readings fit, and nothing in the data tells which is right.
ShapeError axis_order_unknown(const AxisOrderMismatch& mismatch);
/// Two axes, which a recurrent layer takes for one sequence; `rows` are what they may be instead.
ShapeError taken_for_one_sequence(const std::string& layer, const Shape& read, const Shape& rows,
                                  const std::string& why);
/// As many lengths as axis 0 has places: so axis 0 is no seq axis.
ShapeError lengths_of_rows(const std::string& layer, const Shape& read, const Shape& rows, int64_t lengths,
                           bool batch_first);

/// There is nothing in the array.
ShapeError empty_array(const std::string& name, const Shape& got);
/// A list of numbers for a layer that walks along steps, each a list of its own. `one_feature` is the layer for one.
ShapeError one_axis(const std::string& layer, const Shape& expected, int64_t numbers,
                    const std::string& one_feature);
/// Every step is one number, and the axis for it is missing.
ShapeError feature_axis_missing(const std::string& layer, const Shape& expected, const Shape& got);
/// The axis of as many places as the layer reads features is not the last one.
ShapeError features_not_last(const std::string& layer, const Shape& expected, const Shape& got, int64_t axis);

/// `found` is what the layer says of data that parts of these kinds, which Runnel does not know, may read before it.
ShapeError unknown_in_front(const ShapeError& found, const std::vector<std::string>& kinds,
                            const std::string& layer);

/// Whole numbers stored as fractions, for a layer that looks ids up.
ShapeError ids_as_fractions(const std::string& layer, const Shape& got, const std::string& dtype);

/// Lengths.
ShapeError lengths_not_whole(const std::string& name, const std::string& dtype, int64_t sequence,
                             double length);
/// Whole, but stored as numbers with fractions.
ShapeError lengths_as_fractions(const std::string& name, const std::string& dtype);
ShapeError lengths_not_a_list(const std::string& name, const Shape& got);
ShapeError no_steps(int64_t sequence, int64_t how_many);
/// The values of a sequence end at another step than its length says.
ShapeError lengths_contradict_padding(int64_t sequence, int64_t length, int64_t real, int64_t how_many,
                                      const Shape& got);
/// Padding stands in front of the sequences; `with_lengths`: lengths count from the first step.
ShapeError padding_in_front(const std::string& layer, const Shape& got, int64_t sequences, bool with_lengths);

/// What goes wrong later, without a word, if one is not careful.
struct Padding {
  Shape data;           ///< [batch, seq, feature], in the order of the data
  int64_t shorter = 0;  ///< sequences that are shorter than the longest
  int64_t cells = 0;    ///< steps of padding
  bool batch_first = true;
};
ShapeError last_step_is_padding(const std::string& layer, const Padding& padding);
ShapeError padding_is_read(const std::string& layer, const Padding& padding);
/// The same for a network that takes the lengths along.
ShapeError lengths_not_given(const Padding& padding);
ShapeError view_mixes_sequences(const std::string& layer, const Shape& h_n);

/// Numbers. `column` says which feature: "feature 3", or a column's name.
struct NotFinite {
  std::string place;  ///< "[batch=3, seq=7, feature=2]"
  std::string value;  ///< "nan", "inf"
  int64_t count = 0, of = 0;
  std::string column;
};
ShapeError value_not_finite(const Shape& got, const NotFinite& first);
ShapeError columns_constant(const Shape& got, const std::vector<std::string>& columns);
struct Scale {
  std::string column;
  double deviation = 0;
};
ShapeError scales_differ(const Shape& got, const Scale& smallest, const Scale& largest);
DataError no_numbers(const std::string& file);
ShapeError header_of_numbers(const std::string& file, const std::vector<std::string>& names);
ShapeError column_of_text(const std::string& file, const std::string& column, const std::string& example);

/// Texts.
ShapeError texts_for_features(const std::string& layer, const Shape& expected, int64_t texts,
                              const std::string& fix);
ShapeError more_words_than_rows(const std::string& layer, int64_t words, int64_t rows);
ShapeError texts_without_words(int64_t count, int64_t texts, const std::string& first);
ShapeError words_unknown(int64_t unknown, int64_t words, const std::string& examples);

}  // namespace runnel::errors
