#!/bin/sh
# Guards the architecture: who includes whom, what a file may hold, a test for every header. Cheap greps over
# the sources, then over a copy with planted violations, each of which must be found.
set -eu
brainlua=$(realpath "$1")
checks=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Reads "FILE:LINE:#include ..." lines; prints "FILE: rule" for each include that goes against the house.
check_includes() {
  awk '
    function bad(rule) { print file ": " rule ": " name }
    {
      file = $0; sub(/:.*/, "", file)
      name = $0; sub(/^[^<"]*[<"]/, "", name); sub(/[>"].*/, "", name)
      split(file, part, "/")
      folder = part[1] == "runtime" ? part[2] : ""
      inner = $0 ~ /include *"/ && split(name, target, "/") > 1 ? target[1] : ""
    }
    name ~ /^(lua.*\/)?(lua|lauxlib|lualib)\.h(pp)?$/ && file !~ /^bindings\// {
      bad("only bindings/ knows Lua")
    }
    name ~ /^torch\/(torch|nn|extension)\.h$/ { bad("umbrella headers of LibTorch cost seconds a file") }
    name ~ /^(torch|ATen|c10|caffe2)\// || name ~ /^(core\/torch_compat|io\/tensor)\.h$/ {
      if (folder == "core" && file !~ /torch_compat\.h$/) bad("core does not know torch")
      if (folder == "io" && file !~ /^runtime\/io\/tensor\./) bad("io does not know torch, save io/tensor")
    }
    name ~ /^(spdlog|fmt)\// && file != "runtime/core/log.cpp" {
      bad("spdlog and fmt belong to core/log.cpp")
    }
    folder && name ~ /^(bindings|stdlib)\// { bad("runtime/ knows nothing of Lua or the bindings") }
    name ~ /^\.\.?\// { bad("includes are written from runtime/ or from the top") }
    folder && inner && inner != folder {
      edge[folder, inner] = file; folders[folder]; folders[inner]
      if (folder == "core") bad("core includes no other folder")
      if (folder ~ /^(nn|linalg|io)$/ && inner !~ /^(core|nn|linalg|io)$/)
        bad(folder " includes only core, nn, linalg, io")
    }
    END {
      for (a in folders) for (b in folders) reach[a, b] = (a, b) in edge
      for (k in folders) for (a in folders) for (b in folders) if (reach[a, k] && reach[k, b]) reach[a, b] = 1
      for (a in folders) for (b in folders)
        if ((a, b) in edge && reach[b, a]) print edge[a, b] ": a cycle of folders: " b " leads back to " a
    }'
}

# forbid RULE EXPRESSION: reads file names; prints "FILE:LINE: rule" where a line matches the expression.
forbid() {
  { xargs grep -nE "$2" /dev/null || true; } | awk -F: -v rule="$1" '{ print $1 ":" $2 ": " rule }'
}

check_texts() {
  forbid 'no using namespace std' 'using +namespace +std *;' <"$scratch/sources"
  grep -v '^README' "$scratch/sources" | forbid 'indent with spaces' "$(printf '\t')"
  forbid 'unfinished work belongs elsewhere' '\<(TODO|FIXME|XXX)\>' <"$scratch/sources"
  grep -v '^tests/' "$scratch/sources" |
    forbid 'a path of one machine' '(^|[^[:alnum:]_./-])/(work|root|tmp)(/|[^[:alnum:]_]|$)'
}

