#include "cli/asked.h"

#include <filesystem>

#include "runnel/base/files.h"

namespace runnel::cli {
namespace {

/// A safetensors file begins with its header's length in 8 bytes, the last of which is 0; a text has none.
bool is_text(const std::string& content) { return content.substr(0, 8).find('\0') == std::string::npos; }

}  // namespace

const char* const kNetworkHelp =
    R"(NETWORK is one of
  a chain of layers     Embedding(5000, 100) -> LSTM(128) -> last -> Linear(6)
                        sizes that follow from the layer before may be left out
  one layer             GRU(100, 20, batch_first=True), as PyTorch writes it
  a PyTorch model       what print(model) gives there
  a model file          model.safetensors, which runnel train wrote
or a file with such a text; - reads it from standard input.
)";

Asked asked_by(const std::string& network) {
  if (network.ends_with(".safetensors")) return {.text = {}, .model_file = true};
  std::error_code ignored;
  const std::filesystem::file_status status = std::filesystem::status(network, ignored);
  const bool file = network == "-" || std::filesystem::is_regular_file(status);
  if (!file) return {.text = network};
  std::string content = read_file(network);
  if (network != "-" && !is_text(content)) return {.text = {}, .model_file = true};
  return {.text = std::move(content), .file = network};
}

}  // namespace runnel::cli
