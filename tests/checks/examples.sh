# Every example runs to its end. What it writes goes into a folder of its own.
set -eu
brainlua=$(realpath "$1")
examples=$(realpath examples)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"$brainlua" -e 'plot.lines {y = {1, 2}}' >/dev/null 2>&1 && draws=yes || draws=
for example in "$examples"/*.lua; do
  [ "$draws" ] || ! grep -q 'plot\.' "$example" || continue  # a build without figures
  "$brainlua" "$example" >/dev/null || { echo "$example failed"; exit 1; }
done
