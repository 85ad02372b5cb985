#pragma once

#include <string>
#include <string_view>

namespace runnel {

/// A word as one types it in a shell: x.npy, 'my data.npy', 'it'\''s.npy'.
std::string shell_word(std::string_view word);

}  // namespace runnel
