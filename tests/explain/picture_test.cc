#include "runnel/explain/picture.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/explain/random_network.h"

namespace runnel {
namespace {

std::string words_of_line(const TextLine& line) {
  std::string text;
  for (const Span& span : line.spans) text += span.part.text;
  return text;
}

std::string all_words(const Drawing& drawing) {
  std::string text;
  for (const TextLine& line : drawing.texts) text += words_of_line(line) + "\n";
  return text;
}

/// The first two texts that overlap, or a text that is not wholly inside the picture; nothing when all is well.
std::string trouble_in(const Drawing& drawing) {
  for (size_t i = 0; i < drawing.texts.size(); ++i) {
    const TextLine& a = drawing.texts[i];
    if (a.left() < -0.01 || a.left() + a.width > drawing.width + 0.01 || a.top() < 0 ||
        a.bottom() > drawing.height) {
      return fmt::format("'{}' is outside", words_of_line(a));
    }
    for (size_t j = i + 1; j < drawing.texts.size(); ++j) {
      const TextLine& b = drawing.texts[j];
      const bool beside = a.left() + a.width <= b.left() + 0.01 || b.left() + b.width <= a.left() + 0.01;
      const bool below = a.bottom() <= b.top() || b.bottom() <= a.top();
      if (!beside && !below) return fmt::format("'{}' on '{}'", words_of_line(a), words_of_line(b));
    }
  }
  return "";
}

constexpr double kWidths[] = {300, 320, 719, 720, 1000, 1600};

TEST(Picture, has_no_overlapping_texts_at_1_to_6_layers) {
  for (const char* kind : {"RNN", "GRU", "LSTM"}) {
    for (int layers = 1; layers <= 6; ++layers) {
      for (const char* options :
           {"", ", bidirectional=True", ", dropout=0.2, bias=False, batch_first=False"}) {
        const std::string network =
            fmt::format("Embedding(1000000, 1024) -> {}(1024, num_layers={}{}) -> last -> Linear(6)", kind,
                        layers, options);
        for (const double width : kWidths) {
          EXPECT_EQ(trouble_in(draw(Variations(tell_story(network)), {.width = width})), "") << network;
          EXPECT_EQ(trouble_in(draw(turnable_story(network), {.width = width})), "") << network;
        }
      }
    }
  }
}

TEST(Picture, has_room_for_large_numbers) {
  const Story story =
      tell_story("LSTM(1234567, 9876543, num_layers=100, bidirectional=True, proj_size=1234567)",
                 {.batch = 98'765, .seq = 1'234'567});
  for (const double width : kWidths) EXPECT_EQ(trouble_in(draw(Variations(story), {.width = width})), "");
}

RC_GTEST_PROP(PictureProperty, has_no_overlapping_texts_for_any_network, ()) {
  const std::string network = any_network();
  const StorySizes sizes = any_sizes();
  const double width = *rc::gen::elementOf(std::vector<double>(std::begin(kWidths), std::end(kWidths)));
  RC_ASSERT(trouble_in(draw(Variations(tell_story(network, sizes)), {.width = width})) == "");
  RC_ASSERT(trouble_in(draw(turnable_story(network, sizes), {.width = width})) == "");
}

RC_GTEST_PROP(PictureProperty, names_every_tensor_with_its_shape, ()) {
  const Story story = tell_story(any_network(), any_sizes());
  std::string words = all_words(draw(Variations(story), {.width = 4000}));
  for (const LayerStory& layer : story.layers) {
    for (const size_t place : layer.gives) {
      RC_ASSERT(words.find(story.tensors[place].shape.to_string()) != std::string::npos);
    }
  }
}

ModelStory two_parts(const std::string& name) {
  return tell_story(
      parse_printed_model("Net(\n  (" + name +
                          "): LSTM(1000000, 512, num_layers=2)\n  (conv): Conv1d(3, 16)\n"
                          "  (head): Sequential(\n    (0): Linear(512, 6)\n    (1): ReLU()\n  )\n)"));
}

TEST(Picture, of_a_printed_model_has_its_parts_one_under_the_other_with_their_names) {
  const Drawing drawing = draw(two_parts("encoder"), {.width = 960});
  const std::string words = all_words(drawing);
  double last = 0;
  std::string titles;
  for (const TextLine& line : drawing.texts) {
    if (line.kind != "strong" || line.anchor != Anchor::start) continue;
    titles += words_of_line(line) + "|";
    EXPECT_GT(line.y, last);
    last = line.y;
  }
  EXPECT_EQ(titles, "encoder|head, its parts in their order|");
  EXPECT_NE(words.find("conv: ? Conv1d(3, 16), no layer that Runnel knows"), std::string::npos);
  EXPECT_NE(words.find("features [batch, feature=6]"), std::string::npos);
}

TEST(Picture, of_a_printed_model_has_no_overlapping_texts) {
  for (const double width : kWidths) {
    for (const std::string& name : {std::string("rnn"), std::string(150, 'x'), std::string("größe")}) {
      EXPECT_EQ(trouble_in(draw(two_parts(name), {.width = width})), "") << name << " at " << width;
    }
  }
}

TEST(Picture, draws_the_first_steps_and_the_last) {
  const auto labels = [](int64_t seq) {
    std::string steps;
    for (const TextLine& line : draw(Variations(tell_story("GRU(3, 4)", {.batch = 2, .seq = seq}))).texts) {
      if (line.anchor == Anchor::middle && line.size < 12) steps += words_of_line(line) + " ";
    }
    return steps;
  };
  EXPECT_EQ(labels(1), "0 ");
  EXPECT_EQ(labels(4), "0 1 2 3 ");
  EXPECT_EQ(labels(5), "0 1 2 … 4 ");
  EXPECT_EQ(labels(10), "0 1 2 … 9 ");
}

TEST(Picture, has_a_block_for_each_step_layer_and_direction) {
  const Drawing drawing =
      draw(Variations(tell_story("LSTM(3, 4, 2, bidirectional=True)", {.batch = 2, .seq = 3})));
  size_t blocks = 0;
  for (const BlockRow& row : drawing.blocks) {
    blocks += row.xs.size();
    EXPECT_TRUE(row.sheets) << "a batch lies behind each block";
  }
  EXPECT_EQ(blocks, 3 + 2 * 2 * 3 + 3);
}

TEST(Picture, has_blocks_as_tall_as_the_logarithm_of_their_numbers) {
  EXPECT_EQ(block_height(1), BlockHeight::kOne);
  EXPECT_EQ(block_height(64), BlockHeight::kOne + 6 * BlockHeight::kDoubled);
  EXPECT_EQ(block_height(1'000'000), BlockHeight::kMost);
  EXPECT_EQ(block_height(Axis::kSymbolic), BlockHeight::kSymbolic);
}

TEST(Svg, is_one_file_with_text_titles_and_roles) {
  const std::string svg = story_svg(tell_story("GRU(100, 20, batch_first=True)", {.batch = 3, .seq = 10}));
  const auto has = [&](const std::string& part) { return svg.find(part) != std::string::npos; };
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"")) << svg.substr(0, 200);
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_TRUE(has("role=\"graphics-document\""));
  EXPECT_TRUE(has("<title id=\"picture-title\">Network: GRU(100, 20, batch_first=True)</title>"));
  EXPECT_TRUE(has("output [batch=3, seq=10, hidden=20]: the state at every step."));
  EXPECT_TRUE(has("<title>hidden_size: numbers the layer remembers; your choice</title>20</tspan>"));
  EXPECT_TRUE(has("prefers-color-scheme:dark"));
  EXPECT_FALSE(has("<script"));
  EXPECT_FALSE(has("href")) << "nothing comes from elsewhere";
}

TEST(Svg, escapes_what_XML_does_not_allow) {
  EXPECT_EQ(xml("a < b & \"c\" > d\x01"), "a &lt; b &amp; &quot;c&quot; &gt; d?");
  EXPECT_EQ(xml("\uFFFF\uFFFD\uFFFE …"), "?\uFFFD? …") << "XML has no place for these two";
}

}  // namespace
}  // namespace runnel
