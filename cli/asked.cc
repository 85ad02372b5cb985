#include "cli/asked.h"

#include <filesystem>

#include "runnel/base/files.h"
#include "runnel/text/utf8.h"

namespace runnel::cli {
namespace {

/// A safetensors file begins with its header's length in 8 bytes, of which the fourth to last are 0; a text has no 0,
/// or in UTF-16 not so many.
bool is_text(const std::string& content) {
  return content.size() < 8 || content.substr(4, 4) != std::string(4, '\0');
}

/// Whether the word can only be meant as the name of a file, though there may be none.
bool looks_like_file(const std::string& word) {
  const size_t bracket = word.find('(');
  if (word.substr(0, bracket).find('/') != std::string::npos) return true;
  const bool layer = word.starts_with("nn.") || word.starts_with("torch.");
  return bracket == std::string::npos && word.find_first_of(" >\n") == std::string::npos && !layer &&
         word.find('.') != std::string::npos;
}

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

bool names_file(const std::string& network) {
  std::error_code ignored;  // a long chain of layers is no name of a file
  const std::filesystem::file_status status = std::filesystem::status(network, ignored);
  const bool readable = std::filesystem::exists(status) && !std::filesystem::is_directory(status);
  return readable || looks_like_file(network);
}

Asked asked_by(const std::string& network) {
  if (network.ends_with(".safetensors")) return {.text = {}, .model_file = true};
  if (network != "-" && !names_file(network)) return {.text = network};
  std::string content = read_file(network);
  if (network != "-" && !is_text(content)) return {.text = {}, .model_file = true};
  Asked asked{.text = std::move(content), .file = network == "-" ? "standard input" : network};
  require_utf8(asked.text, {.file = asked.file, .line = 1, .column = 1});
  if (starts_with_byte_order_mark(asked.text)) asked.text.erase(0, 3);
  return asked;
}

}  // namespace runnel::cli
