#!/bin/sh
# Guards the installed tree: it runs from another folder, with libraries of its own and none from the sources.
set -eu
brainlua=$(realpath "$1")
build=$(dirname "$brainlua")
sources=$(pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix
fail() { echo "install: $*"; exit 1; }

install() {
  cmake --install "$build" --prefix "$prefix" "$@" >"$scratch/log" || { cat "$scratch/log"; exit 1; }
}

# LibTorch with CUDA is gigabytes: there its libraries are linked to, not copied.
torch=$(ldd "$brainlua" | awk '/libtorch\.so/ { print $3 }')
if [ -e "$(dirname "$torch")/libtorch_cuda.so" ]; then
  install --component program
  mkdir -p "$prefix/lib/brainlua/torch"
  ln -s "$(dirname "$torch")" "$prefix/lib/brainlua/torch/lib"
  ln -s "$(dirname "$torch")/../../nvidia" "$prefix/lib/brainlua/nvidia"
else
  install
fi
program=$prefix/bin/brainlua
missing=$(ldd "$program" | grep 'not found' || true)
[ -z "$missing" ] || fail "expected all libraries, missing: $missing"
case $torch in "$sources"/*)
  foreign=$(ldd "$program" | grep -F "$sources/" || true)
  [ -z "$foreign" ] || fail "expected no library from the sources, found: $foreign" ;;
esac

mkdir "$scratch/elsewhere"
cd "$scratch/elsewhere"
echo 'print((torch.ones(2, 3) * 2):sum():item(), ...)' >script.lua
printed=$(env -u LD_LIBRARY_PATH "$program" script.lua a) || fail "the installed program: status $?"
[ "$printed" = "$(printf '12.0\ta')" ] || fail "expected 12.0 and a, found: $printed"
for file in README.md LICENSE examples; do
  [ -e "$prefix/share/brainlua/$file" ] || fail "expected share/brainlua/$file"
done
