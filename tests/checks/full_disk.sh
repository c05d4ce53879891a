#!/bin/sh
# Saving onto a full disk, and being killed while saving: one line of error, the old file stays whole, and nothing half-written
# has the file's name. The full disk is a small file system in memory; without the right to mount one that part is left out.
set -eu
brainlua=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export scratch brainlua

cat >"$scratch/save.lua" <<'LUA'
local folder = ...
local formats = {'npy', 'npz', 'pt', 'safetensors', 'csv'}
if pcall(file.save, folder .. '/probe.h5', {}) then formats[#formats + 1] = 'h5' end
os.remove(folder .. '/probe.h5')
local large = torch.rand(1000000)
for _, format in ipairs(formats) do
  local path = folder .. '/x.' .. format
  local function content(t) return format == 'npy' and t or {x = t} end
  file.save(path, content(torch.ones(3)))
  local ok, message = pcall(file.save, path, content(large))
  if ok or message:find '\n' or not message:find(path, 1, true) then print(format, 'expected one line of error, found', ok, message) end
  local back = file.load(path)
  back = format == 'npy' and back or back.x
  if back:double():sum():item() ~= 3 then print(format, 'the old file is damaged') end
  os.remove(path)
end
for name in io.popen(("ls -A '%s'"):format(folder)):lines() do print('left behind: ' .. name) end
LUA

mkdir "$scratch/disk"
if unshare -m true 2>/dev/null && unshare -m sh -c 'mount -t tmpfs -o size=1m none "$scratch/disk"' 2>/dev/null; then
  unshare -m sh -c 'mount -t tmpfs -o size=1m none "$scratch/disk" && "$brainlua" "$scratch/save.lua" "$scratch/disk"' >"$scratch/output" 2>&1 ||
    echo "status $?" >>"$scratch/output"
else
  echo 'full_disk: left out: no right to mount a file system'
  : >"$scratch/output"
fi

# Killed at some moment of saves that follow one another: the file is always a whole one.
cat >"$scratch/forever.lua" <<'LUA'
local path = ...
local n = 0
while true do
  n = n + 1
  file.save(path, {x = torch.full({300000}, n)})
end
LUA
for delay in 0.6 0.7 0.83 0.95; do
  "$brainlua" "$scratch/forever.lua" "$scratch/kept.safetensors" 2>/dev/null &
  writer=$!
  sleep "$delay"
  kill -9 "$writer" 2>/dev/null || true
  wait "$writer" 2>/dev/null || true
  [ -f "$scratch/kept.safetensors" ] || continue  # a slow machine: not yet begun
  "$brainlua" -e "local x = file.load '$scratch/kept.safetensors'.x assert(x:eq(x[0]):all():item() and #x == 300000)" \
    >>"$scratch/output" 2>&1 || echo 'a killed writer left a damaged file' >>"$scratch/output"
done
[ ! -s "$scratch/output" ] || { echo 'full_disk:'; cat "$scratch/output"; exit 1; }
