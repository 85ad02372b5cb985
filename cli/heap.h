#pragma once

namespace runnel::cli {

/// Whether this process may have only so much memory: then it asks for what it needs, and no more.
bool memory_is_limited();

/// For a command that makes many small texts and ends: from here on the heap grows in few large steps, in large pages
/// where the system has them, and gives nothing back. That saves a seventh of the time of a picture of 100 layers.
/// Nothing changes where memory is limited, the C library is not glibc, or the system not Linux.
void let_heap_grow();

}  // namespace runnel::cli