check_files() {
  find runtime bindings -name '*.h' | sort | while read -r file; do
    grep -q '^#pragma once$' "$file" || echo "$file: a header begins with #pragma once"
  done
  find bindings -name 'wrap_*.cpp' | while read -r file; do
    [ "$(wc -l <"$file")" -le 250 ] || echo "$file: wrappers hold no logic and stay below 250 lines"
  done
  find runtime -name '*.h' ! -name torch_compat.h | sort | while read -r file; do
    name=${file#runtime/}
    test=tests/runtime/$(echo "${name%.h}" | tr / _)_test.cpp
    [ -f "$test" ] || echo "$file: every header has its test, expected $test"
  done
}

# The files under these rules; not data, whose words are not ours, nor these checks, which quote what is bad.
list_sources() {
  find CMakeLists.txt run README.md cmake runtime bindings stdlib scripts examples tests -type f \
    ! -path 'tests/data/*' ! -path 'tests/checks/*' 2>/dev/null | sort || true
}

# Prints every violation in the tree below the current folder.
violations() {
  list_sources >"$scratch/sources"
  grep -E '\.(cpp|h)$' "$scratch/sources" | xargs grep -nE '^ *# *include' | check_includes
  check_texts
  check_files
  find stdlib -name '*.lua' | sort | xargs "$brainlua" "$checks/globals.lua" ||
    echo "$checks/globals.lua: fails"
}

# plant FILE TEXT PART: adds a line to a copy's file; PART is what the check must then say of that file.
plant() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$2" >>"$1"
  printf '%s\t%s\n' "$1" "$3" >>"$scratch/planted"
}

failures=0
violations >"$scratch/found"
if [ -s "$scratch/found" ]; then
  echo 'structure: against design rules:'
  cat "$scratch/found"
  failures=1
fi
long=$(grep -E '\.(cpp|h|lua)$' "$scratch/sources" | xargs wc -l |
  awk '$1 > 400 && $2 != "total" { print "  " $2 " (" $1 ")" }')
[ -z "$long" ] || printf 'structure: note: above 400 lines:\n%s\n' "$long"

mkdir -p "$scratch/tree/tests"
cp -R CMakeLists.txt run README.md cmake runtime bindings stdlib "$scratch/tree"
cp -R tests/runtime "$scratch/tree/tests"
cd "$scratch/tree"
plant runtime/core/a1.cpp '#include <lua.hpp>' 'only bindings/'
plant tests/runtime/a2_test.cpp '#include <lua5.4/lauxlib.h>' 'only bindings/'
plant bindings/torch/a3.cpp '#include <torch/torch.h>' 'umbrella'
plant runtime/core/a4.cpp '#include <ATen/ATen.h>' 'core does not know'
plant runtime/core/a5.cpp '#include "core/torch_compat.h"' 'core does not know'
plant runtime/io/a6.cpp '#include <c10/util/Half.h>' 'io does not know'
plant bindings/a7.cpp '#include <fmt/core.h>' 'core/log.cpp'
plant runtime/nn/a8.cpp '#include "bindings/lua/luax.h"' 'runtime/ knows nothing'
plant runtime/nn/a9.cpp '#include "../core/error.h"' 'written from'
plant runtime/core/b1.cpp '#include "nn/layer.h"' 'no other folder'
plant runtime/linalg/b2.cpp '#include "rsa/rdm.h"' 'only core, nn'
plant runtime/dist/b3.cpp '#include "text/a.h"' 'cycle'
plant runtime/text/b4.cpp '#include "data/a.h"' 'cycle'
plant runtime/data/b5.cpp '#include "dist/a.h"' 'cycle'
plant runtime/data/b6.cpp 'using namespace std;' 'namespace std'
plant stdlib/b7.lua "$(printf 'local\tx')" 'spaces'
plant cmake/b8.cmake '# TODO' 'unfinished'
plant stdlib/b9.lua '-- in /work/main' 'a path of'
plant runtime/core/c1.cpp 'auto f = "/tmp/x";' 'a path of'
plant runtime/core/c2.h 'int x;' 'pragma once'
plant runtime/core/c2.h 'int y;' 'every header has its test'
plant bindings/wrap_c3.cpp "$(yes '//' | head -251)" '250 lines'
plant stdlib/c4.lua 'return function() counter = 1 end' "assigns the global 'counter'"
plant stdlib/c5.lua 'return function() return tablle.concat end' "reads the global 'tablle'"
plant stdlib/c6.lua 'return (' 'unexpected symbol'
violations >"$scratch/found"
while IFS='	' read -r file part; do
  awk -v file="$file:" -v part="$part" \
    'index($0, file) == 1 && index($0, part) { found = 1 } END { exit !found }' "$scratch/found" ||
    { echo "structure: does not notice in $file: $part"; failures=1; }
done <"$scratch/planted"
exit "$failures"
