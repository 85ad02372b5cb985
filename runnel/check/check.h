#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/data/table.h"
#include "runnel/formats/array.h"
#include "runnel/model/network.h"
#include "runnel/model/printed_model.h"
#include "runnel/model/text_classifier.h"
#include "runnel/sequence/schedule.h"
#include "runnel/tensor/shape_error.h"

/// Are these data right for this network?
///
///     Network network = make_network("GRU(100, 20)");
///     DataCheck check = check_data({.network = &network}, {.name = "x.npy", .array = load_npy("x.npy")});
///     std::cout << check_text(check);
namespace runnel {

/// The network that the data are for.
struct CheckedNetwork {
  const Network* network = nullptr;
  /// Whether nobody knows what is done with what its layers give: one layer by itself, a model as it is printed.
  bool open_ended = false;
  /// Kinds of the parts that Runnel does not know and that may read the data before it: what they make of the features
  /// nobody can tell.
  std::vector<std::string> unknown_in_front = {};
};

/// What is known of a printed model.
struct PrintedLayers {
  Network network;
  std::vector<std::string> unknown_in_front =
      {};  ///< kinds, each once, that stand before the layer that reads the data

  CheckedNetwork checked() const { return {&network, true, unknown_in_front}; }
};

/// A network of the layers that a printed model has and Runnel knows. Its layers need not fit each other: they stand in
/// the order in which they were made, which nobody need use them in. So the one that reads the data comes first: an
/// Embedding, a recurrent layer or a cell, or another one, in this order, of those that `data` fit if they fit any.
/// Null: texts.
/// Throws  OptionError when it has none
PrintedLayers layers_of(const PrintedModule& model, const Array* data);

/// An array from a file.
struct CheckedArray {
  std::string name;  ///< "x.npy"
  Array array;
  std::vector<std::string> columns = {};  ///< of a table: names for the places of the last axis
  bool features_named = false;            ///< these are names, not numbers that count: a row is one step
};

struct DataToCheck {
  CheckedArray data;
  std::optional<CheckedArray> lengths = {};
};

enum class Severity {
  fault,    ///< the data do not fit, or would be read wrongly
  warning,  ///< they fit, but something in them may not be meant
  note,     ///< they fit; what code around such a network often does wrong with such data
};
/// "fault", "warning", "note".
std::string_view to_string(Severity severity);

/// One thing that was found.
struct Finding {
  Severity severity = Severity::fault;
  /// What it is, for programs; equal for all data: "axis_order", "not_finite", … (docs/errors.md lists them)
  std::string mistake;
  ShapeError error;
};

/// Whether it says that the data are of another kind, or have other axes or sizes, than the network reads: so that no
/// network of its sizes could run on them.
bool is_about_axes(const Finding& finding);

/// An array as the report shows it.
struct ArraySummary {
  std::string name, dtype;
  std::vector<int64_t> shape;
  std::optional<double> least, most;  ///< of the finite values
};

/// The axes of the data by name, and how they were found.
struct Reading {
  Shape shape;
  std::string why;
};

struct DataCheck {
  std::string network;                    ///< as text
  std::vector<ArraySummary> arrays = {};  ///< what was given
  std::optional<Reading> as_given = {};   ///< how the network reads the data; absent: it cannot
  std::optional<Reading> as_found = {};   ///< how the data seem to be meant, where that is another reading
  std::vector<std::string> remarks = {};  ///< how the order of the axes was found; what texts became
  std::vector<Finding> findings = {};     ///< the faults first

  /// Whether there is no fault.
  bool fits() const;
  /// Makes faults of the warnings.
  void be_strict();
};

/// Throws  ShapeError, DataError for an array that no network reads: too many axes, values that float32 lacks
DataCheck check_data(const CheckedNetwork& network, const DataToCheck& data);

/// Texts for a network: cut into words, all of which would be its vocabulary. `column` is that of the texts.
DataCheck check_texts(const CheckedNetwork& network, const Table& table, int64_t column);
/// For a model with its own vocabulary.
DataCheck check_texts(const TextClassifier& model, const Table& table, int64_t column);

/// A table of numbers, [row, column]: columns that hold no numbers are left out and named. A cell that is empty, or says
/// NA as pandas and R do, is NaN.
struct NumberTable {
  CheckedArray array;
  std::vector<Finding> findings = {};  ///< about the table, before anything is made of its numbers
};
/// Throws  DataError for a text in a column of numbers, and when no column has numbers
NumberTable numbers_of(const Table& table);

/// For a terminal of 80 columns.
std::string check_text(const DataCheck& check);
/// As JSON text on one line: `fits`, `network`, `arrays`, `as_given`, `as_found`, `remarks`, `findings`; each of
/// these has `severity`, `mistake` and what error_json gives.
std::string check_json(const DataCheck& check);

}  // namespace runnel
