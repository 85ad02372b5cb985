#pragma once

#include <string>
#include <string_view>

/// What to type to get a good file in the place of a bad one, for the fixes of errors.
namespace runnel {

/// A text of Python's: 'x.npy'.
std::string python_text(std::string_view text);

/// `numpy.save('x.npy', x)`; for an entry of an archive, called `x.npz: input.npy`, `numpy.savez('x.npz', input=x)`.
/// A name that ends in something else than .npy gets that behind it.
std::string numpy_save(const std::string& name, const std::string& value = "x");
/// `numpy.savez('x.npz', input=x)`
std::string numpy_savez(const std::string& name, const std::string& arrays = "input=x");
/// `safetensors.torch.save_file(model.state_dict(), 'w.safetensors')`
std::string safetensors_save(const std::string& name, const std::string& tensors = "model.state_dict()");

/// "copy it again, or write it again: …"
std::string again(const std::string& code);

}  // namespace runnel
