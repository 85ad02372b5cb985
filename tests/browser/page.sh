#!/usr/bin/env bash
# Looks at the pages of `runnel explain --html` in a real browser:
#
#     page.sh FOLDER            FOLDER holds runnel; needs chromium, and skips (77) where there is none
#     page.sh FOLDER PICTURES   also makes screenshots: four networks, three widths, light and dark
#
# Texts neither overlap nor stand outside, at 320 and at 1600 pixels; a page whose knobs are turned shows what a page
# for these sizes shows; and a number that is focused tells its origin.
set -euo pipefail

PATH=$(realpath "$1"):$PATH
pictures=${2:-}
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
# shellcheck source=tests/browser/browser.sh
source "$here/browser.sh"

networks=(
  'Embedding(5000, 100) -> LSTM(128, bidirectional=True) -> last -> Linear(6)'
  'GRU(100, 20, num_layers=6, batch_first=True)'
  'LSTM(1000, 500, num_layers=3, bidirectional=True, proj_size=200, dropout=0.25)'
  'Tagger(
    (words): Embedding(5000, 100)
    (encoder_of_the_sentence_and_of_nothing_else): LSTM(100, 128, num_layers=2, bidirectional=True)
    (norm): LayerNorm((256,), eps=1e-05)
    (head): Sequential(
      (0): Linear(in_features=256, out_features=64, bias=True)
      (1): ReLU()
    )
  )'
)

# page NETWORK OPTION...: a page with turned.js in it
page() {
  runnel explain "$@" --html - | sed '/^<\/body>/d; /^<\/html>/d'
  printf '<script>\n'
  cat "$here/turned.js"
  printf '</script>\n</body>\n</html>\n'
}

for network in "${networks[@]}"; do
  page "$network" --batch 3 --seq 10 >"$temporary/page.html"
  page "$network" --batch 7 --seq 42 >"$temporary/expected.html"
  for width in 320 1600; do
    seen "$temporary/page.html" "$width" '' >"$temporary/told"
    seen "$temporary/page.html" "$width" '?batch=7&seq=42' >"$temporary/turned"
    seen "$temporary/expected.html" "$width" '' >"$temporary/expected"
    grep -q '^text: ' "$temporary/told" || fail "$network: the browser shows nothing at $width"
    ! grep -E '^(overlap|outside): ' "$temporary/told" "$temporary/turned" || fail "$network at $width"
    cmp -s "$temporary/told" "$temporary/turned" && fail "$network: turning changes nothing"
    # The last digit of a number may decide where a line is broken: words are compared, not lines.
    diff <(tr -s ' \n' '\n' <"$temporary/turned" | grep -v text:) \
      <(tr -s ' \n' '\n' <"$temporary/expected" | grep -v text:) || fail "$network: turned at $width"
  done
done

page 'GRU(100, 20)' >"$temporary/page.html"
page 'GRU(100, 40)' >"$temporary/expected.html"
seen "$temporary/page.html" 1600 '?hidden_size=40' | tr -s ' \n' '\n' | grep -v text: >"$temporary/turned"
seen "$temporary/expected.html" 1600 '' | tr -s ' \n' '\n' | grep -v text: >"$temporary/expected"
diff "$temporary/turned" "$temporary/expected" || fail "hidden_size"
page 'GRU(3, 1)' --batch 1 --seq 10 >"$temporary/one.html"
for told in '1 sequence' '5 sequences'; do
  seen "$temporary/one.html" 1600 "?batch=${told%% *}&seq=7" | grep -q "^text: $told of 7 steps" || fail "$told"
done

page 'GRU(3, 3, num_layers=2)' >"$temporary/equal.html"
seen "$temporary/equal.html" 1600 '?batch=5' | grep -q '^origin: 2 layers · 3 gates · 3' ||
  fail "a formula goes though its numbers stay"
seen "$temporary/equal.html" 1600 '?hidden_size=5' | grep -qx 'origin: the sum over its layers and directions' ||
  fail "a formula stays though its numbers go"

seen "$temporary/page.html" 1600 '' | grep -qx 'tip: your data: steps of the longest sequence (words, hours)' ||
  fail "a number does not tell its origin"

seen "$temporary/page.html" 1600 '' >"$temporary/wide"
seen "$temporary/page.html" 1024 '' | cmp -s - "$temporary/wide" || fail "1024 pixels are not used"

if [[ -n $pictures ]]; then
  number=0
  for network in "${networks[@]}"; do
    number=$((number + 1))
    runnel explain "$network" --batch 3 --seq 10 --html "$temporary/page.html"
    screenshots "$pictures" "$number" "$temporary/page.html"
  done
fi
[[ $failures -eq 0 ]]
