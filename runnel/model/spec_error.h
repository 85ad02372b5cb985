#pragma once

#include <span>
#include <string>
#include <vector>

#include "runnel/base/error.h"
#include "runnel/model/spec.h"

/// The sentences about networks as text, each made in one place. Each shows the text and marks the place.
namespace runnel::errors {

/// What stands where any value of an option may.
inline constexpr const char* kAnyValue = "a number, True, False, None or a text in quotes";
/// Where such a value is expected and a name stands, the fix is to let PyTorch print the model.
OptionError expected_here(const std::string& text, size_t column, const std::string& expected);
/// The same in a text of many lines; `place` is its byte.
OptionError expected_in_print(std::string_view text, size_t place, const std::string& expected);
OptionError unknown_layer(const ChainSpec& chain, const LayerSpec& layer, std::span<const std::string> known);
OptionError unknown_option(const ChainSpec& chain, const LayerSpec& layer, const SpecArgument& argument,
                           std::span<const std::string> known);
OptionError too_many_arguments(const ChainSpec& chain, const LayerSpec& layer, const SpecArgument& argument,
                               std::span<const std::string> known);
OptionError option_twice(const ChainSpec& chain, const SpecArgument& argument, const std::string& name);
OptionError wrong_value(const ChainSpec& chain, const SpecArgument& argument, const std::string& option,
                        const std::string& expected);
/// True or False where another option stands by place than the one that was meant.
OptionError flag_by_place(const ChainSpec& chain, const SpecArgument& argument, const std::string& option,
                          const std::string& fix);
/// A remark and no error: such a flag where it is allowed, and sets bias.
std::string flag_is_bias(const LayerSpec& layer, const std::string& fix);
/// Another remark: device= and dtype= are left out.
std::string placement_left_out();
/// A layer that reads ids, behind one that gives none.
OptionError ids_lost(const ChainSpec& chain, const LayerSpec& layer, const LayerSpec& before);
/// Of so many layers, each of which may fit.
OptionError too_many_parameters(int64_t most);
/// A size that neither the text nor the layer before tells.
OptionError size_not_known(const ChainSpec& chain, const LayerSpec& layer, const std::string& option);

}  // namespace runnel::errors
