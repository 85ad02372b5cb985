#include "runnel/model/printed_model.h"

#include <cctype>
#include <charconv>
#include <optional>

#include "runnel/model/spec_error.h"

namespace runnel {
namespace {

/// More than any model has; so a text that is none does not fill the stack or the page.
constexpr int kDeepest = 100;
constexpr int64_t kMostTimes = 100'000;

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
/// Of a name in Python; a letter outside of ASCII is two bytes or more.
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & 0x80) != 0;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Without blanks at the ends, any run of blanks and line breaks being one blank.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (!is_space(c)) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

/// Whether only blanks stand in front of the place on its line.
bool begins_line(std::string_view text, size_t place) {
  while (place > 0 && is_space(text[place - 1]) && text[place - 1] != '\n') --place;
  return place == 0 || text[place - 1] == '\n';
}

/// The name of the part that begins at the place, "lstm" of "(lstm): LSTM(…)"; nothing where none does. At the
/// beginning of a line it may be any text, as the keys of a ModuleDict are.
std::optional<std::string_view> part_name(std::string_view text, size_t place) {
  if (text[place] != '(') return std::nullopt;
  size_t end = place + 1;
  while (end < text.size() && (is_word(text[end]) || text[end] == '-' || text[end] == '.')) ++end;
  if (text.substr(end, 2) != "):") {
    if (!begins_line(text, place)) return std::nullopt;
    end = text.substr(0, text.find('\n', place)).find("): ", place);
    if (end == std::string_view::npos) return std::nullopt;
  }
  return end == place + 1 ? std::nullopt : std::optional(text.substr(place + 1, end - place - 1));
}

class PrintParser {
 public:
  explicit PrintParser(std::string_view text) : text_(text) {
    while (!text_.empty() && is_space(text_.back())) text_.remove_suffix(1);
  }

  PrintedModule parse() {
    skip_space();
    PrintedModule model = place_ < text_.size() && part_name(text_, place_) ? part("", 0) : module("", 0);
    skip_space();
    if (place_ < text_.size()) fail("the end: the model's last ) stands before");
    return model;
  }

 private:
  std::string_view rest() const { return text_.substr(place_); }
  [[noreturn]] void fail(const std::string& expected) const {
    throw errors::expected_in_print(text_, place_, expected);
  }
  void skip_space() {
    while (place_ < text_.size() && is_space(text_[place_])) ++place_;
  }

  PrintedModule part(const std::string& owner, int depth) {
    const std::string name(*part_name(text_, place_));
    place_ += name.size() + 3;
    return module(owner.empty() ? name : owner + "." + name, depth);
  }

  /// The 3 of "3 x Linear(…)".
  int64_t times() {
    size_t end = place_;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    if (end == place_ || text_.substr(end, 3) != " x ") return 1;
    int64_t value = 0;
    std::from_chars(text_.data() + place_, text_.data() + end, value);
    if (value < 1 || value > kMostTimes) fail("a number of modules from 1 to " + std::to_string(kMostTimes));
    place_ = end + 3;
    return value;
  }

  PrintedModule module(const std::string& path, int depth) {
    if (depth > kDeepest) fail("no more than " + std::to_string(kDeepest) + " modules inside each other");
    skip_space();
    PrintedModule module{.path = path, .kind = {}, .text = {}, .times = times()};
    const size_t begin = place_;
    while (place_ < text_.size() && (is_word(text_[place_]) || text_[place_] == '.')) ++place_;
    module.kind = text_.substr(begin, place_ - begin);
    if (module.kind.empty()) fail("the name of a module, such as LSTM");
    if (rest().starts_with('(')) {
      ++place_;
      module.text = module.kind + "(" + on_one_line(body(module, depth)) + ")";
    } else if (depth == 0) {
      fail("'(' behind the name of the model");
    } else {  // Parameter containing: [torch.float32 of size 3x4]
      for (int open = 0; place_ < text_.size() && text_[place_] != '\n'; ++place_) {
        if (text_[place_] == '(') ++open;
        if (text_[place_] == ')' && open-- == 0) break;
      }
      module.text = on_one_line(text_.substr(begin, place_ - begin));
    }
    return module;
  }

  /// What stands between the parentheses besides the parts, which are added to the module.
  std::string body(PrintedModule& module, int depth) {
    std::string words;
    int open = 0;
    for (; place_ < text_.size(); ++place_) {
      while (part_name(text_, place_)) {
        module.parts.push_back(part(module.path, depth + 1));
        if (place_ == text_.size()) fail(missing_end(module));
      }
      const char c = text_[place_];
      if (c == '(') ++open;
      if (c == ')' && open-- == 0) {
        ++place_;
        return words;
      }
      words += c;
      if (c == '\'' || c == '"') words += quoted(c);
    }
    fail(missing_end(module));
  }
  static std::string missing_end(const PrintedModule& module) {
    return "')', the end of " + module.kind + "(";
  }

  /// A text in quotes from behind its first one; nothing where it does not end: then it was an apostrophe.
  std::string quoted(char quote) {
    const size_t end = text_.find_first_of(std::string{quote, '\n'}, place_ + 1);
    if (end == std::string_view::npos || text_[end] != quote) return "";
    const std::string content(text_.substr(place_ + 1, end - place_));
    place_ = end;
    return content;
  }

  std::string_view text_;
  size_t place_ = 0;
};

}  // namespace

bool is_printed_model(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (part_name(text, i)) return true;
  }
  return false;
}

PrintedModule parse_printed_model(std::string_view text) { return PrintParser(text).parse(); }

}  // namespace runnel
