#include "runnel/formats/named_arrays.h"

#include <utility>

#include "runnel/formats/array_errors.h"

namespace runnel {

void NamedArrays::add(std::string name, Array array) {
  if (!places_.emplace(name, items_.size()).second) throw errors::array_name_twice(name);
  items_.push_back({std::move(name), std::move(array)});
}

const Array* NamedArrays::find(std::string_view name) const {
  const auto place = places_.find(name);
  return place == places_.end() ? nullptr : &items_[place->second].array;
}

}  // namespace runnel
