#include "runnel/optim/optim_error.h"
#include "runnel/train/train_error.h"

#include "tests/docs/errors/error_table.h"

namespace runnel::docs {
namespace {

using namespace errors;

ErrorTable train_table() {
  ErrorTable t("runnel/train/train_error.h", "Training");
  const TrainMoment moment{.epoch = 2, .step = 31, .lr = 0.001, .clip_norm = 5};
  t.add("nothing_to_train", nothing_to_train("dev"));
  t.add("loss_not_finite", loss_not_finite(__builtin_nan(""), moment, "1.weight_ih_l0", "nan at [3, 7]"));
  t.add("loss_too_large", loss_too_large(1e7, moment));
  t.add("dev_loss_too_large", dev_loss_too_large(1e7, moment));
  t.add("gradient_not_finite", gradient_not_finite(moment, "1.weight_hh_l0", "inf at [0, 4]"));
  t.add("weight_decay_of_sparse", weight_decay_of_sparse(0.01));
  return t;
}

ErrorTable optim_table() {
  ErrorTable t("runnel/optim/optim_error.h", "Optimizers and schedules");
  const Shape weight{{"gate·hidden", 60}, {"feature", 100}};
  t.add("option_out_of_range", option_out_of_range("Adam", "lr", 0, "more than 0"));
  t.add("nesterov_without_momentum", nesterov_without_momentum(0, 0));
  t.add("no_parameters", no_parameters("Adam"));
  t.add("undefined_parameter", undefined_parameter("Adam", "weight"));
  t.add("parameter_not_leaf", parameter_not_leaf("Adam", "weight"));
  t.add("parameter_twice", parameter_twice("Adam", "0.weight", "3.weight"));
  t.add("parameter_name_twice", parameter_name_twice("Adam", "weight"));
  t.add("unknown_state", unknown_state("Adam", "weight.exp_avg"));
  t.add("state_twice", state_twice("Adam", "weight.exp_avg"));
  t.add("missing_state", missing_state("Adam", "weight.exp_avg"));
  t.add("bad_step_count", bad_step_count("Adam", "weight.step", 0.5));
  t.add("shape_of_state", shape_of_state("Adam", "weight_ih_l0", weight, "exp_avg", Shape{{"axis_0", 60}}));
  t.add("sparse_gradient", sparse_gradient("Adam", "0.weight"));
  t.add("gradient_norm_not_finite", gradient_norm_not_finite(__builtin_inf(), 2));
  t.add("schedule_is_over", schedule_is_over("OneCycleLR", 1000));
  return t;
}

}  // namespace

std::vector<ErrorTable> training_tables() { return {train_table(), optim_table()}; }

}  // namespace runnel::docs
