#include "runnel/optim/optim_error.h"

#include <fmt/format.h>

namespace runnel::errors {

OptionError option_out_of_range(std::string_view where, std::string_view option, double value,
                                std::string_view expected) {
  return OptionError(fmt::format("{}: {} is {}, expected {}", where, option, value, expected));
}

OptionError nesterov_without_momentum(double momentum, double dampening) {
  return OptionError("SGD: nesterov needs a momentum above 0 and a dampening of 0",
                     {{"got", fmt::format("momentum = {}, dampening = {}", momentum, dampening)},
                      {"why", "it looks ahead along the momentum, whose full length it must know"},
                      {"fix", "SGDOptions{.momentum = 0.9, .nesterov = true}"}});
}

OptionError sparse_gradient(std::string_view where, std::string_view parameter) {
  return OptionError(
      fmt::format("{}: the gradient of \"{}\" is sparse", where, parameter),
      {{"why",
        "it has only the rows of the words that occurred; this optimizer, with these options, moves every "
        "row at "
        "every step"},
       {"fix",
        "SparseAdam, or SGD without momentum and weight_decay; or the Embedding without sparse=True"}});
}

OptionError no_parameters(std::string_view where) {
  return OptionError(
      fmt::format("{}: the list of parameters is empty", where),
      {{"why", "nothing would ever move"}, {"fix", fmt::format("{}(model.named_parameters())", where)}});
}

OptionError undefined_parameter(std::string_view where, std::string_view name) {
  return OptionError(fmt::format("{}: parameter \"{}\" is an undefined variable", where, name),
                     {{"why", "it was declared and never given a value"},
                      {"fix", "Variable(value, /*requires_grad=*/true)"}});
}

OptionError parameter_not_leaf(std::string_view where, std::string_view name) {
  return OptionError(
      fmt::format("{}: parameter \"{}\" is the result of an operation", where, name),
      {{"why", "only a leaf can be moved: what an operation made is made anew in the next forward pass"},
       {"fix", "pass the variables that it was computed from"}});
}

OptionError parameter_twice(std::string_view where, std::string_view first, std::string_view second) {
  return OptionError(fmt::format("{}: \"{}\" and \"{}\" are the same parameter", where, first, second),
                     {{"why", "one step would move it twice"}, {"fix", "list a shared parameter once"}});
}

OptionError parameter_name_twice(std::string_view where, std::string_view name) {
  return OptionError(fmt::format("{}: two parameters are called \"{}\"", where, name),
                     {{"why", "the optimizer's state is saved under the names of the parameters"},
                      {"fix", fmt::format("another name for one, such as \"encoder.{}\"", name)}});
}

OptionError unknown_state(std::string_view where, std::string_view name) {
  return OptionError(
      fmt::format("{}: the state has \"{}\", which belongs to none of its parameters", where, name),
      {{"why", "it was saved by another optimizer, with other options, or of another model"},
       {"fix", fmt::format("what state() of this {} of this model gave", where)}});
}

OptionError state_twice(std::string_view where, std::string_view name) {
  return OptionError(fmt::format("{}: the state has \"{}\" twice", where, name),
                     {{"why", "which of the two counts cannot be told"}});
}

OptionError missing_state(std::string_view where, std::string_view name) {
  return OptionError(fmt::format("{}: the state lacks \"{}\"", where, name),
                     {{"why", "it was saved by another optimizer or with other options, or it is incomplete"},
                      {"fix", fmt::format("what state() of this {} of this model gave", where)}});
}

OptionError bad_step_count(std::string_view where, std::string_view name, double value) {
  return OptionError(
      fmt::format("{}: \"{}\" is {}, expected a whole number, 1 or more", where, name, value),
      {{"why", "it counts the steps that were made; the corrections of the first steps need it"}});
}

ShapeError shape_of_state(std::string_view where, std::string_view parameter, const Shape& expected,
                          std::string_view key, const Shape& got) {
  return ShapeError(
      {.where = std::string(where),
       .what = fmt::format("{} of \"{}\" has another shape than the parameter", key, parameter),
       .expected = expected,
       .got = got,
       .why = "it has a number for each of the parameter; the state is of a model of other sizes",
       .fix = "the state that was saved with this model"});
}

NumericError gradient_norm_not_finite(double norm, double norm_type) {
  return NumericError(
      fmt::format("clip_grad_norm: the norm of the gradients is {}", norm),
      {{"norm_type", fmt::format("{}", norm_type)},
       {"why", "a gradient is NaN or infinite; scaling by such a norm would make all of them so, or zero"},
       {"fix", "a smaller learning rate, or .error_if_nonfinite = false to scale all the same"}});
}

OptionError schedule_is_over(std::string_view where, int64_t total_steps) {
  return OptionError(fmt::format("{}: a step past total_steps = {}", where, total_steps),
                     {{"why", "the rate is planned for so many steps, and ends near zero"},
                      {"fix", "total_steps = epochs · batches an epoch"}});
}

}  // namespace runnel::errors
