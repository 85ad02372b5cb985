#include "runnel/explain/error_json.h"

#include <nlohmann/json.hpp>

#include "runnel/tensor/shape_error.h"

namespace runnel {
namespace {

using ErrorJson = nlohmann::ordered_json;

ErrorJson shape_fields(const Shape& shape, const std::string& why) {
  ErrorJson json{{"axes", ErrorJson::array()}, {"shape", ErrorJson::array()}};
  for (const Axis& axis : shape) {
    json["axes"].push_back(axis.name.text());
    json["shape"].push_back(axis.symbolic() ? ErrorJson(nullptr) : ErrorJson(axis.size));
  }
  if (!why.empty()) json["why"] = why;
  return json;
}

void add_mismatch(ErrorJson& json, const Mismatch& m) {
  const auto add = [&](const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
  };
  add("where", m.where);
  add("what", m.what);
  if (m.expected) json["expected"] = shape_fields(*m.expected, m.expected_why);
  if (m.got) json["got"] = shape_fields(*m.got, m.got_why);
  add("why", m.why);
  add("fix", m.fix);
}

}  // namespace

std::string error_json(const Error& error) {
  ErrorJson json{{"kind", std::string(error.kind())}, {"summary", error.summary()}};
  for (const ErrorDetail& detail : error.details()) json["details"][detail.label] = detail.text;
  if (const auto* data = dynamic_cast<const DataError*>(&error)) {
    json["file"] = data->place().file;
    if (data->place().line > 0) json["line"] = data->place().line;
    if (data->place().column > 0) json["column"] = data->place().column;
  }
  if (const auto* format = dynamic_cast<const FormatError*>(&error)) {
    json["file"] = format->file();
    json["byte"] = format->offset();
  }
  if (const auto* shape = dynamic_cast<const ShapeError*>(&error)) add_mismatch(json, shape->mismatch());
  // A text of the user's may be any bytes.
  return json.dump(-1, ' ', false, ErrorJson::error_handler_t::replace);
}

}  // namespace runnel
