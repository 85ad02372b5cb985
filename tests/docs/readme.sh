#!/usr/bin/env bash
# Holds what README.md shows against what is there: the block behind <!-- explain --> is what the command above it
# prints, the block behind <!-- example --> is the example's source.
#
#   tests/docs/readme.sh RUNNEL [--update]        --update writes the blocks instead
set -euo pipefail

runnel=$(realpath "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readme=$root/README.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$runnel" explain 'GRU(100, 20, 1, batch_first=True)' --batch 3 --seq 10 --color never >"$scratch/explain"
cp "$root/examples/010_shapes_of_a_gru.cc" "$scratch/example"

# README.md with the fenced block behind each marker replaced by what it should be.
awk -v folder="$scratch" '
  /^<!-- (explain|example) -->$/ { file = folder "/" $2 }
  /^```/ && file != "" && !inside { print; inside = 1; while ((getline line < file) > 0) print line; next }
  /^```/ && inside { inside = 0; file = "" }
  !inside { print }
' "$readme" >"$scratch/README.md"

if [[ ${2:-} == --update ]]; then
  cp "$scratch/README.md" "$readme"
elif ! diff -u "$readme" "$scratch/README.md"; then
  echo "README.md shows something else than there is; tests/docs/readme.sh RUNNEL --update puts that right"
  exit 1
else
  echo "README.md shows what there is"
fi
