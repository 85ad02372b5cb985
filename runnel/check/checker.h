#pragma once

#include "runnel/check/check.h"
#include "runnel/check/evidence.h"
#include "runnel/nn/recurrent.h"

/// The parts of one check of an array, which check.cc calls in order. Internal to the folder.
namespace runnel {

/// What is known so far.
struct CheckState {
  CheckedNetwork asked;
  const DataToCheck* data = nullptr;
  const Layer* reader = nullptr;         ///< the layer that tells what the data are; null: none does
  const Recurrent* recurrent = nullptr;  ///< the first recurrent layer
  std::optional<Lengths> lengths = {};   ///< as they were given, when they are usable
  std::optional<Shape> shape = {};       ///< the axes as they are meant, once they are known
  DataCheck check = {};

  const Network& network() const { return *asked.network; }
  /// The reading layer, or the whole network.
  const Layer& reading() const { return reader ? *reader : *network().module; }
  std::string reader_label() const { return reading().label(); }
  void fault(const char* mistake, const ShapeError& error) {
    check.findings.push_back({Severity::fault, mistake, error});
  }
  void warn(const char* mistake, const ShapeError& error) {
    check.findings.push_back({Severity::warning, mistake, error});
  }
  void note(const char* mistake, const ShapeError& error) {
    check.findings.push_back({Severity::note, mistake, error});
  }
};

/// The lengths by themselves: whole numbers, along one axis.
void read_lengths(CheckState& state);
/// Which axis is which, and whether there are as many features as the network reads.
void find_axes(CheckState& state, const Tensor& values);
/// The lengths against the data: how many, how long, and where the zeros begin.
void check_lengths_against(CheckState& state, const Tensor& values);
/// Ids: inside the vocabulary.
void check_ids(CheckState& state, const Ids& ids);
/// Features: finite, not all the same, on scales that can be compared.
void check_numbers(CheckState& state, const Tensor& values);
/// What the code around the network may do wrong with these data.
void note_silent_mistakes(CheckState& state, const Tensor& values);

/// The layer's constructor with batch_first as given: `GRU(100, 20, batch_first=True)`.
std::string with_batch_first(const Layer& layer, bool batch_first);

}  // namespace runnel
