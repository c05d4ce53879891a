#!/bin/sh
# Guards the README: every ```lua block runs, as does every line `brainlua -e ...` of a shell block; a ```text
# block directly after one is what it prints. A second argument names another file to check.
set -eu
brainlua=$(realpath "$1")
readme=$(realpath "${2:-README.md}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$brainlua" "$scratch/bin/brainlua"
cd "$scratch"

# Block N becomes N.lua or N.sh, and N.text where an output follows.
awk '
  !inside && /^```/ {
    inside = 1; kind = substr($0, 4)
    if (kind == "text" && follows) out = n ".text"
    else if (kind == "lua") out = ++n ".lua"
    else if (kind == "" || kind == "sh") out = ++n ".sh"
    else out = ""
    if (out) printf "" > out
    next
  }
  inside && /^```$/ { inside = 0; follows = kind != "text"; close(out); next }
  inside && out ~ /sh$/ { sub(/^\$ /, ""); if (/^brainlua -e/) print > out; next }
  inside && out { print > out }
  !inside && NF { follows = 0 }' "$readme"

failures=0
for block in *.lua *.sh; do
  [ -s "$block" ] || continue
  name=${block%.*}
  case $block in *.lua) shell=brainlua ;; *) shell='sh -e' ;; esac
  status=0
  PATH="$scratch/bin:$PATH" timeout 60 $shell "$block" >found 2>errors </dev/null || status=$?
  if [ "$status" != 0 ] || { [ -f "$name.text" ] && ! diff "$name.text" found >difference; }; then
    failures=1
    echo "readme: the block that begins: $(head -1 "$block")"
    if [ "$status" != 0 ]; then echo "  expected status 0, found $status"; sed 's/^/  /' errors
    else echo '  expected (<) and found (>):'; sed 's/^/  /' difference; fi
  fi
done
exit "$failures"
