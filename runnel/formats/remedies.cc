#include "runnel/formats/remedies.h"

#include <fmt/format.h>

#include "runnel/formats/names.h"

namespace runnel {
namespace {

/// The name with this ending: in place of its own ending, or `otherwise` for what has no name of a file.
std::string with_ending(std::string name, std::string_view ending, std::string_view otherwise) {
  if (name.empty() || name == "standard input") return fmt::format("{}{}", otherwise, ending);
  if (name.ends_with(ending)) return name;
  const size_t dot = name.rfind('.'), slash = name.rfind('/');
  if (dot != std::string::npos && dot > 0 && (slash == std::string::npos || dot > slash + 1)) name.erase(dot);
  return fmt::format("{}{}", name, ending);
}

bool is_keyword(std::string_view name) {
  const auto in_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    if (!in_word(c)) return false;
  }
  return true;
}

}  // namespace

std::string python_text(std::string_view text) {
  const std::string quoted = quote(text);  // escapes as Python's
  const bool plain = quoted.size() == text.size() + 2 && text.find('\'') == text.npos;
  return plain ? fmt::format("'{}'", text) : quoted;
}

std::string numpy_save(const std::string& name, const std::string& value) {
  const size_t entry = name.rfind(": ");
  if (entry != std::string::npos) {
    std::string array = name.substr(entry + 2);
    if (array.ends_with(".npy")) array.resize(array.size() - 4);
    return numpy_savez(name.substr(0, entry), (is_keyword(array) ? array : "input") + "=" + value);
  }
  return fmt::format("numpy.save({}, {})", python_text(with_ending(name, ".npy", "x")), value);
}

std::string numpy_savez(const std::string& name, const std::string& arrays) {
  return fmt::format("numpy.savez({}, {})", python_text(with_ending(name, ".npz", "x")), arrays);
}

std::string safetensors_save(const std::string& name, const std::string& tensors) {
  return fmt::format("safetensors.torch.save_file({}, {})", tensors,
                     python_text(with_ending(name, ".safetensors", "w")));
}

std::string again(const std::string& code) { return "copy it again, or write it again:\n" + code; }

}  // namespace runnel
