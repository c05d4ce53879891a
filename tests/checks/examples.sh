# Every example runs to its end; what it writes goes into a scratch folder.
set -eu
brainlua=$(realpath "$1")
examples=$(pwd)/examples
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
figures=$("$brainlua" -e 'print(pcall(function() return plot.lines end) and 1 or 0)')  # not in a minimal build
for example in "$examples"/*.lua; do
  [ "$figures" = 1 ] || ! grep -q 'plot\.' "$example" || continue
  "$brainlua" "$example" >/dev/null || { echo "$example failed"; exit 1; }
done
