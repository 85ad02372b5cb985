#include "runnel/model/spec_error.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runnel/base/spelling.h"
#include "runnel/model/chain_fix.h"

namespace runnel::errors {
namespace {

/// Characters, not bytes, in front of a column: a mark must stand under the right one.
size_t width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// The line of a text in which a place is, and the place in that line.
struct MarkedLine {
  std::string text;
  SpecPlace place;
};

MarkedLine line_at(std::string_view text, const SpecPlace& place) {
  const size_t before = text.substr(0, place.column).rfind('\n');
  const size_t begin = before == std::string_view::npos ? 0 : before + 1;
  MarkedLine line{.text = std::string(text.substr(begin, text.find('\n', begin) - begin)),
                  .place = {place.column - begin, place.length}};
  while (line.text.ends_with('\r')) line.text.pop_back();
  for (char& c : line.text) {  // a tab is as wide as the mark's blank; others might move the cursor
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7F') c = ' ';
  }
  return line;
}

/// The line of the text, and below it the mark with what it says.
std::string marked(std::string_view text, const SpecPlace& place, const std::string& note) {
  const MarkedLine line = line_at(text, place);
  const size_t length = std::max<size_t>(
      1, width(line.text.substr(std::min(line.place.column, line.text.size()), line.place.length)));
  return fmt::format("{}\n{}{} {}", line.text,
                     std::string(width(line.text.substr(0, line.place.column)), ' '),
                     std::string(length, '^'), note);
}

/// "; did you mean batch_first?", or nothing when no known word is near.
std::string suggestion(const std::string& word, std::span<const std::string> known) {
  const auto near = meant_by(word, known);
  return near ? fmt::format("; did you mean {}?", *near) : "";
}

constexpr const char* kPrintModel = "python -c 'from net import model; print(model)' > model.txt";

/// "nn.LSTM": the name at this place, which only a program can give a value; nothing where another thing stands.
std::string name_at(const std::string& text, size_t column) {
  size_t end = column;
  const auto belongs = [&](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           (end > column && (std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.'));
  };
  while (end < text.size() && belongs(text[end])) ++end;
  return text.substr(column, end - column);
}

}  // namespace

OptionError expected_here(const std::string& text, size_t column, const std::string& expected) {
  std::vector<ErrorDetail> details{{"at", marked(text, {column, 1}, "expected " + expected)}};
  if (text.find_first_not_of(" \n\t") == std::string::npos) details.push_back({"why", "the text is empty"});
  const std::string name = name_at(text, std::min(column, text.size()));
  if (const std::string fix = completed(text, column, expected); !fix.empty()) {
    details.push_back({"fix", fix});
  } else if (expected == kAnyValue && !name.empty()) {
    details.push_back({"why", fmt::format("Python is not run: what {} is, the program alone knows", name)});
    details.push_back(
        {"fix",
         fmt::format("numbers in place of names, or what PyTorch prints of the model:\n{}", kPrintModel)});
  }
  return OptionError("the network cannot be read", std::move(details));
}

OptionError expected_in_print(std::string_view text, size_t place, const std::string& expected) {
  const auto number = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '\n') + 1;
  return OptionError(fmt::format("the text of print(model) cannot be read, line {}", number),
                     {{"at", marked(text, {place, 1}, "expected " + expected)},
                      {"why", "it is not as PyTorch prints it: something was cut off or changed"},
                      {"fix", kPrintModel}});
}

OptionError unknown_layer(const ChainSpec& chain, const LayerSpec& layer,
                          std::span<const std::string> known) {
  std::vector<ErrorDetail> details{
      {"at", marked(chain.text, layer.place, "no such layer" + suggestion(layer.kind, known))},
      {"known", fmt::format("{}", fmt::join(known, ", "))}};
  if (const auto near = meant_by(layer.kind, known))
    details.push_back({"fix", with_piece(chain.text, layer.place, *near)});
  return OptionError(fmt::format("there is no layer {}", layer.kind), std::move(details));
}

OptionError unknown_option(const ChainSpec& chain, const LayerSpec& layer, const SpecArgument& argument,
                           std::span<const std::string> known) {
  const auto near = meant_by(argument.name, known);
  const SpecPlace name{argument.place.column, argument.name.size()};
  return OptionError(
      fmt::format("{} has no option {}", layer.kind, argument.name),
      {{"at", marked(chain.text, argument.place, "no such option" + suggestion(argument.name, known))},
       {"takes", known.empty() ? "nothing" : fmt::format("{}", fmt::join(known, ", "))},
       {"fix", near ? with_piece(chain.text, name, *near) : without_argument(chain.text, argument.place)}});
}

OptionError too_many_arguments(const ChainSpec& chain, const LayerSpec& layer, const SpecArgument& argument,
                               std::span<const std::string> known) {
  const std::string takes = known.empty() ? "nothing" : fmt::format("{}", fmt::join(known, ", "));
  return OptionError(fmt::format("{} takes no more than {} arguments", layer.kind, known.size()),
                     {{"at", marked(chain.text, argument.place, "one too many")},
                      {"takes", takes},
                      {"fix", without_argument(chain.text, argument.place)}});
}

OptionError option_twice(const ChainSpec& chain, const SpecArgument& argument, const std::string& name) {
  return OptionError(fmt::format("{} is given twice", name),
                     {{"at", marked(chain.text, argument.place, "given before")},
                      {"fix", without_argument(chain.text, argument.place)}});
}

OptionError wrong_value(const ChainSpec& chain, const SpecArgument& argument, const std::string& option,
                        const std::string& expected) {
  std::vector<ErrorDetail> details{
      {"at", marked(chain.text, argument.place, fmt::format("{}: expected {}", option, expected))}};
  if (const std::string value = likely_value(argument, option, expected); !value.empty()) {
    const std::string name = argument.name.empty() ? "" : argument.name + "=";
    details.push_back({"fix", with_piece(chain.text, argument.place, name + value)});
  }
  return OptionError(fmt::format("{} cannot have this value", option), std::move(details));
}

OptionError flag_by_place(const ChainSpec& chain, const SpecArgument& argument, const std::string& option,
                          const std::string& fix) {
  return OptionError(
      fmt::format("{} cannot have this value", option),
      {{"at", marked(chain.text, argument.place, fmt::format("{}: expected a text in quotes", option))},
       {"why", fmt::format("the fourth argument by place is {}, not batch_first", option)},
       {"fix", fix}});
}

std::string flag_is_bias(const LayerSpec& layer, const std::string& fix) {
  return fmt::format("The fourth argument of {} by place is bias, not batch_first. With batch_first: {}",
                     layer.kind, fix);
}

std::string placement_left_out() {
  return "device and dtype change no shape; Runnel computes on the CPU, with 4 bytes a number.";
}

OptionError ids_lost(const ChainSpec& chain, const LayerSpec& layer, const LayerSpec& before) {
  return OptionError(
      fmt::format("{} cannot read what {} gives", layer.kind, before.kind),
      {{"at", marked(chain.text, layer.place, "expected in front of all other layers")},
       {"why", fmt::format("it looks up whole numbers, ids; {} gives numbers with fractions", before.kind)},
       {"fix", text_of(chain, layer) + " -> …"}});
}

OptionError too_many_parameters(int64_t most) {
  return OptionError(
      "a network of so many parameters fits in no memory",
      {{"expected", fmt::format("at most {}", most)}, {"fix", "smaller sizes, or fewer layers"}});
}

OptionError size_not_known(const ChainSpec& chain, const LayerSpec& layer, const std::string& option) {
  return OptionError(fmt::format("{}: {} is not known", layer.kind, option),
                     {{"at", marked(chain.text, layer.place, fmt::format("nothing tells {}", option))},
                      {"why", why_of_size(option)},
                      {"fix", with_sizes(chain, layer, option)}});
}

}  // namespace runnel::errors
