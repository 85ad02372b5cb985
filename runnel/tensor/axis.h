#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace runnel {

/// The name of an axis. The words are few: batch, seq, feature, hidden, layer, direction, gate, class, vocab.
/// An axis that holds two things side by side joins their names: "layer·direction", "gate·hidden".
///
/// A name costs a pointer: equal texts share one, for the life of the process.
class AxisName {
 public:
  AxisName(std::string_view text);
  AxisName(const char* text) : AxisName(std::string_view(text)) {}
  AxisName(const std::string& text) : AxisName(std::string_view(text)) {}
  /// An axis has a name, not a number: `x.size(0)` must not compile, although 0 could be a null pointer
  /// to text.
  AxisName(int) = delete;
  AxisName(std::nullptr_t) = delete;
  const std::string& text() const { return *text_; }
  friend bool operator==(AxisName a, AxisName b) { return a.text_ == b.text_; }

 private:
  const std::string* text_;
};

/// "layer" and "direction" make "layer·direction"; the first one varies slowest.
AxisName join(AxisName outer, AxisName inner);

/// One axis of a shape: its name and how many places it has.
struct Axis {
  /// The size of an axis that is not known yet, in a shape that only explains: printed as the name alone.
  static constexpr int64_t kSymbolic = -1;

  AxisName name;
  int64_t size = kSymbolic;

  bool symbolic() const { return size == kSymbolic; }
  /// "batch=3", or "batch" when symbolic.
  std::string to_string() const;
  friend bool operator==(const Axis&, const Axis&) = default;
};

}  // namespace runnel
