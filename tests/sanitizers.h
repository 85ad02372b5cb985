#pragma once

namespace runnel {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RUNNEL_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RUNNEL_SANITIZED 1
#endif
#endif

/// Whether a sanitizer watches the memory. It ends the program at an allocation that cannot be, and needs
/// memory of its own, so tests that make memory scarce skip themselves.
#ifdef RUNNEL_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace runnel
