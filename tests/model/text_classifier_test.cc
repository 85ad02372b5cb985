#include "runnel/model/text_classifier.h"

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>

#include "runnel/base/files.h"
#include "runnel/formats/safetensors.h"
#include "runnel/model/weights.h"

#include "tests/text/error_text.h"

namespace runnel {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::StartsWith;

TextClassifier small_model(const std::string& chain = "Embedding(5) -> GRU(4) -> last -> Linear") {
  TextClassifier model;
  model.vocabulary = Vocabulary::from_tokens({"<pad>", "<unk>", "good", "bad", "é"});
  model.labels = {"no", "yes"};
  model.notes = {{"trained_on", "three \"texts\""}};
  Generator generator(3);
  model.make_network_from(chain, generator);
  return model;
}

std::vector<double> probabilities(TextClassifier& model, const std::vector<std::string>& texts) {
  std::vector<double> numbers;
  for (const std::vector<Prediction>& row : model.predict(texts)) {
    for (const Prediction& p : row) {
      numbers.push_back(p.label);
      numbers.push_back(p.probability);
    }
  }
  return numbers;
}

/// The bytes of a model whose description was changed.
std::string changed(const std::function<void(Json&)>& change) {
  SafetensorsFile file = read_safetensors(small_model().to_bytes(), "m");
  Json description = Json::parse(file.metadata.at("runnel.model"));
  change(description);
  file.metadata["runnel.model"] = description.dump();
  return write_safetensors(file);
}
std::string with_network(const std::string& network) {
  return changed([&](Json& description) { description["network"] = network; });
}
std::string error_for(const std::string& bytes) {
  return error_of([&] { TextClassifier::from_bytes(bytes, "m"); });
}

TEST(TextClassifier, is_the_same_after_it_was_saved_and_loaded) {
  TextClassifier model = small_model();
  const std::string path = testing::TempDir() + "/text_classifier_test.safetensors";
  model.save(path);
  TextClassifier loaded = TextClassifier::load(path);
  EXPECT_EQ(read_file(path), model.to_bytes());
  EXPECT_EQ(loaded.to_bytes(), model.to_bytes());
  EXPECT_EQ(loaded.labels, model.labels);
  EXPECT_EQ(loaded.notes, model.notes);
  EXPECT_EQ(loaded.vocabulary.tokens(), model.vocabulary.tokens());
  const std::vector<std::string> texts{"good bad", "", "É what?"};
  EXPECT_EQ(probabilities(loaded, texts), probabilities(model, texts));
}

TEST(TextClassifier, puts_the_most_probable_label_first_and_sums_to_one) {
  TextClassifier model = small_model();
  const auto predictions = model.predict({"good"});
  ASSERT_EQ(predictions[0].size(), 2u);
  EXPECT_GE(predictions[0][0].probability, predictions[0][1].probability);
  EXPECT_NEAR(predictions[0][0].probability + predictions[0][1].probability, 1, 1e-6);
  EXPECT_TRUE(model.predict({}).empty());
}

TEST(TextClassifier, answers_a_text_alike_whatever_stands_beside_it) {
  for (const std::string pooling : {"last", "first", "mean", "max"}) {
    TextClassifier model =
        small_model("Embedding(5) -> LSTM(4, bidirectional=True) -> " + pooling + " -> Linear");
    std::vector<double> alone = probabilities(model, {"good bad good"}), empty = probabilities(model, {""});
    alone.insert(alone.end(), empty.begin(), empty.end());
    EXPECT_EQ(probabilities(model, {"good bad good", "", "a much longer text stands beside it"}).size(), 12u);
    EXPECT_EQ(probabilities(model, {"good bad good", ""}), alone) << pooling;
  }
}

TEST(TextClassifier, refuses_networks_that_do_not_classify_texts) {
  EXPECT_EQ(error_of([] { small_model("LSTM(3, 4) -> last -> Linear"); }),
            "OptionError the network does not classify texts\n"
            "  network  LSTM(3, 4) -> last -> Linear\n"
            "  why      it does not begin with an Embedding\n"
            "  fix      Embedding(3) -> LSTM(3, 4) -> last -> Linear");
  EXPECT_EQ(
      error_of([] { small_model("Embedding(5) -> GRU(4) -> Linear"); }),
      "OptionError the network does not classify texts\n"
      "  network  Embedding(5) -> GRU(4) -> Linear\n"
      "  why      it ends in [batch, seq, class=2], expected [batch, class=2]: one score for each label\n"
      "  fix      Embedding(5) -> GRU(4) -> last -> Linear");
  EXPECT_THAT(error_of([] { small_model("Embedding(5) -> GRU(4, batch_first=False) -> last -> Linear"); }),
              HasSubstr("why      a batch of texts has batch first, but a layer says batch_first=False"));
}

TEST(TextClassifier, refuses_chains_that_fit_no_vocabulary_and_no_labels) {
  const auto error_for_chain = [](const std::string& chain) {
    return error_of([&] { TextClassifier::check_chain(chain); });
  };
  EXPECT_EQ(error_for_chain("Embedding(5) -> GRU(4) -> last -> Linear"), "no error");
  EXPECT_EQ(error_for_chain("Embedding(9, 5) -> GRU(5, 4) -> last -> Linear(4, 2)"), "no error");
  EXPECT_EQ(error_for_chain("Embedding(5) -> GRU(4) -> Linear"),
            "OptionError the network does not classify texts\n"
            "  network  Embedding(5) -> GRU(4) -> Linear\n"
            "  why      it ends in [batch, seq, class], expected [batch, class]: one score for each label\n"
            "  fix      Embedding(5) -> GRU(4) -> last -> Linear");
  EXPECT_THAT(error_for_chain("Embedding(5) -> GRU(4) -> last"), HasSubstr("it ends in [batch, hidden=4]"));
  EXPECT_THAT(error_for_chain("GRU(3, 4) -> last -> Linear"), HasSubstr("does not begin with an Embedding"));
  EXPECT_THAT(error_for_chain("Embedding(5) -> Dropout(1.5) -> GRU(4) -> last -> Linear"),
              StartsWith("OptionError Dropout: dropout probability is 1.5"));
}

TEST(TextClassifier, refuses_labels_that_a_search_would_not_find) {
  const auto error_for_labels = [](const std::vector<std::string>& labels) {
    TextClassifier model;
    model.labels = labels;
    return error_of([&] { model.make_network_from("Embedding(5) -> last -> Linear"); });
  };
  EXPECT_EQ(error_for_labels({"a", "b", "c"}), "no error");
  EXPECT_EQ(error_for_labels({"a", "c", "b"}),
            "OptionError the label \"b\" stands behind \"c\"\n"
            "  expected  the labels in the order of their bytes\n"
            "  why       the number of a label is its place in this order\n"
            "  fix       std::sort(labels.begin(), labels.end())");
  EXPECT_EQ(error_for_labels({"a", "b", "b"}),
            "OptionError the label \"b\" occurs twice\n"
            "  why  each label has one score\n"
            "  fix  labels.erase(std::unique(labels.begin(), labels.end()), labels.end())");
}

TEST(TextClassifier, refuses_a_file_whose_labels_or_words_are_out_of_order_or_there_twice) {
  const std::string start = "FormatError m: byte 8: the description of the model cannot be read\n  why  ",
                    fix = "\n  fix  copy it again, or train it again: runnel train …";
  EXPECT_EQ(error_for(changed([](Json& d) { d["labels"] = {"yes", "no"}; })),
            start + "the label \"no\" stands behind \"yes\"" + fix);
  EXPECT_EQ(error_for(changed([](Json& d) { d["labels"] = {"yes", "yes"}; })),
            start + "the label \"yes\" occurs twice" + fix);
  EXPECT_EQ(error_for(changed([](Json& d) { d["vocabulary"][3] = "good"; })),
            start + "vocabulary: \"good\" occurs twice: as word 2 and as word 3" + fix);
  EXPECT_EQ(error_for(changed([](Json& d) { d["vocabulary"][0] = "pad"; })),
            start + "vocabulary: word 0 is \"pad\", expected \"<pad>\"" + fix);
}

TEST(TextClassifier, refuses_a_safetensors_file_that_is_no_model) {
  EXPECT_EQ(error_for(write_safetensors({.tensors = arrays_of(*small_model().network.module)})),
            "FormatError m: byte 8: a safetensors file, but not a model of Runnel\n"
            "  expected  metadata with the key runnel.model\n"
            "  why       these are weights alone: what network they belong to is not told\n"
            "  fix       runnel train writes models; runnel run 'LSTM(…)' --weights m reads weights");
}

TEST(TextClassifier, refuses_a_model_of_another_kind) {
  EXPECT_EQ(error_for(changed([](Json& d) { d["kind"] = "tagger"; })),
            "FormatError m: byte 8: a model of the kind \"tagger\", expected \"text-classifier\"\n"
            "  why  another program, or another version of Runnel, wrote it\n"
            "  fix  runnel train writes the kind that is expected");
}

TEST(TextClassifier, refuses_a_model_of_a_newer_version) {
  EXPECT_EQ(error_for(changed([](Json& d) { d["version"] = 2; })),
            "FormatError m: byte 8: a model of version 2, newer than this Runnel reads\n"
            "  expected  version 1 or older\n"
            "  got       version 2\n"
            "  fix       a newer Runnel, or train the model again with this one");
}

TEST(TextClassifier, refuses_weights_that_are_not_finite) {
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    const TextClassifier model = small_model();
    model.network.module->named_parameters()[2].variable.mutable_value().data()[3] = value;
    EXPECT_THAT(error_for(model.to_bytes()),
                StartsWith("NumericError m: \"1.weight_hh_l0\" has a weight that is "));
  }
}

