#include "cli/output.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

#include "runnel/base/base_error.h"

namespace runnel::cli {
namespace {

/// errno of the first write that failed; 0 when none did.
int& first_failure() {
  static int code = 0;
  return code;
}

bool write_at_once(std::string_view text, std::FILE* stream) {
  return std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0;
}

}  // namespace

void prepare_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) != -1) continue;
    // The wrong way round: reading from it, or writing to it, is an error as before. It gets the lowest free number, fd.
    static_cast<void>(::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
  std::signal(SIGPIPE, SIG_DFL);
}

void print(std::string_view text) {
  if (!write_at_once(text, stdout) && first_failure() == 0) first_failure() = errno;
}

std::optional<DataError> output_failure() {
  return first_failure() == 0
             ? std::nullopt
             : std::optional(errors::system_failure("standard output", "cannot write", first_failure()));
}

void remark(std::string_view text) { write_at_once(text, stderr); }

}  // namespace runnel::cli
