#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runnel/formats/array.h"

namespace runnel {

/// Arrays with names, in the order in which they were added. No name occurs twice.
class NamedArrays {
 public:
  struct Item {
    std::string name;
    Array array;
    friend bool operator==(const Item&, const Item&) = default;
  };

  /// Throws  OptionError when there is an array of that name already.
  void add(std::string name, Array array);
  /// nullptr when there is none of that name. Valid until the next `add`.
  const Array* find(std::string_view name) const;

  size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  const Item& operator[](size_t i) const { return items_[i]; }
  std::vector<Item>::const_iterator begin() const { return items_.begin(); }
  std::vector<Item>::const_iterator end() const { return items_.end(); }
  friend bool operator==(const NamedArrays& a, const NamedArrays& b) { return a.items_ == b.items_; }

 private:
  std::vector<Item> items_;
  std::map<std::string, size_t, std::less<>> places_;
};

}  // namespace runnel