TEST(TextClassifier, refuses_a_description_that_cannot_be_read) {
  SafetensorsFile file = read_safetensors(small_model().to_bytes(), "m");
  const std::string start = "FormatError m: byte 8: the description of the model cannot be read\n  why  ";
  for (const std::string description :
       {"", "{", "[]", "7", "{\"kind\": 3}", "{\"kind\": \"text-classifier\"}"}) {
    file.metadata["runnel.model"] = description;
    EXPECT_THAT(error_for(write_safetensors(file)), StartsWith(start)) << description;
  }
  for (const char* key : {"network", "tokenizer", "labels", "notes", "vocabulary"}) {
    EXPECT_THAT(error_for(changed([&](Json& d) { d.erase(key); })), StartsWith(start)) << key;
    EXPECT_THAT(error_for(changed([&](Json& d) { d[key] = 1; })), StartsWith(start)) << key;
  }
  EXPECT_THAT(error_for(with_network("LTSM(3)")), HasSubstr("there is no layer LTSM"));
  EXPECT_THAT(error_for(with_network("Embedding(5, 5) -> GRU(9, 4) -> last -> Linear(4, 2)")),
              StartsWith(start));
}

TEST(TextClassifier, refuses_a_description_that_lies_about_sizes_before_it_makes_room_for_them) {
  EXPECT_EQ(error_for(with_network("Embedding(5, 5) -> GRU(5, 400000000) -> last -> Linear(400000000, 2)")),
            "Error m: the weights do not fit the model\n"
            "  misshapen  1.weight_ih_l0: the file has [12, 5], the model [1200000000, 5]\n"
            "             1.weight_hh_l0: the file has [12, 4], the model [1200000000, 400000000]\n"
            "             1.bias_ih_l0: the file has [12], the model [1200000000]\n"
            "             1.bias_hh_l0: the file has [12], the model [1200000000]\n"
            "             3.weight: the file has [2, 4], the model [2, 400000000]\n"
            "  file       1: GRU(input_size=5, hidden_size=4)\n"
            "             3: Linear(in_features=4, out_features=2)\n"
            "  model      1: GRU(input_size=5, hidden_size=400000000)\n"
            "             3: Linear(in_features=400000000, out_features=2)\n"
            "  why        1: the file is for hidden_size 4, the model has 400000000\n"
            "             3: the file is for in_features 4, the model has 400000000\n"
            "  fix        1: GRU(input_size=5, hidden_size=4)\n"
            "             3: Linear(in_features=4, out_features=2)\n"
            "             or the weights of this model");
  EXPECT_THAT(error_for(with_network("Embedding(999999999999, 5) -> GRU(5, 4) -> last -> Linear(4, 2)")),
              HasSubstr("0.weight"));
  EXPECT_THAT(error_for(with_network("Embedding(5, 5) -> GRU(5, 4, 1000000000) -> last -> Linear(4, 2)")),
              HasSubstr("num_layers: expected at most 1000"));
}

TEST(TextClassifier, refuses_words_or_labels_that_do_not_fit_the_weights) {
  EXPECT_NE(error_for(changed([](Json& d) { d["labels"].push_back("maybe"); })), "no error");
  EXPECT_NE(error_for(changed([](Json& d) { d["labels"] = Json::array(); })), "no error");
  EXPECT_NE(error_for(changed([](Json& d) { d["vocabulary"].push_back("more"); })), "no error");
}

TEST(TextClassifier, refuses_a_file_that_was_cut_off_anywhere) {
  const std::string bytes = small_model().to_bytes();
  for (size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_THAT(error_for(bytes.substr(0, length)), StartsWith("FormatError m: byte ")) << length;
  }
  EXPECT_THAT(error_for(bytes + "x"), StartsWith("FormatError m: byte "));
}

TEST(TextClassifier, names_a_file_that_is_not_there) {
  EXPECT_THAT(error_of([] { TextClassifier::load("/nowhere/model.safetensors"); }),
              StartsWith("DataError /nowhere/model.safetensors: "));
}

}  // namespace
}  // namespace runnel
