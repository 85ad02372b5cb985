#!/usr/bin/env bash
# Holds what README.md shows against what is there:
#
#   - the block behind <!-- explain --> is what the command above it prints, the block behind <!-- example --> is the
#     example's source;
#   - behind an indented "$ runnel …" stands what that prints; a line "…" is any number of lines;
#   - the commands of a fenced block, and those within `…`, end well, one after the other, in a folder with mails.csv.
#
#   tests/docs/readme.sh RUNNEL [--update]        --update writes the marked blocks instead
set -euo pipefail

runnel=$(realpath "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readme=$root/README.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
ln -s "$runnel" runnel
mkdir blocks
export PATH=$scratch:$PATH LC_ALL=C.UTF-8 TERM=dumb NO_COLOR=1

runnel explain 'GRU(100, 20, 1, batch_first=True)' --batch 3 --seq 10 >blocks/explain
cp "$root/examples/010_shapes_of_a_gru.cc" blocks/example

# README.md with the fenced block behind each marker replaced by what it should be.
awk '
  /^<!-- (explain|example) -->$/ { file = "blocks/" $2 }
  /^```/ && file != "" && !inside { print; inside = 1; while ((getline line < file) > 0) print line; next }
  /^```/ && inside { inside = 0; file = "" }
  !inside { print }
' "$readme" >README.md

if [[ ${2:-} == --update ]]; then
  cp README.md "$readme"
  exit
fi
failures=0
fail() {
  failures=$((failures + 1))
  echo "README.md: $1"
}
diff -u "$readme" README.md || fail "tests/docs/readme.sh RUNNEL --update puts the blocks right"

# npy DTYPE SHAPE BYTES: an array, 128 bytes of header and the bytes of its numbers
npy() {
  printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "{'descr': '$1', 'fortran_order': False, 'shape': ($2), }"
  printf '%b' "$3"
}
{
  npy '<f4' '32, 57, 100' ''
  head -c $((32 * 57 * 100 * 4)) /dev/zero
} >x.npy
lengths='\x39'
for ((i = 1; i < 32; ++i)); do lengths+='\0\0\0\0\0\0\0\x0'$((i % 9 + 1)); done
npy '<i8' '32,' "$lengths"'\0\0\0\0\0\0\0' >l.npy
{
  echo folder,body
  for ((i = 0; i < 40; ++i)); do printf 'bills,your invoice %s of june\nfriends,dinner on friday %s\n' $i $i; done
} >mails.csv

# shown_as COMMAND SHOWN: whether the command prints what stands in the file SHOWN, in which "…" is any lines
shown_as() {
  bash -c "$1" </dev/null >printed 2>&1 || true
  awk 'NR == FNR { printed[FNR] = $0; lines = FNR; next }
       $0 == "…" { any = 1; next }
       { do ++at; while (any && at <= lines && printed[at] != $0)
         if (at > lines || printed[at] != $0) { bad = 1; exit }
         any = 0 }
       END { exit bad || (!any && at < lines) }' printed "$2"
}

commands=0
while IFS= read -r command; do
  commands=$((commands + 1))
  awk -v command="    \$ $command" '
    $0 == command { inside = 1; next }
    inside && /^(    |$)/ { lines[++count] = substr($0, 5); next }
    inside { exit }
    END { while (count > 0 && lines[count] == "") --count; for (i = 1; i <= count; ++i) print lines[i] }
  ' "$readme" >shown
  [[ -s shown ]] || continue # printed in a block with a marker
  shown_as "$command" shown || {
    fail "another answer to: $command"
    diff shown printed || true
  }
done < <(sed -n 's/^    \$ \(runnel .*\)/\1/p' "$readme")

while IFS= read -r command; do
  commands=$((commands + 1))
  bash -o pipefail -c "$command" </dev/null >printed 2>&1 || {
    fail "fails: $command"
    cat printed
  }
done < <(awk '/^```$/ { fenced = !fenced; next }
              fenced && /(^|\| )runnel / { print; next }
              !fenced && match($0, /`runnel [a-z]+ [^`]*`/) { print substr($0, RSTART + 1, RLENGTH - 2) }' "$readme")

[[ $commands -ge 8 ]] || fail "has $commands commands only"
[[ $failures -eq 0 ]] && echo "README.md shows what there is: $commands commands"
