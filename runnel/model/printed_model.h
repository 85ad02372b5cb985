#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runnel {

/// A module of the text that print(model) gives in PyTorch.
struct PrintedModule {
  std::string path;   ///< "encoder.lstm"; of the whole model nothing
  std::string kind;   ///< "LSTM", "Sequential", the name of somebody's own class
  std::string text;   ///< without its parts, on one line: `LSTM(100, 128, batch_first=True)`
  int64_t times = 1;  ///< how many of it there are: `(0-2): 3 x Linear(…)`
  std::vector<PrintedModule> parts = {};
};

/// Whether a text is that of print(model): a part such as `(lstm): ` stands in it.
bool is_printed_model(std::string_view text);

/// Reads the text that print(model) gives; indentation does not matter, nor do line breaks, but in front of the name
/// of a part that is no identifier.
///
///     module    name "(" (words | part)* ")"          words: what the module says about itself
///     part      "(" name ")" ":" [count "x"] (module | words up to the end of the line or of what is around)
///
///     Model(
///       (embedding): Embedding(5000, 100, padding_idx=0)
///       (lstm): LSTM(100, 128, num_layers=2, batch_first=True, dropout=0.2)
///     )
///
/// Throws  OptionError that shows the line with a mark under the place, and what was expected there
PrintedModule parse_printed_model(std::string_view text);

}  // namespace runnel
