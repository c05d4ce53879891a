# Every example runs to its end. What it writes goes into a folder of its own.
set -eu
brainlua=$(realpath "$1")
examples=$(realpath examples)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
for example in "$examples"/*.lua; do
  "$brainlua" "$example" >/dev/null || { echo "$example failed"; exit 1; }
done
