#include <nlohmann/json.hpp>

#include "runnel/check/check.h"
#include "runnel/explain/error_json.h"

namespace runnel {
namespace {

using CheckJson = nlohmann::ordered_json;

CheckJson reading_json(const std::optional<Reading>& reading) {
  if (!reading) return nullptr;
  CheckJson json{{"axes", CheckJson::array()}, {"shape", CheckJson::array()}};
  for (const Axis& axis : reading->shape) {
    json["axes"].push_back(axis.name.text());
    json["shape"].push_back(axis.size);
  }
  json["why"] = reading->why;
  return json;
}

CheckJson number_json(const std::optional<double>& number) {
  return number ? CheckJson(*number) : CheckJson();
}

}  // namespace

std::string check_json(const DataCheck& check) {
  CheckJson json{{"fits", check.fits()}, {"network", check.network}, {"arrays", CheckJson::array()}};
  for (const ArraySummary& array : check.arrays) {
    json["arrays"].push_back({{"name", array.name},
                              {"dtype", array.dtype},
                              {"shape", array.shape},
                              {"least", number_json(array.least)},
                              {"most", number_json(array.most)}});
  }
  json["as_given"] = reading_json(check.as_given);
  json["as_found"] = reading_json(check.as_found);
  json["remarks"] = check.remarks;
  json["findings"] = CheckJson::array();
  for (const Finding& finding : check.findings) {
    CheckJson each{{"severity", to_string(finding.severity)}, {"mistake", finding.mistake}};
    each.update(CheckJson::parse(error_json(finding.error)));
    json["findings"].push_back(each);
  }
  return json.dump(-1, ' ', false, CheckJson::error_handler_t::replace);
}

}  // namespace runnel
