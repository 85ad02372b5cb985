#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "runnel/base/error.h"
#include "runnel/tensor/shape_error.h"

/// The sentences about model files, each made in one place.
namespace runnel::errors {

/// A safetensors file without a description of a model.
FormatError not_a_model(const std::string& file);
/// The description is there but cannot be read.
FormatError bad_description(const std::string& file, const std::string& what);
/// A model that was written for another task.
FormatError other_kind_of_model(const std::string& file, const std::string& kind);
/// A description in a later version of the format than `known`.
FormatError newer_model(const std::string& file, int64_t version, int64_t known);
/// A weight is NaN or infinite.
NumericError weight_not_finite(const std::string& file, const std::string& tensor, float value);
/// The labels of a model are not what a search by bisection needs: ascending, each once.
OptionError label_twice(const std::string& label);
OptionError label_out_of_order(const std::string& label, const std::string& before);
/// The network does not read ids, or does not end in one score a class.
OptionError not_a_classifier(const std::string& chain, const std::string& what, const std::string& fix);
/// A printed model without a layer that Runnel knows.
OptionError no_known_layer(const std::string& model);
/// Data with more or fewer axes than the network reads.
ShapeError other_number_of_axes(const Shape& expected, std::span<const int64_t> sizes);

}  // namespace runnel::errors
