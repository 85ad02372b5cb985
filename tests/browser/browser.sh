#!/usr/bin/env bash
# What page.sh and trace.sh share; sourced by them. Sets temporary, failures and dark, and ends with 77 where there is no
# browser.
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [[ -z $browser ]]; then
  echo "skipped: there is no chromium; on Debian: apt-get install chromium"
  exit 77
fi
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
# shellcheck disable=SC2034
dark=(--force-dark-mode --blink-settings=preferredColorScheme=0)

# run_browser OPTION... ADDRESS
run_browser() {
  timeout 60 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars \
    --user-data-dir="$temporary/profile" "$@" 2>"$temporary/browser.log"
}

# seen FILE WIDTH ADDRESS_END OPTION...: what the script in the page leaves. The page stands in a frame of that width,
# since a window is never narrower than 500 pixels.
seen() {
  cat >"$temporary/frame.html" <<HTML
<body style="margin:0"><iframe src="file://$1$3" style="border:0;width:$2px;height:2400px"></iframe><script>
addEventListener('load', () => {
  const page = document.querySelector('iframe').contentWindow, left = document.createElement('pre');
  left.textContent = page.document.querySelector('pre').textContent + 'width: ' + page.innerWidth;
  document.body.replaceChildren(left);
});
</script></body>
HTML
  run_browser --window-size="2000,2400" --allow-file-access-from-files "${@:4}" --dump-dom \
    "file://$temporary/frame.html" >"$temporary/seen"
  grep -q "^width: $2<" "$temporary/seen" && sed -n '/seen$/,/^end/p' "$temporary/seen"
}

failures=0
fail() {
  failures=$((failures + 1))
  echo "FAILED: $1"
}

# screenshots PICTURES NAME FILE: into a folder, at three widths, light and dark
screenshots() {
  local pictures=$1
  shift
  mkdir -p "$pictures"
  local width scheme
  local -a options
  for width in 320 800 1600; do
    for scheme in light dark; do
      options=(--window-size="$width,1800")
      [[ $scheme == light ]] || options+=("${dark[@]}")
      run_browser "${options[@]}" --screenshot="$(realpath "$pictures")/$1-$width-$scheme.png" "file://$2"
    done
  done
}
