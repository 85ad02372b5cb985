#!/usr/bin/env bash
# Looks at the pages of `runnel trace --html` in a real browser:
#
#     trace.sh FOLDER            FOLDER holds runnel; needs chromium, and skips (77) where there is none
#     trace.sh FOLDER PICTURES   also makes screenshots: three widths, light and dark
#
# Every cell of every heat map is as its number in --json, labels stand beside the maps, and no page is wider than its
# window, at 320, 1024 and 1600 pixels; the dark page is another one.
set -euo pipefail

PATH=$(realpath "$1"):$PATH
pictures=${2:-}
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
# shellcheck source=tests/browser/browser.sh
source "$here/browser.sh"

{
  echo text,label
  for i in 1 2 3 4 5 6; do printf 'a good day %s,yes\na bad day %s,no\n' "$i" "$i"; done
} >"$temporary/toy.csv"
runnel train "$temporary/toy.csv" -o "$temporary/model.safetensors" --epochs 20 --lr 0.05 --patience 0 --quiet \
  --model 'Embedding(4) -> LSTM(8, num_layers=2, bidirectional=True) -> last -> Linear'
model=("$temporary/model.safetensors" --text
  'a good <b>&amp; "day" supercalifragilisticexpialidocious 日本語日本語日本語 bad')
wide=('GRU(3, 300)' --input "$temporary/x.npy" --quiet)
{
  printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "{'descr': '<f4', 'fortran_order': False, 'shape': (7, 1, 3), }"
  head -c 84 /dev/zero
} >"$temporary/x.npy"

# page ARGUMENT...: the page of a trace, with its numbers and traced.js in it
page() {
  runnel trace "$@" --html - | sed '/^<\/body>/d; /^<\/html>/d'
  printf '<script>\nconst traced = '
  runnel trace "$@" --json | sed 's|</|<\\/|g'
  cat "$here/traced.js"
  printf '</script>\n</body>\n</html>\n'
}

page "${model[@]}" >"$temporary/model.html"
page "${wide[@]}" >"$temporary/wide.html"
for name in model wide; do
  maps=24 # two layers of two directions: h, c and four gates
  [[ $name == model ]] || maps=4
  for width in 320 1024 1600; do
    seen "$temporary/$name.html" "$width" '' >"$temporary/told"
    grep -qx "maps: $maps" "$temporary/told" || fail "$name: not $maps heat maps at $width"
    ! grep -vE '^(.*seen|end.*|maps: [0-9]+|ground: .*)$' "$temporary/told" || fail "$name at $width"
  done
  seen "$temporary/$name.html" 1024 '' "${dark[@]}" >"$temporary/told_dark"
  ! grep -vE '^(.*seen|end.*|maps: [0-9]+|ground: .*)$' "$temporary/told_dark" || fail "$name in the dark"
  cmp -s <(grep ground: "$temporary/told") <(grep ground: "$temporary/told_dark") && fail "$name: the dark is light"
done

if [[ -n $pictures ]]; then
  runnel trace "${model[@]}" --html "$temporary/model.html" >"$temporary/table"
  runnel trace "${wide[@]}" --html "$temporary/wide.html" >"$temporary/table"
  screenshots "$pictures" trace-model "$temporary/model.html"
  screenshots "$pictures" trace-wide "$temporary/wide.html"
fi
[[ $failures -eq 0 ]]
