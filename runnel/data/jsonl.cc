#include "runnel/data/jsonl.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "runnel/data/data_errors.h"
#include "runnel/text/utf8.h"

namespace runnel {
namespace {

using nlohmann::json;

/// Takes one object apart as the parser walks through it; what lies deeper than its values is skipped.
class ObjectReader : public nlohmann::json_sax<json> {
 public:
  ObjectReader(std::string_view text, DataPlace line) : text_(text), line_(std::move(line)) {}

  /// The keys and their values, in the order of the text.
  std::vector<std::pair<std::string, TableCell>> take() { return std::move(members_); }

  bool null() override { return value(TableCell::Content::null); }
  bool boolean(bool is_true) override { return value(TableCell::Content::text, is_true ? "true" : "false"); }
  bool number_integer(int64_t number) override {
    return value(TableCell::Content::text, std::to_string(number));
  }
  bool number_unsigned(uint64_t number) override {
    return value(TableCell::Content::text, std::to_string(number));
  }
  bool number_float(double, const std::string& spelling) override {
    return value(TableCell::Content::text, spelling);
  }
  bool string(std::string& text) override { return value(TableCell::Content::text, std::move(text)); }
  bool binary(json::binary_t&) override { return false; }  // never in JSON text

  bool start_object(size_t) override {
    if (depth_ > 0) value(TableCell::Content::object);
    ++depth_;
    return true;
  }
  bool key(std::string& name) override {
    if (depth_ != 1) return true;
    if (!seen_.insert(name).second) throw errors::key_twice(line_, name);
    members_.emplace_back(std::move(name), TableCell{.text = {}, .line = line_.line});
    return true;
  }
  bool end_object() override { return --depth_, true; }
  bool start_array(size_t) override {
    value(TableCell::Content::list);
    ++depth_;
    return true;
  }
  bool end_array() override { return --depth_, true; }

  bool parse_error(size_t position, const std::string&, const json::exception& error) override {
    throw errors::not_json({line_.file, line_.line, static_cast<int64_t>(position)}, text_, error.what());
  }

 private:
  bool value(TableCell::Content content, std::string text = {}) {
    if (depth_ == 0) throw errors::no_json_object(line_);
    if (depth_ == 1) {
      members_.back().second.content = content;
      members_.back().second.text = std::move(text);
    }
    return true;
  }

  std::string_view text_;
  DataPlace line_;
  int depth_ = 0;
  std::vector<std::pair<std::string, TableCell>> members_;
  std::set<std::string> seen_;
};

/// The cells of one object in the order of the columns.
class RowMaker {
 public:
  explicit RowMaker(const std::vector<std::string>& columns) {
    for (size_t i = 0; i < columns.size(); ++i) index_[columns[i]] = i;
  }

  std::vector<TableCell> row(std::vector<std::pair<std::string, TableCell>> members, int64_t line) const {
    std::vector<TableCell> cells(index_.size(),
                                 TableCell{.text = {}, .line = line, .content = TableCell::Content::missing});
    for (auto& [key, cell] : members) {
      const auto place = index_.find(key);
      if (place != index_.end()) cells[place->second] = std::move(cell);
    }
    return cells;
  }

 private:
  std::map<std::string, size_t> index_;
};

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

Table parse_jsonl(std::string_view content, const std::string& name) {
  require_utf8(content, {.file = name, .line = 1, .column = 1});
  std::optional<Table> table;
  std::optional<RowMaker> maker;
  int64_t number = 0;
  for (size_t start = 0, end = 0; start < content.size(); start = end + 1) {
    end = std::min(content.find('\n', start), content.size());
    const std::string_view line = content.substr(start, end - start);
    ++number;
    if (is_blank(line) || (number == 1 && line == "\xEF\xBB\xBF")) continue;
    ObjectReader reader(line, {.file = name, .line = number});
    json::sax_parse(line.begin(), line.end(), &reader);
    auto members = reader.take();
    if (!table) {
      std::vector<std::string> columns;
      for (const auto& member : members) columns.push_back(member.first);
      maker.emplace(columns);
      table.emplace(name, std::move(columns));
    }
    table->add_row(maker->row(std::move(members), number));
  }
  if (!table) throw errors::empty_file(name);
  return std::move(*table);
}

}  // namespace runnel
