#include "runnel/explain/parameter_count.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

#include "runnel/explain/wording.h"
#include "runnel/nn/linear.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

/// A part of a formula. Parts with the same text are the same work, done by another layer or direction.
struct Term {
  std::string text;
  bool sum = false;  ///< needs brackets before it is multiplied
};

/// The parameters that belong together: one layer and direction, or all of a module that has neither.
struct Group {
  std::string suffix;  ///< "_l0_reverse"; empty where there are no layers
  std::vector<Shape> shapes;
};

std::string suffix_of(const std::string& name) {
  const size_t at = name.find("_l");
  return at == std::string::npos ? "" : name.substr(at);
}

std::vector<Group> groups_of(const Layer& layer) {
  std::vector<Group> groups;
  const auto* linear = dynamic_cast<const Linear*>(&layer);
  for (const NamedParameter& parameter : layer.named_parameters()) {
    const std::string suffix = suffix_of(parameter.name);
    if (groups.empty() || groups.back().suffix != suffix) groups.push_back({suffix, {}});
    const Shape& shape = parameter.variable.shape();
    groups.back().shapes.push_back(linear ? shape.renamed("out", linear->options().out_axis) : shape);
  }
  return groups;
}

/// "60", or "3 gates · 20" for the rows of a cell with gates.
std::string rows_text(const Axis& rows, const std::vector<Shape>& shapes) {
  const AxisName gate_hidden = join(axes::gate, axes::hidden);
  if (rows.name != gate_hidden || rows.symbolic()) return size_text(rows);
  // The states that the gates make are as wide as what weight_hh reads, or, with a projection,
  // what weight_hr reads.
  const Axis& hidden = shapes.back().rank() == 2 ? shapes.back()[1] : shapes[1][1];
  const int64_t gates = rows.size / hidden.size;
  return gates == 1 ? grouped(hidden.size) : fmt::format("{} gates · {}", gates, grouped(hidden.size));
}

/// rows · (columns + columns + biases), then the product of each matrix with other rows.
Term term_of(const Group& group) {
  const Axis rows = group.shapes.front()[0];
  std::vector<std::string> columns, others;
  int64_t biases = 0;
  for (const Shape& shape : group.shapes) {
    if (shape.rank() == 1) {
      ++biases;
    } else if (shape[0] == rows) {
      columns.push_back(size_text(shape[1]));
    } else {
      others.push_back(fmt::format("{} · {}", size_text(shape[0]), size_text(shape[1])));
    }
  }
  if (biases > 0) columns.push_back(std::to_string(biases));
  std::string inner;
  for (const std::string& column : columns) inner += (inner.empty() ? "" : " + ") + column;
  if (columns.size() > 1) inner = "(" + inner + ")";
  Term term{fmt::format("{} · {}", rows_text(rows, group.shapes), inner), !others.empty()};
  for (const std::string& other : others) term.text += " + " + other;
  return term;
}

Term times(int64_t count, const std::string& what, const Term& term) {
  if (count == 1) return term;
  const std::string factor = term.sum ? "(" + term.text + ")" : term.text;
  return {fmt::format("{} {} · {}", count, what, factor)};
}

/// Takes equal neighbours together: "2 layers · …".
std::vector<Term> merged(const std::vector<Term>& terms, const std::string& what) {
  std::vector<Term> result;
  for (size_t i = 0; i < terms.size();) {
    size_t end = i;
    while (end < terms.size() && terms[end].text == terms[i].text) ++end;
    result.push_back(times(static_cast<int64_t>(end - i), what, terms[i]));
    i = end;
  }
  return result;
}

/// One term a layer: both directions of a layer cost the same.
std::vector<Term> terms_of_layers(const std::vector<Group>& groups) {
  std::vector<Term> layers;
  for (size_t i = 0; i < groups.size(); ++i) {
    const bool two = i + 1 < groups.size() && groups[i + 1].suffix.ends_with("_reverse");
    layers.push_back(times(two ? 2 : 1, "directions", term_of(groups[i])));
    if (two) ++i;
  }
  return merged(layers, "layers");
}

}  // namespace

ParameterCount count_parameters(const Layer& layer) {
  ParameterCount count;
  const std::vector<Group> groups = groups_of(layer);
  for (const Group& group : groups) {
    for (const Shape& shape : group.shapes) {
      if (shape.symbolic()) count.value.reset();
      if (count.value) *count.value += shape.count();
    }
  }
  for (const Term& term : terms_of_layers(groups)) {
    count.formula += (count.formula.empty() ? "" : " + ") + term.text;
  }
  return count;
}

std::string worked_out(const ParameterCount& count) {
  if (count.formula.empty()) return "none";
  return (count.value ? grouped(*count.value) + " = " : "") + count.formula;
}

ParameterCount sum_of(std::span<const ParameterCount> counts) {
  std::vector<ParameterCount> parts;
  for (const ParameterCount& count : counts) {
    if (!count.formula.empty()) parts.push_back(count);
  }
  if (parts.size() == 1) return parts.front();
  ParameterCount sum;
  for (const ParameterCount& part : parts) {
    if (!part.value) sum.value.reset();
    if (sum.value && __builtin_add_overflow(*sum.value, *part.value, &*sum.value)) sum.value.reset();
    sum.formula += (sum.formula.empty() ? "" : " + ") + (part.value ? grouped(*part.value) : part.formula);
  }
  return sum;
}

}  // namespace runnel
