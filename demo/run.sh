#!/usr/bin/env bash
# The demo, step by step, with commands that you can type yourself: from this machine's package descriptions to a
# trained network that tells the section of a package, and to an answer of what shape the data has on their way.
#
#   demo/run.sh RUNNEL [--small]
#
# --small: a tenth of the data and one epoch, to see in seconds that everything works. Writes into demo-output/.
set -euo pipefail

demo=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
runnel=$(realpath "$1")
small=${2:-}
out=$demo/../demo-output
epochs=6
[[ $small != --small ]] || epochs=1

bold='' reset=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' reset=$'\e[0m'
fi
say() { printf '\n%s%s%s\n' "$bold" "$*" "$reset"; }
# Shows a command, then runs it.
run() {
  local word line='$ runnel'
  for word in "$@"; do
    [[ $word != *[\ \(]* ]] || word="'$word'"
    line+=" $word"
  done
  printf '\n%s%s%s\n' "$bold" "$line" "$reset"
  "$runnel" "$@"
}

mkdir -p "$out"
cd "$out"

say "1. Real sentences: a line for each package that Debian offers, with its section"
"$demo/packages.sh" ${small:+"$small"} >packages.csv
head -n 4 packages.csv
echo "… $(($(wc -l <packages.csv) - 1)) in all"

say "2. Cut them up by source package, so that nothing that was learned is asked again"
run split packages.csv --group source --seed 1 -o .

say "3. Train"
run train train.csv --dev dev.csv --epochs "$epochs" --seed 1 -o model.safetensors \
  --model 'Embedding(100) -> Dropout(0.3) -> LSTM(128) -> last -> Dropout(0.3) -> Linear'

say "4. Is it any good? On sentences that it has never seen, beside what needs no network"
run evaluate model.safetensors test.csv --baselines train.csv --quiet

say "5. Three sentences of our own"
printf '%s\n' 'a text editor for programmers' 'puzzle game with falling blocks' 'shared library for reading image files' |
  while IFS= read -r sentence; do
    printf '%-42s ' "$sentence"
    printf '%s\n' "$sentence" | "$runnel" predict model.safetensors - --top 2
  done

say "6. What has it made of a word? The nearest ones"
run words model.safetensors game --nearest 5

say "7. And the shapes? A GRU that reads 3 sentences of 10 words, 100 numbers a word"
run explain 'GRU(100, 20, 1, batch_first=True)' --batch 3 --seq 10

say "All of it is in demo-output/. runnel explain model.safetensors tells the way through your own network."
