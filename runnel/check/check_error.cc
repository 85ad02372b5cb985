#include "runnel/check/check_error.h"

#include <fmt/format.h>

#include "runnel/explain/wording.h"
#include "runnel/formats/array.h"
#include "runnel/tensor/axes.h"
#include "runnel/text/show.h"

namespace runnel::errors {
namespace {

/// "x.transpose(1, 0, 2)": the two first axes change places.
std::string swapped(const Shape& shape) {
  return shape.rank() > 2 ? "x.transpose(1, 0, 2)" : "x.transpose(1, 0)";
}

std::string as_read(const AxisOrderMismatch& m) {
  return fmt::format("as it reads them: batch_first={}", m.batch_first ? "True" : "False");
}

std::string of_all(int64_t count, int64_t all, const std::string& noun) {
  return fmt::format("{} of {}", grouped(count), counted(all, noun));
}

std::string pack_code(bool batch_first) {
  return fmt::format(
      "packed = pack_padded_sequence(x, lengths{}, enforce_sorted=False)\n"
      "output, h_n = layer(packed)",
      batch_first ? ", batch_first=True" : "");
}

}  // namespace

ShapeError axes_swapped(const AxisOrderMismatch& m) {
  return ShapeError(
      {.where = m.layer,
       .what = "it would run without an error, along the wrong axis",
       .expected = m.read,
       .expected_why = as_read(m),
       .got = m.found,
       .got_why = "as they are: " + m.found_why,
       .why = fmt::format("it walks along axis {}, which holds the batch: each step would be another "
                          "sequence, and h_n would have {} rows in place of {}",
                          m.batch_first ? 1 : 0, m.read.size(axes::batch), m.found.size(axes::batch)),
       .fix = fmt::format("{}\nor {}", m.fix, swapped(m.found))});
}

ShapeError axes_likely_swapped(const AxisOrderMismatch& m) {
  return ShapeError(
      {.where = m.layer,
       .what = "it seems that it would run along the wrong axis",
       .expected = m.read,
       .expected_why = as_read(m),
       .got = m.found,
       .got_why = "as they seem: " + m.found_why,
       .why = "steps follow each other smoothly, and so do sequences that were sorted or lie "
              "close to each other in time",
       .fix = fmt::format("if x[0] is {}: {}\n"
                          "otherwise nothing to do; --lengths FILE decides it",
                          m.batch_first ? "the first step of every sequence" : "one sequence, step by step",
                          m.fix)});
}

ShapeError axis_order_unknown(const AxisOrderMismatch& m) {
  return ShapeError(
      {.where = m.layer,
       .what = "the data do not tell which axis holds the steps",
       .expected = m.read,
       .expected_why = as_read(m),
       .got = m.found,
       .got_why = "fits as well",
       .why = m.found_why,
       .fix = fmt::format("look at x[0]: {} is right if it is {}\n"
                          "otherwise {}; --lengths FILE decides it, too",
                          m.read.to_string(),
                          m.batch_first ? "one sequence, step by step" : "the first step of every sequence",
                          m.fix)});
}

ShapeError taken_for_one_sequence(const std::string& layer, const Shape& read, const Shape& rows,
                                  const std::string& why) {
  const int64_t n = read[0].size, f = read[1].size;
  return ShapeError(
      {.where = layer,
       .what = fmt::format("two axes are taken for one sequence of {}, without a batch", counted(n, "step")),
       .expected = read,
       .expected_why = "as it reads them",
       .got = rows,
       .got_why = fmt::format("if the {} rows are sequences", n),
       .why = why,
       .fix = fmt::format("one sequence: nothing to do\n"
                          "{} sequences of {} steps: x[:, :, None], and input_size=1, batch_first=True\n"
                          "{} sequences of one step: x[:, None, :], and batch_first=True",
                          n, f, n)});
}

ShapeError lengths_of_rows(const std::string& layer, const Shape& read, const Shape& rows, int64_t lengths,
                           bool batch_first) {
  return ShapeError(
      {.where = layer,
       .what = fmt::format("it would run without an error, as one sequence of {}", counted(lengths, "step")),
       .expected = read,
       .expected_why = "as it reads them: two axes are one sequence",
       .got = rows,
       .got_why = fmt::format("as they are: {}, one a sequence", counted(lengths, "length")),
       .why = "input_size counts the numbers of one step, not the steps of a sequence",
       .fix = fmt::format("x[:, :, None]{}, and input_size=1", batch_first ? "" : " with batch_first=True")});
}

ShapeError empty_array(const std::string& name, const Shape& got) {
  return ShapeError({.where = name,
                     .what = "the array is empty",
                     .got = got,
                     .why = "an axis of size 0 leaves no number in it",
                     .fix = "look at what made it: a filter, a slice, a file without rows?"});
}

ShapeError one_axis(const std::string& layer, const Shape& expected, int64_t numbers,
                    const std::string& one_feature) {
  return ShapeError({.where = layer,
                     .what = "one axis is too few: a sequence is steps, and each step a list of numbers",
                     .expected = expected,
                     .expected_why = "or without batch: one sequence",
                     .got = generic_shape(std::vector<int64_t>{numbers}),
                     .fix = fmt::format("{} of one number each: x[:, None], and {}", counted(numbers, "step"),
                                        one_feature)});
}

ShapeError feature_axis_missing(const std::string& layer, const Shape& expected, const Shape& got) {
  return ShapeError({.where = layer,
                     .what = "the axis feature is missing",
                     .expected = expected,
                     .expected_why = "a number a step is one feature",
                     .got = got,
                     .why = "a step is a list of numbers, even where that list has one",
                     .fix = "x[..., None]"});
}

ShapeError features_not_last(const std::string& layer, const Shape& expected, const Shape& got,
                             int64_t axis) {
  std::string order;
  for (int64_t i = 0; i < got.rank(); ++i) {
    if (i != axis) order += fmt::format("{}, ", i);
  }
  return ShapeError({.where = layer,
                     .what = fmt::format("the features lie along axis {}, expected along the last", axis),
                     .expected = expected,
                     .got = got,
                     .got_why = fmt::format("axis {} alone has {} places", axis, got[axis].size),
                     .why = "the numbers of one step stand side by side, in the last axis",
                     .fix = fmt::format("x.transpose({}{})", order, axis)});
}

ShapeError unknown_in_front(const ShapeError& found, const std::vector<std::string>& kinds,
                            const std::string& layer) {
  const Mismatch& m = found.mismatch();
  return ShapeError(
      {.where = m.where,
       .what = fmt::format("whether the data fit is not known: in front of it {} {}",
                           kinds.size() == 1 ? "stands" : "stand", listed(kinds)),
       .expected = m.expected,
       .expected_why = m.expected ? "what it reads itself" : "",
       .got = m.got,
       .got_why = m.got ? "the data" : "",
       .why = "Runnel does not have such parts, so nothing can be said of the features that they make",
       .fix = fmt::format("save what reaches it: numpy.save('in.npy', x.detach().numpy())\n"
                          "runnel check '{}' --data in.npy",
                          layer)});
}

ShapeError ids_as_fractions(const std::string& layer, const Shape& got, const std::string& dtype) {
  return ShapeError(
      {.where = layer,
       .what = fmt::format("expected ids, whole numbers, got {}", dtype),
       .got = got,
       .why = "the values are whole, but stored as numbers with fractions, and an id picks a row",
       .fix = "x.astype(numpy.int64), torch: x.long()"});
}

ShapeError lengths_not_whole(const std::string& name, const std::string& dtype, int64_t sequence,
                             double length) {
  return ShapeError(
      {.where = name,
       .what = fmt::format("the lengths are {}, expected whole numbers", dtype),
       .got_why = {},
       .why = fmt::format("length {} is {}; PyTorch cuts the fraction off without a word", sequence, length),
       .fix = "lengths.astype(numpy.int64), after a look at where the fractions come from"});
}

ShapeError lengths_as_fractions(const std::string& name, const std::string& dtype) {
  return ShapeError({.where = name,
                     .what = fmt::format("the lengths are {}, expected whole numbers", dtype),
                     .why = "they are whole here; one with a fraction, PyTorch would cut off without a word",
                     .fix = "lengths.astype(numpy.int64)"});
}

ShapeError lengths_not_a_list(const std::string& name, const Shape& got) {
  const bool mask = got.rank() == 2 && got[0].size > 1 && got[1].size > 1;
  return ShapeError({.where = name,
                     .what = "the lengths have other axes than one",
                     .expected = Shape{{axes::batch}},
                     .got = got,
                     .why = "there is one length a sequence",
                     .fix = mask ? "of a mask: mask.sum(axis=1)" : "lengths.reshape(-1)"});
}

ShapeError no_steps(int64_t sequence, int64_t how_many) {
  return ShapeError(
      {.where = "lengths",
       .what = fmt::format("sequence {} has no steps{}", sequence,
                           how_many > 1 ? fmt::format(", and {} more have none", how_many - 1) : ""),
       .why = "Runnel leaves its state at h_0; PyTorch's pack_padded_sequence refuses length 0",
       .fix = "for PyTorch: x[lengths > 0], or one step of padding"});
}

ShapeError lengths_contradict_padding(int64_t sequence, int64_t length, int64_t real, int64_t how_many,
                                      const Shape& got) {
  return ShapeError(
      {.where = "lengths",
       .what = fmt::format("sequence {} has length {}, but its values end after {}", sequence, length,
                           counted(real, "step")),
       .got = got,
       .why = fmt::format("so it is for {}; are the lengths in the order of the sequences?",
                          counted(how_many, "sequence")),
       .fix =
           "lengths = (x != 0).any(-1).cumsum(1).argmax(1) + 1, if zeros are padding and batch comes first"});
}

ShapeError padding_in_front(const std::string& layer, const Shape& got, int64_t sequences,
                            bool with_lengths) {
  return ShapeError(
      {.where = layer,
       .what = fmt::format("the padding of {} stands in front",
                           of_all(sequences, got.size(axes::batch), "sequence")),
       .got = got,
       .why = with_lengths
                  ? "a length counts from the first step: padding would be read, and the end left out"
                  : "it is read before the first real step and changes the state there; only padding "
                    "behind a sequence can be packed",
       .fix = "pad behind: pad_sequence(list), or in Keras pad_sequences(list, padding='post')"});
}

ShapeError last_step_is_padding(const std::string& layer, const Padding& p) {
  const std::string last = p.batch_first ? "output[:, -1]" : "output[-1]";
  return ShapeError(
      {.where = layer,
       .what =
           fmt::format("{} is padding for {}", last, of_all(p.shorter, p.data.size(axes::batch), "sequence")),
       .got = p.data,
       .why = "the last step of the batch is a real one for the longest sequences alone",
       .fix = p.batch_first ? "output[torch.arange(len(lengths)), lengths - 1]; here: … -> last"
                            : "output[lengths - 1, torch.arange(len(lengths))]; here: … -> last"});
}

ShapeError padding_is_read(const std::string& layer, const Padding& p) {
  return ShapeError(
      {.where = layer,
       .what = fmt::format("it reads {} of padding unless they are packed", counted(p.cells, "step")),
       .got = p.data,
       .why = fmt::format("that changes h_n of {}: padding is data to a layer that knows no lengths",
                          of_all(p.shorter, p.data.size(axes::batch), "sequence")),
       .fix = pack_code(p.batch_first)});
}

ShapeError lengths_not_given(const Padding& p) {
  return ShapeError(
      {.where = "the network",
       .what = fmt::format("it reads {} of padding unless it is given the lengths", counted(p.cells, "step")),
       .got = p.data,
       .why = fmt::format("that changes the answer for {}",
                          of_all(p.shorter, p.data.size(axes::batch), "sequence")),
       .fix = "an .npz with input and lengths: numpy.savez('x.npz', input=x, lengths=lengths)"});
}

ShapeError view_mixes_sequences(const std::string& layer, const Shape& h_n) {
  const int64_t n = h_n[1].size;
  return ShapeError(
      {.where = layer,
       .what = fmt::format("h_n.view({}, -1) mixes the sequences", n),
       .got = h_n,
       .got_why = "h_n",
       .why = fmt::format("its first axis is {}, so a row of the view has the states of several "
                          "sequences",
                          h_n[0].name.text()),
       .fix = fmt::format("h_n.transpose(0, 1).reshape({}, -1)", n)});
}

ShapeError value_not_finite(const Shape& got, const NotFinite& first) {
  return ShapeError({.where = "data",
                     .what = fmt::format("{} at {} is {}", first.column, first.place, first.value),
                     .got = got,
                     .why = fmt::format("NaN or infinite: {}; one is enough to make the loss NaN",
                                        of_all(first.count, first.of, "value")),
                     .fix = "x = numpy.nan_to_num(x), or leave such sequences out"});
}

ShapeError columns_constant(const Shape& got, const std::vector<std::string>& columns) {
  return ShapeError(
      {.where = "data",
       .what = fmt::format(
           "{} the same value everywhere: {}",
           columns.size() == 1 ? "1 feature has" : fmt::format("{} features have", columns.size()),
           listed(columns)),
       .got = got,
       .why = "such a feature tells nothing, and dividing by its deviation gives NaN",
       .fix = "numpy.delete(x, […], axis=-1), and a smaller input_size"});
}

ShapeError scales_differ(const Shape& got, const Scale& smallest, const Scale& largest) {
  return ShapeError(
      {.where = "data",
       .what = fmt::format("the features are on scales that differ by {:.0e}",
                           largest.deviation / smallest.deviation),
       .got = got,
       .why = fmt::format("{} deviates by {:.3g}, {} by {:.3g}: the large ones fill the gates, the small "
                          "ones are not seen",
                          smallest.column, smallest.deviation, largest.column, largest.deviation),
       .fix = "rows = x.reshape(-1, x.shape[-1]); x = (x - rows.mean(0)) / rows.std(0)"});
}

ShapeError column_of_text(const std::string& file, const std::string& column, const std::string& example) {
  return ShapeError({.where = file,
                     .what = fmt::format("column {} is left out: it holds no numbers", in_quotes(column)),
                     .why = fmt::format("its first value is {}", in_quotes(example)),
                     .fix = fmt::format("make it numbers, or take it out of the file\n"
                                        "--text {}, for a network that reads texts",
                                        column)});
}

ShapeError header_of_numbers(const std::string& file, const std::vector<std::string>& names) {
  return ShapeError({.where = file,
                     .what = "the first row was taken for the names of the columns, and holds numbers",
                     .why = "it says " + listed(names),
                     .fix = "--no-header, if it is data"});
}

DataError no_numbers(const std::string& file) {
  return DataError({.file = file}, "no column holds numbers",
                   {{"why", "the first value of every column is a text"},
                    {"fix", "--text COLUMN, for a network that reads texts"}});
}

ShapeError texts_for_features(const std::string& layer, const Shape& expected, int64_t texts,
                              const std::string& fix) {
  return ShapeError(
      {.where = layer,
       .what = fmt::format("expected numbers that describe a step, got {}", counted(texts, "text")),
       .expected = expected,
       .got = Shape{{axes::batch, texts}},
       .got_why = "texts",
       .why = "a text becomes ids, the numbers of its words, and an Embedding turns each into features",
       .fix = fix});
}

ShapeError more_words_than_rows(const std::string& layer, int64_t words, int64_t rows) {
  return ShapeError(
      {.where = layer,
       .what = fmt::format("the texts have {} different words, the Embedding {} rows", grouped(words),
                           grouped(rows)),
       .expected = Shape{{axes::vocab, rows}},
       .expected_why = "num_embeddings",
       .got = Shape{{axes::vocab, words}},
       .got_why = "<pad> and <unk> among them",
       .why = "a word's id picks a row; the ids of the rarest words would be past the last one",
       .fix = fmt::format("Embedding({}, …), or a vocabulary of {}: --max-words {}", words, rows, rows)});
}

ShapeError texts_without_words(int64_t count, int64_t texts, const std::string& first) {
  return ShapeError(
      {.where = first,
       .what = "a text without a word" + std::string(count > 1 ? ", the first" : ""),
       .why = fmt::format("{} without one: a sequence of length 0, for which the layers answer with "
                          "their first state",
                          of_all(count, texts, "text")),
       .fix = "leave such rows out"});
}

ShapeError words_unknown(int64_t unknown, int64_t words, const std::string& examples) {
  return ShapeError(
      {.where = "texts",
       .what = fmt::format("the model does not know {} % of the words ({})",
                           words == 0 ? 0 : 100 * unknown / words, of_all(unknown, words, "word")),
       .why = "each of these is <unk> to it: " + examples,
       .fix = "texts like those that it was trained on, or train it again with these"});
}

}  // namespace runnel::errors
