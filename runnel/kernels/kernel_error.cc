#include "runnel/kernels/kernel_error.h"

namespace runnel::errors {

OptionError no_such_target(std::string_view name, std::span<const std::string> targets) {
  std::string known;
  for (const std::string& target : targets) known += (known.empty() ? "" : ", ") + target;
  return OptionError("the instruction set '" + std::string(name) + "' is not to be had here",
                     {{"there are", known},
                      {"why", "this processor lacks it, or nothing has this name"},
                      {"fix", targets.empty() ? "unset RUNNEL_TARGET"
                                              : "RUNNEL_TARGET=" + targets[0] + ", or unset RUNNEL_TARGET"}});
}

OptionError too_many_threads(int threads, int most) {
  return OptionError("threads is " + std::to_string(threads) + ", expected 1 to " + std::to_string(most),
                     {{"why", "limits are measured on no more threads than the kernels use"},
                      {"fix", "measure_limits(" + std::to_string(most) + ")"}});
}

Error no_threads_to_measure(int threads) {
  return Error("there are no " + std::to_string(threads) + " threads to measure with",
               {{"why", "the system gave fewer; ulimit -u tells how many it allows"},
                {"fix", "RUNNEL_THREADS=" + std::to_string(threads / 2)}});
}

}  // namespace runnel::errors
