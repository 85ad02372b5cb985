#!/usr/bin/env bash
# Makes a labelled data set of real sentences from this machine's own package index, as CSV on standard output:
#   text    the first line of a package's description
#   label   its section, without contrib/ or non-free/ in front
#   source  its source package: one source's packages share whole phrases, so a fair split keeps them together
# Equal rows are taken once. With --small, every tenth source only.
set -euo pipefail

small=0
[ "${1:-}" = "--small" ] && small=1

apt-cache dumpavail | awk -v small="$small" '
function quoted(s) { gsub(/"/, "\"\"", s); return "\"" s "\"" }
function finish(   key) {
  if (package != "" && section != "" && text != "") {
    if (source == "") source = package
    if (!(source in number)) number[source] = sources++
    key = text SUBSEP section SUBSEP source
    if (!(key in seen) && (!small || number[source] % 10 == 0)) {
      seen[key] = 1
      print quoted(text) "," quoted(section) "," quoted(source)
    }
  }
  package = section = text = source = ""
}
BEGIN { print "text,label,source" }
/^Package: /     { package = substr($0, 10) }
/^Section: /     { section = substr($0, 10); sub(/^(contrib|non-free|non-free-firmware)\//, "", section) }
/^Source: /      { source = substr($0, 9); sub(/ \(.*/, "", source) }
/^Description(-en)?: / { text = substr($0, index($0, ": ") + 2) }
/^$/             { finish() }
END              { finish() }
'
