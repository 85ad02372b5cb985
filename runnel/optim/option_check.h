#pragma once

#include <cmath>
#include <string_view>

#include "runnel/optim/optim_error.h"

namespace runnel {

/// Checks the options of one optimizer, schedule or function;
/// each throws  OptionError, also for what is not finite.
class OptionCheck {
 public:
  explicit OptionCheck(std::string_view where) : where_(where) {}

  /// value ≥ 0
  void not_negative(std::string_view option, double value) const {
    check(value >= 0, option, value, "0 or more");
  }
  /// A count ≥ 1.
  void at_least_one(std::string_view option, double value) const {
    check(value >= 1, option, value, "1 or more");
  }
  void positive(std::string_view option, double value) const {
    check(value > 0, option, value, "more than 0");
  }
  /// 0 ≤ value ≤ 1
  void fraction(std::string_view option, double value) const {
    check(value >= 0 && value <= 1, option, value, "0 to 1");
  }
  /// 0 ≤ value < 1
  void below_one(std::string_view option, double value) const {
    check(value >= 0 && value < 1, option, value, "0 or more and less than 1");
  }
  /// 0 < value ≤ 1
  void positive_fraction(std::string_view option, double value) const {
    check(value > 0 && value <= 1, option, value, "more than 0 and at most 1");
  }
  void finite(std::string_view option, double value) const { check(true, option, value, "a finite number"); }

 private:
  void check(bool fits, std::string_view option, double value, std::string_view expected) const {
    if (!fits || !std::isfinite(value)) throw errors::option_out_of_range(where_, option, value, expected);
  }

  std::string_view where_;
};

}  // namespace runnel
