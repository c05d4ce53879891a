# Every example runs to its end.
set -eu
brainlua=$1
for example in examples/*.lua; do
  "$brainlua" "$example" >/dev/null || { echo "$example failed"; exit 1; }
done
