#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runnel/base/error.h"
#include "runnel/tensor/shape_error.h"

/// The sentences about optimizers, clipping and schedules, each made in one place. `where` is the class or
/// the function: "Adam", "clip_grad_norm".
namespace runnel::errors {

/// A number that an option cannot be: `Adam: lr is -1, expected 0 or more`.
OptionError option_out_of_range(std::string_view where, std::string_view option, double value,
                                std::string_view expected);
OptionError nesterov_without_momentum(double momentum, double dampening);
OptionError sparse_gradient(std::string_view where, std::string_view parameter);
OptionError no_parameters(std::string_view where);
OptionError undefined_parameter(std::string_view where, std::string_view name);
/// A variable that an operation made: moving it would change no layer.
OptionError parameter_not_leaf(std::string_view where, std::string_view name);
OptionError parameter_twice(std::string_view where, std::string_view first, std::string_view second);
OptionError parameter_name_twice(std::string_view where, std::string_view name);

/// The state of another optimizer, of other options or of another model. `name` is "weight.exp_avg".
OptionError unknown_state(std::string_view where, std::string_view name);
OptionError state_twice(std::string_view where, std::string_view name);
OptionError missing_state(std::string_view where, std::string_view name);
OptionError bad_step_count(std::string_view where, std::string_view name, double value);
/// The gradient of a parameter, or what is remembered of it, has another shape than the parameter.
ShapeError shape_of_state(std::string_view where, std::string_view parameter, const Shape& expected,
                          std::string_view key, const Shape& got);

NumericError gradient_norm_not_finite(double norm, double norm_type);

OptionError schedule_is_over(std::string_view where, int64_t total_steps);

}  // namespace runnel::errors
