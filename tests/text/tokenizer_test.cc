#include "runnel/text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "runnel/base/error.h"
#include "runnel/text/utf8.h"

namespace runnel {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> words(std::string_view text, bool lowercase = true) {
  return Tokenizer({.kind = TokenizerKind::words, .lowercase = lowercase}).tokens(text);
}
std::vector<std::string> characters(std::string_view text, bool lowercase = true) {
  return Tokenizer({.kind = TokenizerKind::characters, .lowercase = lowercase}).tokens(text);
}
std::vector<std::string> between_whitespace(std::string_view text, bool lowercase = true) {
  return Tokenizer({.kind = TokenizerKind::whitespace, .lowercase = lowercase}).tokens(text);
}

TEST(Tokenizer, cuts_words_and_puts_punctuation_apart) {
  EXPECT_THAT(words("A text editor, for programmers!"),
              ElementsAre("a", "text", "editor", ",", "for", "programmers", "!"));
  EXPECT_THAT(words("well-known C++ (3.14) snake_case $5"),
              ElementsAre("well", "-", "known", "c", "+", "+", "(", "3", ".", "14", ")", "snake", "_", "case",
                          "$", "5"));
  EXPECT_THAT(words("X11 4th"), ElementsAre("x11", "4th"));
  EXPECT_THAT(words("..."), ElementsAre(".", ".", "."));
  EXPECT_THAT(words(""), IsEmpty());
  EXPECT_THAT(words(" \t\r\n"), IsEmpty());
}

TEST(Tokenizer, keeps_an_apostrophe_between_two_letters) {
  EXPECT_THAT(words("Don't"), ElementsAre("don't"));
  EXPECT_THAT(words("Don\u2019t"), ElementsAre("don't"));
  EXPECT_THAT(words("rock'n'roll l'été"), ElementsAre("rock'n'roll", "l'été"));
  EXPECT_THAT(words("'tis"), ElementsAre("'", "tis"));
  EXPECT_THAT(words("dogs' bone"), ElementsAre("dogs", "'", "bone"));
  EXPECT_THAT(words("80's"), ElementsAre("80", "'", "s"));
  EXPECT_THAT(words("a''b"), ElementsAre("a", "'", "'", "b"));
  EXPECT_THAT(words("'"), ElementsAre("'"));
  EXPECT_THAT(words("‘quoted’"), ElementsAre("‘", "quoted", "’"));
}

TEST(Tokenizer, knows_letters_digits_and_marks_of_every_script) {
  EXPECT_THAT(words("Größe: ÉTÉ"), ElementsAre("größe", ":", "été"));
  EXPECT_THAT(words("Москва́, Ελλάδα"), ElementsAre("москва́", ",", "ελλάδα"));
  EXPECT_THAT(words("e\u0301te\u0301 x"), ElementsAre("e\u0301te\u0301", "x"));  // accents as marks
  EXPECT_THAT(words("हिन्दी भाषा।"), ElementsAre("हिन्दी", "भाषा", "।"));
  EXPECT_THAT(words("שלום, عالم؟"), ElementsAre("שלום", ",", "عالم", "؟"));
  EXPECT_THAT(words("٣٤ ⅷ ½"), ElementsAre("٣٤", "ⅷ", "½"));
  EXPECT_THAT(words("日本語。"), ElementsAre("日本語", "。"));
  EXPECT_THAT(words("می\u200Cخواهم"),
              ElementsAre("می\u200Cخواهم"));  // a zero-width non-joiner belongs to the word
}

TEST(Tokenizer, drops_what_cannot_be_seen) {
  EXPECT_THAT(words("co\u00ADoperate"), ElementsAre("cooperate"));
  EXPECT_THAT(words("don\u00AD't"), ElementsAre("don't"));
  EXPECT_THAT(words("a\u200Bb\u2028c\u00A0d\u0001e"), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(words("\uFEFFstart"), ElementsAre("start"));
}

TEST(Tokenizer, takes_a_joined_emoji_or_a_flag_as_one_symbol) {
  EXPECT_THAT(words("ok👍🏽👍"), ElementsAre("ok", "👍🏽", "👍"));
  EXPECT_THAT(words("👩\u200D👩\u200D👧 🇩🇪🇫🇷"), ElementsAre("👩\u200D👩\u200D👧", "🇩🇪", "🇫🇷"));
  EXPECT_THAT(words("I ❤\uFE0F it"), ElementsAre("i", "❤\uFE0F", "it"));
  EXPECT_THAT(words("\uE000\U000F0000"), ElementsAre("\uE000", "\U000F0000"));  // private use
}

TEST(Tokenizer, lowers_each_character_by_unicodes_simple_mapping) {
  EXPECT_THAT(words("STRAẞE İSTANBUL ΟΔΟΣ Ǆ ÅNGSTRÖM"),
              ElementsAre("straße", "istanbul", "οδοσ", "ǆ", "ångström"));
  EXPECT_THAT(words("STRAẞE İ Don’T", false), ElementsAre("STRAẞE", "İ", "Don'T"));
  EXPECT_THAT(characters("ÀB", false), ElementsAre("À", "B"));
  EXPECT_THAT(between_whitespace("ÀB c", false), ElementsAre("ÀB", "c"));
  EXPECT_THAT(between_whitespace("ÀB c"), ElementsAre("àb", "c"));
}

TEST(Tokenizer, cuts_characters_as_a_reader_counts_them) {
  EXPECT_THAT(characters("Ab c"), ElementsAre("a", "b", " ", "c"));
  EXPECT_THAT(characters("e\u0301!"), ElementsAre("e\u0301", "!"));
  EXPECT_THAT(characters("🇩🇪👩\u200D👧한국"), ElementsAre("🇩🇪", "👩\u200D👧", "한", "국"));
  EXPECT_THAT(characters("각"), ElementsAre("각"));  // three jamo, one syllable
  EXPECT_THAT(characters("a\r\nb\n\n"), ElementsAre("a", "\r\n", "b", "\n", "\n"));
  EXPECT_THAT(characters(""), IsEmpty());
}

TEST(Tokenizer, cuts_at_unicode_whitespace_only) {
  EXPECT_THAT(between_whitespace("  Don't  stop-me\tnow!\n"), ElementsAre("don't", "stop-me", "now!"));
  EXPECT_THAT(between_whitespace("a\u00A0b\u3000c\u2028d\u0085e\vf"),
              ElementsAre("a", "b", "c", "d", "e", "f"));
  EXPECT_THAT(between_whitespace("a\u200Bb"), ElementsAre("a\u200Bb"));
  EXPECT_THAT(between_whitespace(""), IsEmpty());
}

TEST(Tokenizer, refuses_invalid_utf8_with_its_place) {
  for (TokenizerKind kind : {TokenizerKind::words, TokenizerKind::characters, TokenizerKind::whitespace}) {
    try {
      Tokenizer({.kind = kind}).tokens("one\ntwo \xFF");
      FAIL() << "expected a DataError";
    } catch (const DataError& error) {
      EXPECT_EQ(error.summary(), "text:2:5: invalid UTF-8: byte 0xFF");
    }
  }
}

TEST(Tokenizer, has_names_for_its_kinds) {
  for (TokenizerKind kind : {TokenizerKind::words, TokenizerKind::characters, TokenizerKind::whitespace}) {
    EXPECT_EQ(parse_tokenizer_kind(to_string(kind)), kind);
  }
  EXPECT_EQ(to_string(TokenizerKind::characters), "characters");
  try {
    parse_tokenizer_kind("word");
    FAIL() << "expected an OptionError";
  } catch (const OptionError& error) {
    EXPECT_STREQ(error.what(),
                 "there is no tokenizer \"word\"\n"
                 "  expected  words, characters or whitespace\n"
                 "  fix       did you mean words?");
  }
}

std::string joined(const std::vector<std::string>& tokens, const std::string& between) {
  std::string text;
  for (const std::string& token : tokens) text += (text.empty() ? "" : between) + token;
  return text;
}

rc::Gen<std::string> texts() {
  const auto piece = rc::gen::element<std::string>("a", "B", "é", "e\u0301", "1", "'", "’", "-", " ", "\n",
                                                   "\r", "👍", "🏽", "\u200D", "\u00AD", "🇩", "한", "\u1112",
                                                   "\u1161", "ẞ", "\uFE0F", "\u0085", "İ", "\u200B");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) { return joined(pieces, ""); });
}

RC_GTEST_PROP(Tokenizer, loses_nothing_when_it_cuts_characters, ()) {
  const std::string text = *texts();
  RC_ASSERT(joined(characters(text, false), "") == text);
}

RC_GTEST_PROP(Tokenizer, gives_the_same_words_for_its_own_words, ()) {
  const std::vector<std::string> once = words(*texts());
  RC_ASSERT(words(joined(once, " ")) == once);
  for (const std::string& word : once) {
    RC_ASSERT(!word.empty());
    RC_ASSERT(!find_invalid_utf8(word));
  }
}

RC_GTEST_PROP(Tokenizer, leaves_no_whitespace_in_a_word, ()) {
  const std::string text = *texts();
  for (const std::string& word : between_whitespace(text)) RC_ASSERT(between_whitespace(word).size() == 1u);
}

}  // namespace
}  // namespace runnel
