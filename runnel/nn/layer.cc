#include "runnel/nn/layer.h"

#include "runnel/nn/nn_error.h"

namespace runnel {

const Variable& Signal::features(const std::string& reader) const {
  if (const Variable* variable = std::get_if<Variable>(&data)) return *variable;
  if (const TableRows* words = std::get_if<TableRows>(&data)) return words->copied();
  throw errors::features_expected(reader, shape());
}

const Ids& Signal::ids(const std::string& reader) const {
  if (const Ids* values = std::get_if<Ids>(&data)) return *values;
  throw errors::ids_expected(reader, shape());
}

const Shape& Signal::shape() const {
  return std::visit([](const auto& value) -> const Shape& { return value.shape(); }, data);
}

}  // namespace runnel
