#include "runnel/explain/batch_story.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "runnel/explain/layout.h"
#include "runnel/explain/wording.h"

namespace runnel {
namespace {

/// What fits three times beside each other into a page.
constexpr int64_t kMostDrawnSteps = 12, kMostDrawnSequences = 26;

const std::string kEnd = "last real step";

/// "h_n[0] = output[:, last real step, :]" for sequence 1, which ends at step 4: "h_n[0, 1] = output[1, 4, :]".
std::string for_sequence(const std::string& equality, size_t sequence, int64_t step) {
  const std::string n = std::to_string(sequence), t = std::to_string(step);
  std::string text = replace_all(equality, ":, " + kEnd, n + ", " + t);
  text = replace_all(text, kEnd + ", :", t + ", " + n);
  return replace_all(text, "] = ", ", " + n + "] = ");
}

const LayerStory* last_recurrent(const Story& story) {
  const LayerStory* last = nullptr;
  for (const LayerStory& layer : story.layers) {
    if (!layer.equalities.empty()) last = &layer;
  }
  return last;
}

std::string name_of(int64_t sequence) { return {static_cast<char>('a' + sequence)}; }

/// The places of one sequence: ■ is a real step, · is padding.
std::string places_of(int64_t length, int64_t longest) {
  std::string line;
  for (int64_t t = 0; t < longest; ++t) line += t < length ? " ■" : " ·";
  return line;
}

/// "  0 1 2", above the places.
std::string step_numbers(int64_t longest) {
  std::string line = " ";
  for (int64_t t = 0; t < longest; ++t) line += fmt::format(" {}", t % 10);
  return line;
}

std::vector<std::string> grid(const Schedule& schedule, const std::string& title,
                              const std::vector<int32_t>& order) {
  std::vector<std::string> lines = {title, step_numbers(schedule.longest())};
  for (const int32_t n : order) {
    const int64_t length = schedule.lengths()[static_cast<size_t>(n)];
    lines.push_back(fmt::format("{}{}", name_of(n), places_of(length, schedule.longest())));
  }
  return lines;
}

std::vector<std::string> packed_lines(const BatchStory& story) {
  const size_t width = std::max<size_t>(4, static_cast<size_t>(2 * story.schedule.batch() - 1)) + 2;
  std::vector<std::string> lines = {"packed", "step  " + padded("rows", width) + "batch_sizes"};
  for (size_t t = 0; t < story.steps.size(); ++t) {
    std::vector<std::string> names;
    for (const int32_t n : story.steps[t]) names.push_back(name_of(n));
    lines.push_back(padded(std::to_string(t), 6) + padded(fmt::format("{}", fmt::join(names, " ")), width) +
                    std::to_string(names.size()));
  }
  return lines;
}

/// Blocks of lines beside each other.
std::string side_by_side(const std::vector<std::vector<std::string>>& blocks) {
  size_t height = 0;
  for (const auto& block : blocks) height = std::max(height, block.size());
  std::string page;
  for (size_t i = 0; i < height; ++i) {
    std::string line;
    for (const auto& block : blocks) {
      size_t width = 0;
      for (const std::string& each : block) width = std::max(width, columns(each));
      line += padded(i < block.size() ? block[i] : "", width + 4);
    }
    page += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return page;
}

std::string drawing(const BatchStory& story) {
  const Schedule& schedule = story.schedule;
  if (schedule.longest() > kMostDrawnSteps || schedule.batch() > kMostDrawnSequences) {
    return fmt::format("Batches of up to {} sequences and {} steps are drawn.\n", kMostDrawnSequences,
                       kMostDrawnSteps);
  }
  std::vector<int32_t> order;
  for (int32_t n = 0; n < schedule.batch(); ++n) order.push_back(n);
  const auto padded_batch = grid(schedule, "padded", order),
             sorted = grid(schedule, "sorted", schedule.sorted_indices());
  const std::vector<std::string> packed = packed_lines(story);
  const auto width = [](const std::vector<std::string>& block) { return columns(block[1]) + 4; };
  if (width(padded_batch) + width(sorted) + width(packed) <= kPageWidth) {
    return side_by_side({padded_batch, sorted, packed});
  }
  return side_by_side({padded_batch, sorted}) + "\n" + side_by_side({packed});
}

}  // namespace

BatchStory tell_batch(const Story& story, const Lengths& lengths) {
  BatchStory batch{.schedule = Schedule(lengths)};
  const Schedule& schedule = batch.schedule;
  const std::vector<int32_t>& sorted = schedule.sorted_indices();
  for (const Step& step : schedule.steps())
    batch.steps.emplace_back(sorted.begin(), sorted.begin() + step.batch);
  const LayerStory* layer = last_recurrent(story);
  for (size_t n = 0; n < lengths.size(); ++n) {
    SequenceEnd end{.length = lengths[n], .step = lengths[n] - 1};
    if (end.step >= 0) {
      end.row = schedule.steps()[static_cast<size_t>(end.step)].first_row + schedule.unsorted_indices()[n];
    }
    for (const std::string& equality :
         layer&& end.step >= 0 ? layer->equalities : std::vector<std::string>()) {
      if (equality.find(kEnd) != std::string::npos)
        end.equalities.push_back(for_sequence(equality, n, end.step));
    }
    batch.ends.push_back(std::move(end));
  }
  for (const std::string& equality : layer ? layer->equalities : std::vector<std::string>()) {
    if (equality.find(kEnd) == std::string::npos) batch.reverse.push_back(equality);
  }
  return batch;
}

std::string batch_text(const BatchStory& story) {
  const Schedule& schedule = story.schedule;
  const int64_t places = schedule.batch() * schedule.longest();
  std::string page = drawing(story) + "\n";
  page += hanging("", "  ",
                  fmt::format("■ is a real step, · is padding: {} of {} places.", grouped(story.padding()),
                              grouped(places)));
  page += hanging("", "  ", fmt::format("sorted_indices {}", fmt::join(schedule.sorted_indices(), " ")));
  page += hanging("", "  ", fmt::format("unsorted_indices {}", fmt::join(schedule.unsorted_indices(), " ")));
  page += hanging("", "  ", fmt::format("batch_sizes {}", fmt::join(schedule.batch_sizes(), " ")));
  page += hanging("", "  ",
                  "batch_sizes counts the sequences that still run at each step. It is not the lengths.");
  page += "\nThe last real step of each sequence, and its packed row:\n";
  for (size_t n = 0; n < story.ends.size(); ++n) {
    const SequenceEnd& end = story.ends[n];
    const std::string name =
        schedule.batch() <= kMostDrawnSequences ? name_of(static_cast<int64_t>(n)) + " = " : "";
    std::string line = fmt::format("{}sequence {}: ", name, n);
    line += end.step < 0 ? "no step at all; its state stays h_0"
                         : fmt::format("step {}, row {}", end.step, end.row);
    for (const std::string& equality : end.equalities) line += "; " + replace_all(equality, " ", kNoBreak);
    page += hanging("  ", "      ", line);
  }
  for (const std::string& equality : story.reverse) {
    page += hanging("", "  ", "The walk in reverse ends at step 0: " + equality);
  }
  return page;
}

std::string batch_json(const BatchStory& story) {
  using Json = nlohmann::ordered_json;
  const Schedule& schedule = story.schedule;
  Json json{{"lengths", schedule.lengths()},
            {"longest", schedule.longest()},
            {"rows", schedule.rows()},
            {"padding", story.padding()},
            {"sorted_indices", schedule.sorted_indices()},
            {"unsorted_indices", schedule.unsorted_indices()},
            {"batch_sizes", schedule.batch_sizes()},
            {"steps", story.steps},
            {"ends", Json::array()}};
  for (const SequenceEnd& end : story.ends) {
    Json each{{"length", end.length}, {"step", nullptr}, {"row", nullptr}, {"equalities", end.equalities}};
    if (end.step >= 0) each["step"] = end.step;
    if (end.step >= 0) each["row"] = end.row;
    json["ends"].push_back(each);
  }
  json["reverse"] = story.reverse;
  return json.dump();
}

}  // namespace runnel
