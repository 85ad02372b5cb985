#include "runnel/explain/terms.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "runnel/explain/layout.h"
#include "runnel/explain/story.h"
#include "runnel/explain/wording.h"
#include "runnel/sequence/schedule.h"
#include "runnel/tensor/axes.h"

namespace runnel {
namespace {

const StorySizes kSizes = {.batch = 3, .seq = 10};

/// The first tensor of this name in the story of a network.
Shape shape_of(const Story& story, const std::string& name) {
  for (const TensorStory& tensor : story.tensors) {
    if (tensor.name == name) return tensor.shape;
  }
  return {};
}

Shape shape_in(const std::string& network, const std::string& name) {
  return shape_of(tell_story(network, kSizes), name);
}

int64_t count_of(const Shape& shape) {
  int64_t count = 1;
  for (const Axis& axis : shape) count *= axis.size;
  return count;
}

/// "3 × 10 × 100"
std::string product_text(const Shape& shape) {
  std::string text;
  for (const Axis& axis : shape) text += (text.empty() ? "" : " × ") + grouped(axis.size);
  return text;
}

/// The shape of one sequence of the batch.
std::string of_one(const Shape& shape) {
  std::vector<Axis> axes;
  for (const Axis& axis : shape) {
    if (axis.name != axes::batch) axes.push_back(axis);
  }
  return Shape(axes).to_string();
}

/// "10, 4 and 7"
std::string lengths_text(const Schedule& schedule) {
  std::vector<std::string> lengths;
  for (const int64_t length : schedule.lengths()) lengths.push_back(std::to_string(length));
  return enumerated(lengths);
}

/// The words about data alone.
void add_data_terms(std::vector<TermStory>& terms) {
  const Shape input = shape_in("GRU(100, 20, batch_first=True)", "input");
  const Story embedding = tell_story("Embedding(5000, 100)", kSizes);
  const Shape table = embedding.layers[0].parameters[0].shape;
  const int64_t steps = input.size(axes::seq), features = input.size(axes::feature);
  const Schedule schedule({steps, 4, 7});
  const int64_t places = schedule.batch() * schedule.longest();
  terms = {
      {"tensor",
       "Numbers in a grid. A matrix has two axes, its rows and its columns; a tensor has any number of them. "
       "Its shape says how many places each axis has.",
       {fmt::format("A shape with {} axes: {}.", input.rank(), product_text(input)),
        fmt::format("Such a tensor holds {} numbers.", grouped(count_of(input)))}},
      {"step",
       "Data that have an order are a sequence: the words of a sentence, the temperatures of a day. A step "
       "is one place of it.",
       {fmt::format("A sentence of {}: {}.", counted(steps, "word"), counted(steps, "step")),
        "Its first word is the first step."}},
      {"seq_len",
       "How many steps a sequence has. Your data decide it.",
       {fmt::format("A sentence of {}: seq_len = {}.", counted(steps, "word"), steps),
        fmt::format("It is the size of the axis called seq: [seq={}].", steps)}},
      {"feature",
       "One of the numbers that describe one step.",
       {fmt::format("A word written as {}: {}.", counted(features, "number"), counted(features, "feature")),
        fmt::format("A whole sentence: {}.", of_one(input))}},
      {"embedding",
       "A table of the words that are known, the vocabulary: each has a number, its id, and a row of "
       "features, its vector. Ids go in, vectors come out.",
       {fmt::format("Embedding({}, {}): {} words, {} a word.", table[0].size, table[1].size,
                    grouped(table[0].size), counted(table[1].size, "number")),
        fmt::format("The ids of {} go in, {} comes out.", counted(steps, "word"),
                    of_one(embedding.tensors.back().shape))}},
      {"batch",
       "Sequences that are computed at the same time. None of them sees another.",
       {fmt::format("{}: {}.", counted(*kSizes.batch, "sentence"), input.to_string()),
        "The first axis says which sentence, the second which word of it."}},
      {"padding",
       "What stands behind the end of the shorter sequences of a batch, so that all are as long as the "
       "longest. It is no data; the last step that is data is called the last real step.",
       {fmt::format("Sentences of {} words: {} × {} = {} places.", lengths_text(schedule), schedule.batch(),
                    schedule.longest(), places),
        fmt::format("Of these {} are words, {} are padding.", schedule.rows(), places - schedule.rows())}},
      {"packing",
       "To write a batch without its padding: first step 1 of every sequence, then step 2 of those that have "
       "one, and so on. batch_sizes says how many have one, at each step.",
       {fmt::format("The same sentences: [row={}, feature={}].", schedule.rows(), features),
        fmt::format("batch_sizes {}", fmt::join(schedule.batch_sizes(), ", "))}},
  };
}

/// The words about layers.
void add_layer_terms(std::vector<TermStory>& terms) {
  const Story gru = tell_story("GRU(100, 20, batch_first=True)", kSizes);
  const Story stacked = tell_story("GRU(100, 20, num_layers=2, batch_first=True)", kSizes);
  const Shape second = stacked.layers[0].parameters[4].shape;  // weight_ih_l1
  const Shape both = shape_in("GRU(100, 20, batch_first=True, bidirectional=True)", "output");
  const Shape input = shape_of(gru, "input"), output = shape_of(gru, "output");
  const Story linear = tell_story("Linear(20, 6)", kSizes);
  const Shape weight = linear.layers[0].parameters[0].shape, bias = linear.layers[0].parameters[1].shape;
  const int64_t width = both[2].size;
  const std::vector<TermStory> more = {
      {"layer",
       "A part of a network: a tensor goes in, a tensor comes out. num_layers=2 puts a second one on top, "
       "which reads what the first gives at each step.",
       {fmt::format("GRU(100, 20): {} goes in, {} out.", product_text(input), product_text(output)),
        fmt::format("With num_layers=2 the upper one reads {} a step.", counted(second[1].size, "number"))}},
      {"parameter",
       "A number that a layer learns: a weight is multiplied with what goes in, a bias is added. Training "
       "shows data to the network, measures how wrong its answers are, and moves each parameter a little to "
       "make them less wrong; its gradient says which way.",
       {fmt::format("Linear(20, 6): {} numbers out of {}, by {} weights and {} biases.", weight[0].size,
                    weight[1].size, count_of(weight), count_of(bias)),
        fmt::format("weight {}, bias {}: {} together", weight.to_string(), bias.to_string(),
                    counted(count_of(weight) + count_of(bias), "parameter"))}},
      {"input_size",
       "How many features a step has that a layer reads. It must be that of your data. seq_len is something "
       "else: how "
       "many steps there are.",
       {fmt::format("GRU(100, 20): input_size is {}, each word is {}.", input[2].size,
                    counted(input[2].size, "number")),
        fmt::format("The sentence may have {} or any other number of words.", input[1].size)}},
      {"direction",
       "In which order a layer walks along the steps: from the first to the last; with bidirectional=True "
       "also in reverse, and both results stand side by side. An axis with a dot in its name has a "
       "place for each pair of the two.",
       {fmt::format("{} a step from each of 2 directions are {}:", counted(width / 2, "number"), width),
        both.to_string()}},
  };
  terms.insert(terms.end(), more.begin(), more.end());
}

/// The words about what layers remember and answer.
void add_state_terms(std::vector<TermStory>& terms) {
  const Story gru = tell_story("GRU(100, 20, batch_first=True)", kSizes);
  const Story lstm = tell_story("LSTM(100, 20, batch_first=True)", kSizes);
  const Story scores = tell_story("GRU(100, 20) -> last -> Linear(20, 6)", kSizes);
  const Shape h_n = shape_of(gru, "h_n"), gates = gru.layers[0].parameters[0].shape;  // weight_ih_l0
  const Shape wider = shape_in("GRU(300, 20, batch_first=True)", "h_n");
  const Shape logits = scores.tensors.back().shape;
  const std::vector<TermStory> more = {
      {"hidden state",
       "What a layer remembers while it walks along the steps: hidden_size numbers for each sequence; you "
       "choose how many. It begins as h_0, which is zeros unless you give another. output has it at every "
       "step; h_n at the end, once for each layer and direction.",
       {fmt::format("GRU(100, 20): h_n {}", h_n.to_string()),
        fmt::format("GRU(300, 20): h_n {}", wider.to_string())}},
      {"cell state",
       "A second memory, of an LSTM alone. No other layer sees it; at the end it is c_n.",
       {fmt::format("LSTM(100, 20): h_n {}", shape_of(lstm, "h_n").to_string()),
        fmt::format("               c_n {}", shape_of(lstm, "c_n").to_string())}},
      {"gate",
       "A part of a GRU or an LSTM that decides, for each number of the state, what to forget or to take in. "
       "Each has rows of its own in the matrices of the layer: weight_ih_l0 is multiplied with a step, "
       "weight_hh_l0 with the hidden state.",
       {fmt::format("GRU(100, 20): {} gates, {} rows each:", gates[0].size / h_n[2].size, h_n[2].size),
        fmt::format("weight_ih_l0 {}", gates.to_string())}},
      {"logits",
       "What the last layer of a network says that sorts its data into classes, such as mails into folders: "
       "a score for each class. The class with the largest score is the answer. A formula called softmax "
       "makes probabilities of the scores.",
       {fmt::format("Linear(20, 6): {}", logits.to_string()),
        fmt::format("{} for each of {}.", counted(logits[1].size, "score"),
                    counted(logits[0].size, "sentence"))}},
  };
  terms.insert(terms.end(), more.begin(), more.end());
}

}  // namespace

std::vector<TermStory> terms() {
  std::vector<TermStory> terms;
  add_data_terms(terms);
  add_layer_terms(terms);
  add_state_terms(terms);
  return terms;
}

bool is_term(std::string_view word) {
  const std::vector<TermStory> known = terms();
  return std::any_of(known.begin(), known.end(), [&](const TermStory& term) {
    return std::equal(word.begin(), word.end(), term.name.begin(), term.name.end(),
                      [](char a, char b) { return a == b || (a == '_' && b == ' '); });
  });
}

std::string terms_text() {
  std::string page;
  for (const TermStory& term : terms()) {
    page += (page.empty() ? "" : "\n") + term.name + "\n" + hanging("  ", "  ", term.meaning);
    for (const std::string& line : term.example) page += "      " + line + "\n";
  }
  return page;
}

std::string terms_json() {
  nlohmann::ordered_json json{{"terms", nlohmann::ordered_json::array()}};
  for (const TermStory& term : terms()) {
    json["terms"].push_back({{"name", term.name}, {"meaning", term.meaning}, {"example", term.example}});
  }
  return json.dump();
}

}  // namespace runnel
