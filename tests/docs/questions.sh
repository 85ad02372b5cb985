#!/usr/bin/env bash
# Holds docs/questions.md against what is there: in each block that begins with ```console, the lines behind "$ command"
# are what the command prints.
#
#   tests/docs/questions.sh RUNNEL [--update]        --update writes the blocks instead
set -euo pipefail

runnel=$(realpath "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
page=$root/docs/questions.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
PATH=$(dirname "$runnel"):$PATH
export PATH LC_ALL=C.UTF-8 TERM=dumb NO_COLOR=1

inside=no # in a block; then also "printed": its command was run, and the lines up to its end are the old output
commands=0
while IFS= read -r line; do
  case $inside:$line in
    'no:```console') inside=yes ;;
    'yes:$ '*)
      printf '%s\n' "$line"
      bash -c "${line#'$ '}" </dev/null 2>&1 || true
      inside=printed
      commands=$((commands + 1))
      continue
      ;;
    'yes:```' | 'printed:```') inside=no ;;
    printed:*) continue ;;
  esac
  printf '%s\n' "$line"
done <"$page" >page.md

if [[ $commands -lt 15 ]]; then
  echo "docs/questions.md has $commands commands only"
  exit 1
fi
if [[ ${2:-} == --update ]]; then
  cp page.md "$page"
elif ! diff -u "$page" page.md; then
  echo "docs/questions.md shows something else than there is; tests/docs/questions.sh RUNNEL --update puts that right"
  exit 1
else
  echo "docs/questions.md shows what there is: $commands commands"
fi
