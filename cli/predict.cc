#include <cerrno>
#include <exception>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>
#include <utility>

#include "runnel/base/base_error.h"
#include "runnel/base/files.h"
#include "runnel/base/missing_file.h"
#include "runnel/model/text_classifier.h"
#include "runnel/text/show.h"
#include "runnel/text/utf8.h"

#include "cli/cli_error.h"
#include "cli/command.h"
#include "cli/output.h"

namespace runnel::cli {
namespace {

struct PredictArguments {
  std::string model;
  std::string file = "-";
  int64_t top = 1;
};

/// Lines as they come: whatever one read() brings is given on at once, so that a pipe gets its answers
/// without delay.
class LineReader {
 public:
  explicit LineReader(const std::string& path)
      : name_(path == "-" ? "standard input" : path),
        fd_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) throw cannot_open(name_, errno);
  }
  ~LineReader() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  LineReader(const LineReader&) = delete;

  const std::string& name() const { return name_; }
  /// The next whole lines, without their ends; empty at the end of the file.
  std::vector<std::string> next() {
    std::vector<std::string> lines;
    while (lines.empty() && !ended_) {
      char buffer[1 << 14];
      const ssize_t count = ::read(fd_, buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw errors::system_failure(name_, "cannot read", errno);
      ended_ = count == 0;
      rest_.append(buffer, static_cast<size_t>(count));
      size_t begin = 0;
      for (size_t end; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1) {
        lines.push_back(rest_.substr(begin, end - begin));
      }
      rest_.erase(0, begin);
      if (ended_ && !rest_.empty()) lines.push_back(std::exchange(rest_, ""));
    }
    for (std::string& line : lines) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
    }
    return lines;
  }

 private:
  std::string name_;
  int fd_;
  bool ended_ = false;
  std::string rest_;
};

/// "yes\t0.9812\n"
std::string answer(const TextClassifier& model, const std::string& text,
                   const std::vector<Prediction>& predictions, int64_t top, bool json) {
  const size_t shown = std::min(predictions.size(), static_cast<size_t>(top));
  Json list = Json::array();
  std::string line;
  for (size_t i = 0; i < shown; ++i) {
    const std::string& label = model.labels[static_cast<size_t>(predictions[i].label)];
    list.push_back({{"label", label}, {"probability", predictions[i].probability}});
    line += fmt::format("{}{}\t{:.4f}", i == 0 ? "" : "\t", escaped(label), predictions[i].probability);
  }
  return json ? json_line({{"text", text}, {"predictions", list}}) : line + "\n";
}

int predict_command(const PredictArguments& a, const CommonOptions& common) {
  TextClassifier model = TextClassifier::load(a.model);
  require_readable(a.file);
  LineReader reader(a.file);
  constexpr size_t kBatch = 64;
  int64_t line = 0;
  for (std::vector<std::string> lines; !(lines = reader.next()).empty();) {
    for (size_t first = 0; first < lines.size(); first += kBatch) {
      std::vector<std::string> texts;
      std::exception_ptr bad_line;
      for (size_t i = first; i < std::min(lines.size(), first + kBatch) && !bad_line; ++i) {
        ++line;
        try {
          require_utf8(lines[i], {.file = reader.name(), .line = line, .column = 1});
          texts.push_back(lines[i]);
        } catch (const DataError&) {
          bad_line = std::current_exception();  // after the answers to the lines before it
        }
      }
      const std::vector<std::vector<Prediction>> predictions = model.predict(texts);
      std::string answers;
      for (size_t i = 0; i < texts.size(); ++i) {
        answers += answer(model, texts[i], predictions[i], a.top, common.json);
      }
      print(answers);
      if (const auto failure = output_failure()) throw *failure;
      if (bad_line) std::rethrow_exception(bad_line);
    }
  }
  if (line == 0) throw errors::no_texts(reader.name());
  return kWell;
}

}  // namespace

void add_predict(CLI::App& app, CommonOptions& common) {
  auto a = std::make_shared<PredictArguments>();
  CLI::App* sub = add_command(
      app, common,
      {.name = "predict",
       .summary = "Tell the labels of texts, a line in, a line out",
       .details =
           "Each line of FILE is a text; each line that comes out is its label and the probability, with a "
           "tab\n"
           "between. Control characters of a label are escaped (\\n, \\t). Lines are answered as they come, "
           "so\n"
           "it can stand in a pipe.\n\n"
           "Example:\n  printf 'a text editor for programmers\\n' | runnel predict model.safetensors -"},
      [a, &common] { return predict_command(*a, common); });
  sub->add_option("MODEL", a->model, "A model file that runnel train wrote")
      ->required()
      ->check(some_name("a file"));
  sub->add_option("FILE", a->file, "The texts; - is standard input")
      ->check(some_name("a file"))
      ->capture_default_str();
  sub->add_option("--top", a->top, "So many labels a line, the most probable first")
      ->transform(whole_number<int64_t>(1))
      ->capture_default_str();
}

}  // namespace runnel::cli
