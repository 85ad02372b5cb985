#include "runnel/explain/layer_text.h"

#include <vector>

#include "runnel/nn/cells.h"
#include "runnel/nn/elementwise.h"
#include "runnel/nn/embedding.h"
#include "runnel/nn/linear.h"
#include "runnel/nn/recurrent.h"

namespace runnel {
namespace {

/// The names of the arguments that to_string() writes without one.
std::vector<std::string> positional_names(const Layer& layer) {
  if (dynamic_cast<const Embedding*>(&layer)) return {"num_embeddings", "embedding_dim"};
  if (dynamic_cast<const Recurrent*>(&layer)) return {"input_size", "hidden_size"};
  if (dynamic_cast<const CellModule*>(&layer)) return {"input_size", "hidden_size"};
  if (dynamic_cast<const Linear*>(&layer)) return {"in_features", "out_features"};
  if (dynamic_cast<const Dropout*>(&layer)) return {"p"};
  return {};
}

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t end; (end = text.find(separator, begin)) != std::string::npos; begin = end + separator.size()) {
    parts.push_back(text.substr(begin, end - begin));
  }
  parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace

std::string layer_text_with_names(const Layer& layer) {
  const std::string text = layer.to_string();
  const size_t open = text.find('(');
  if (open == std::string::npos || !text.ends_with(')')) return text;
  const std::vector<std::string> names = positional_names(layer);
  const std::vector<std::string> arguments = split(text.substr(open + 1, text.size() - open - 2), ", ");
  std::string result = text.substr(0, open + 1);
  for (size_t i = 0; i < arguments.size(); ++i) {
    const bool positional = arguments[i].find('=') == std::string::npos && i < names.size();
    result += (i > 0 ? ", " : "") + (positional ? names[i] + "=" : "") + arguments[i];
  }
  return result + ")";
}

}  // namespace runnel
