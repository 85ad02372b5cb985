#include "runnel/autograd/autograd_error.h"

#include <fmt/format.h>

namespace runnel::errors {

AutogradError no_gradient_yet(const Shape& shape) {
  return AutogradError("this variable has no gradient",
                       {{"shape", shape.to_string()},
                        {"why", "no backward() has reached it since it was made or its gradient was zeroed"},
                        {"fix", "Variable(value, /*requires_grad=*/true) for a leaf, then loss.backward()"}});
}

AutogradError gradient_is_sparse(const Shape& shape) {
  return AutogradError(
      "this variable's gradient is sparse: only some rows are there",
      {{"shape", shape.to_string()},
       {"why", "it belongs to an Embedding with sparse=True"},
       {"fix", "sparse_grad() for its rows, sparse_grad().dense(shape()) for the whole of it"}});
}

AutogradError gradient_is_dense(const Shape& shape) {
  return AutogradError(
      "this variable's gradient is dense: it has every row",
      {{"shape", shape.to_string()},
       {"why", "only an Embedding with sparse=True has a sparse one, and none since a dense one was added"},
       {"fix", "grad()"}});
}

AutogradError gradient_row_misplaced(int32_t row, const Shape& parameter) {
  return AutogradError(
      fmt::format("accumulate_grad: row {} of the gradient is out of place", row),
      {{"expected", fmt::format("rows in rising order, none twice, each in 0 … {}", parameter[0].size - 1)},
       {"got", fmt::format("{}, for {}", row, parameter.to_string())},
       {"why", "rows in order can be added in one walk, and each once"},
       {"fix", "sort the rows and add up those that are the same"}});
}

AutogradError nothing_recorded() {
  return AutogradError(
      "backward() on a variable that no recorded operation made",
      {{"why", "recording was off, or none of the inputs requires a gradient"},
       {"fix", "Recording recording; before the forward pass, and parameters that require gradients"}});
}

AutogradError graph_freed(std::string_view operation) {
  return AutogradError(
      fmt::format("backward() reaches {} a second time, but the graph behind it was freed", operation),
      {{"why",
        "backward() frees what it has walked; a state carried from one batch into the next still hangs on "
        "the last batch's graph"},
       {"fix",
        "h = h.detach() between batches; or backward(/*retain_graph=*/true) to walk one graph twice"}});
}

}  // namespace runnel::errors
