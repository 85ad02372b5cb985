#!/usr/bin/env bash
# How long `runnel explain` takes for networks of 100 layers, the start of the program included: the least and the median
# of 21 runs. Where other programs run beside it, the least says more, or `chrt -r 1` keeps them away.
#
#   bench/explain.sh [RUNNEL]
set -euo pipefail

runnel=${1:-$(dirname "${BASH_SOURCE[0]}")/../build/release/cli/runnel}
runs=21

chain='Embedding(5000, 100)'
printed='Net('
both='Net('
stacked='Net('
for ((i = 1; i < 99; ++i)); do
  chain+=' -> LSTM(128, bidirectional=True)'
  printed+="(layer$i): GRU(100, $((100 + i)), batch_first=True) "
  both+="(layer$i): LSTM(100, $((100 + i)), batch_first=True, bidirectional=True) "
  stacked+="(layer$i): LSTM(100, $((100 + i)), num_layers=3, batch_first=True, bidirectional=True) "
done
chain+=' -> Linear(6)'
printed+=')'
both+=')'
stacked+=')'

# time_of WHAT ARGUMENT...: prints the milliseconds that it took, and what was run
time_of() {
  local what=$1 begin
  local -a sorted
  shift
  mapfile -t sorted < <(
    for ((i = 0; i < runs; ++i)); do
      begin=$(date +%s%N)
      "$runnel" explain "$@" >/dev/null
      echo $((($(date +%s%N) - begin) / 100000))
    done | sort -n
  )
  printf '%5s ms  %5s ms  %s\n' "$(tenths "${sorted[0]}")" "$(tenths "${sorted[runs / 2]}")" "$what"
}

tenths() { echo "$(($1 / 10)).$(($1 % 10))"; }

echo '   least    median'
time_of 'one layer' 'GRU(100, 20)'
time_of 'a chain of 100 layers' "$chain" --batch 32 --seq 50
time_of 'the same as --json' "$chain" --batch 32 --seq 50 --json
time_of 'the same with --detail full' "$chain" --batch 32 --seq 50 --detail full
time_of 'the same as --svg' "$chain" --batch 32 --seq 50 --svg -
time_of 'the same as --html' "$chain" --batch 32 --seq 50 --html -
time_of 'the same with --what-if' "$chain" --what-if 1.hidden_size=64
time_of 'LSTM(100, 128, num_layers=100)' 'LSTM(100, 128, num_layers=100, bidirectional=True)'
time_of 'the same as --html' 'LSTM(100, 128, num_layers=100, bidirectional=True)' --html -
time_of 'print(model) of 98 layers' "$printed"
time_of 'the same, LSTMs in two directions, as --json' "$both" --json
time_of 'the same as --svg' "$both" --svg -
time_of 'the same as --html' "$both" --html -
time_of 'and with num_layers=3, --detail full' "$stacked" --detail full
time_of 'the same as --json' "$stacked" --json
