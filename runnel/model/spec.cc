#include "runnel/model/spec.h"

#include <cctype>
#include <charconv>

#include "runnel/model/spec_error.h"

namespace runnel {
namespace {

/// A cursor over the text of a chain.
class SpecParser {
 public:
  explicit SpecParser(std::string_view text)
      : chain_{.text = std::string(without_empty_end(text)), .layers = {}}, text_(chain_.text) {}

  ChainSpec parse() {
    skip_assignment();
    chain_.layers.push_back(layer());
    skip_space();
    while (column_ < text_.size()) {
      expect("->", "'->' and another layer, or the end");
      chain_.layers.push_back(layer());
      skip_space();
    }
    return std::move(chain_);
  }

 private:
  /// Without the line breaks, and blanks behind them, that a text from a file ends with.
  static std::string_view without_empty_end(std::string_view text) {
    const size_t last = text.find_last_not_of(" \t\r\n");
    return text.substr(0, text.find_first_of("\r\n", last == std::string_view::npos ? 0 : last));
  }
  [[noreturn]] void fail(const std::string& expected) const {
    throw errors::expected_here(chain_.text, column_, expected);
  }
  void skip_space() {
    while (column_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[column_]))) ++column_;
  }
  /// The front of a line of a program: `self.lstm = nn.LSTM(100, 20)`.
  void skip_assignment() {
    const size_t begin = column_;
    do {
      word();
    } while (accept("."));
    if (!accept("=")) column_ = begin;
  }
  bool accept(std::string_view token) {
    skip_space();
    if (text_.substr(column_, token.size()) != token) return false;
    column_ += token.size();
    return true;
  }
  void expect(std::string_view token, const std::string& expected) {
    if (!accept(token)) fail(expected);
  }
  /// Letters, digits and underscores from here on; may be empty.
  std::string word() {
    skip_space();
    const size_t begin = column_;
    while (column_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[column_])) || text_[column_] == '_')) {
      ++column_;
    }
    return std::string(text_.substr(begin, column_ - begin));
  }

  LayerSpec layer() {
    if (accept("torch.")) expect("nn.", "'nn.'");
    accept("nn.");
    LayerSpec layer;
    skip_space();
    layer.place.column = column_;
    layer.kind = word();
    layer.place.length = layer.kind.size();
    if (layer.kind.empty()) fail("the name of a layer, such as LSTM");
    if (!accept("(")) return layer;
    while (!accept(")")) {
      if (!skip_placement()) layer.arguments.push_back(argument());
      if (accept(",")) continue;
      expect(")", "',' or ')'");
      break;
    }
    return layer;
  }

  /// `device="cuda:0"`, `dtype=torch.float32`: up to what ends the argument.
  bool skip_placement() {
    skip_space();
    const size_t begin = column_;
    const std::string name = word();
    if ((name != "device" && name != "dtype") || !accept("=")) {
      column_ = begin;
      return false;
    }
    chain_.placed = true;
    for (int open = 0; column_ < text_.size(); ++column_) {
      const char c = text_[column_];
      if (open == 0 && (c == ',' || c == ')')) break;
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    return true;
  }

  SpecArgument argument() {
    skip_space();
    SpecArgument argument;
    argument.place.column = column_;
    const std::string name = word();
    if (!name.empty() && accept("=")) {
      argument.name = name;
    } else {
      column_ = argument.place.column;
    }
    argument.value = argument.name == "nonlinearity" ? word_or_value() : value();
    argument.place.length = column_ - argument.place.column;
    return argument;
  }

  /// print(model) writes nonlinearity=relu without quotes.
  SpecValue word_or_value() {
    skip_space();
    const size_t begin = column_;
    const std::string name = word();
    if (name == "tanh" || name == "relu") return name;
    column_ = begin;
    return value();
  }

  SpecValue value() {
    skip_space();
    if (column_ < text_.size() && (text_[column_] == '\'' || text_[column_] == '"')) return quoted();
    const size_t begin = column_;
    const std::string name = word();
    if (name == "True") return true;
    if (name == "False") return false;
    if (name == "None") return std::monostate{};
    column_ = begin;
    return number();
  }

  std::string quoted() {
    const char quote = text_[column_++];
    const size_t end = text_.find(quote, column_);
    if (end == std::string_view::npos) fail(std::string("a closing ") + quote);
    std::string content(text_.substr(column_, end - column_));
    column_ = end + 1;
    return content;
  }

  SpecValue number() {
    size_t end = column_;
    const auto belongs = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_';
    };
    const auto sign = [&](size_t i) {  // in front, or behind an exponent's e
      const bool exponent = i > column_ && (text_[i - 1] == 'e' || text_[i - 1] == 'E');
      return (text_[i] == '-' || text_[i] == '+') && (i == column_ || exponent) && text_.substr(i, 2) != "->";
    };
    while (end < text_.size() && (belongs(text_[end]) || sign(end))) ++end;
    std::string digits;  // Python allows 5_000 and +5
    for (char c : text_.substr(column_, end - column_)) {
      if (c != '_' && c != '+') digits += c;
    }
    const char *first = digits.data(), *last = first + digits.size();
    int64_t whole = 0;
    if (const auto [stop, error] = std::from_chars(first, last, whole);
        error == std::errc() && stop == last) {
      column_ = end;
      return whole;
    }
    double real = 0;
    if (const auto [stop, error] = std::from_chars(first, last, real); error == std::errc() && stop == last) {
      column_ = end;
      return real;
    }
    fail(errors::kAnyValue);
  }

  ChainSpec chain_;
  std::string_view text_;
  size_t column_ = 0;
};

}  // namespace

ChainSpec parse_chain(std::string_view text) { return SpecParser(text).parse(); }

}  // namespace runnel
