#!/usr/bin/env bash
# Runs one file of command-line tests:
#
#     run.sh FILE.test FOLDER...
#
# The folders go in front of PATH: they hold runnel and compare_npz. The commands run one after the other in a
# temporary folder of their own; $DATA names the folder data beside this script. A test file has lines of these kinds:
#
#     # a remark
#     $ command          runs in bash, standard input empty; what is expected of it follows
#     > text             a line of standard output
#     >~ pattern         a line of standard output that matches the extended regular expression
#     ! text, !~ pattern the same of standard error
#     > ..., ! ...       any number of lines
#     exit N             the exit code; 0 when it is not told
#
# Output that no line expects is a failure. All failures are shown; then the exit code is 1.
set -u

if [ $# -lt 2 ]; then
  echo "usage: run.sh FILE.test FOLDER..." >&2
  exit 2
fi
test_file=$(realpath "$1")
DATA=$(realpath "$(dirname "${BASH_SOURCE[0]}")/data")
shift
for folder in "$@"; do PATH=$(realpath "$folder"):$PATH; done
export PATH DATA
export LC_ALL=C.UTF-8 TERM=dumb
unset NO_COLOR RUNNEL_THREADS
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
mkdir "$temporary/here"
cd "$temporary/here" || exit 2
failures=0

# line_fits EXPECTED ACTUAL: whether one line is what was expected; EXPECTED still has its mark.
line_fits() {
  case $1 in
    '~ '*) [[ $2 =~ ${1#'~ '} ]] ;;
    *) [ "${1# }" = "$2" ] ;;
  esac
}

# lines_fit EXPECTED ACTUAL: two files, line by line; "..." stands for any lines up to the next that fits.
lines_fit() {
  local -a expected actual
  mapfile -t expected <"$1"
  mapfile -t actual <"$2"
  local e=0 a=0 anything=no
  while [ $e -lt ${#expected[@]} ]; do
    if [ "${expected[e]}" = " ..." ]; then
      anything=yes
      e=$((e + 1))
    elif [ $a -ge ${#actual[@]} ]; then
      return 1
    elif line_fits "${expected[e]}" "${actual[a]}"; then
      anything=no
      e=$((e + 1))
      a=$((a + 1))
    elif [ $anything = yes ]; then
      a=$((a + 1))
    else
      return 1
    fi
  done
  [ $anything = yes ] || [ $a -eq ${#actual[@]} ]
}

# fail WHAT [EXPECTED ACTUAL]: reports the command at $command_line.
fail() {
  failures=$((failures + 1))
  printf '%s:%s: %s\n  $ %s\n' "$test_file" "$command_line" "$1" "$command"
  if [ $# -eq 3 ]; then
    sed 's/^/  expected |/' "$2"
    head -c 4000 "$3" | tr -c '\t\n -~\200-\377' '?' | sed 's/^/  got      | /'
  fi
}

# Runs the command that was read, and holds its outcome against the lines behind it.
finish_command() {
  [ -z "$command" ] && return
  bash -c "$command" >"$temporary/stdout" 2>"$temporary/stderr" </dev/null
  local code=$?
  [ "$code" -eq "$expected_code" ] || fail "the exit code is $code, expected $expected_code"
  lines_fit "$temporary/expected_stdout" "$temporary/stdout" ||
    fail "another standard output" "$temporary/expected_stdout" "$temporary/stdout"
  lines_fit "$temporary/expected_stderr" "$temporary/stderr" ||
    fail "another standard error" "$temporary/expected_stderr" "$temporary/stderr"
}

# start_command COMMAND
start_command() {
  finish_command
  command=$1
  command_line=$number
  expected_code=0
  : >"$temporary/expected_stdout"
  : >"$temporary/expected_stderr"
}

command=
command_line=0
number=0
while IFS= read -r line || [ -n "$line" ]; do
  number=$((number + 1))
  case $line in
    '$ '*) start_command "${line#'$ '}" ;;
    '>'*) printf '%s\n' "${line#'>'}" >>"$temporary/expected_stdout" ;;
    '!'*) printf '%s\n' "${line#'!'}" >>"$temporary/expected_stderr" ;;
    'exit '*) expected_code=${line#exit } ;;
    '' | '#'*) ;;
    *)
      echo "$test_file:$number: a line of no known kind: $line"
      exit 2
      ;;
  esac
done <"$test_file"
finish_command
[ "$failures" -eq 0 ]
