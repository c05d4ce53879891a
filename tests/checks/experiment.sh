#!/bin/sh
# Guards what shell scripts and people see of an experiment: statuses, --help, run folders, resuming, reports.
set -u
brainlua=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
export OMP_NUM_THREADS=1
failures=0

# expect STATUS PATTERN COMMAND...: standard output and error together hold a line like the basic regular expression.
expect() {
  want=$1 pattern=$2
  shift 2
  timeout 60 "$@" >out 2>&1
  status=$?
  [ "$status" = "$want" ] && grep -q -- "$pattern" out && return 0
  failures=$((failures + 1))
  echo "experiment: $*: expected status $want and '$pattern', found status $status and:"
  head -10 out
}
holds() { grep -q -- "$2" "$1" || { failures=$((failures + 1)); echo "experiment: $1: expected '$2', found:"; head -20 "$1"; }; }

cat >study.lua <<'LUA'
local run = experiment.start {name = 'study', options = {
  beta = {100, 'weight of the loss'}, mode = {'fast', 'how', choices = {'fast', 'slow'}}, stop = {false, 'stop half-way'}}}
run:step('first', function() print 'computing' run:log {epoch = 1, loss = 0.5} end)
if run.options.stop and not run.resumed then error 'half-way' end
run:log {epoch = 2, loss = 0.25}
run:finish {headline = 'beta <b> ' .. run.options.beta, text = 'A "text".'}
LUA
expect 0 '^  --beta NUMBER  *weight of the loss (default 100)$' "$brainlua" study.lua --help
[ ! -e runs ] || { failures=$((failures + 1)); echo 'experiment: --help makes no run folder'; }
expect 2 "^brainlua: study.lua: unknown option '--btea', did you mean '--beta'?$" "$brainlua" study.lua --btea 3
expect 2 "--beta: expected a number, found 'x'" "$brainlua" study.lua --beta x
expect 2 "--mode: expected one of fast, slow, found 'mean'" "$brainlua" study.lua --mode=mean
expect 2 'no run in runs/study' "$brainlua" study.lua --resume
expect 0 '^beta <b> 7$' "$brainlua" study.lua --beta 7
holds "$(echo runs/study/*/run.json)" '"status": "finished"'
report=$(sed -n 's/^report: //p' out)
holds "$report" 'beta &lt;b&gt; 7'
holds "$report" 'A &quot;text&quot;.'
if grep -qiE '<script|https?://|<link' "$report"; then failures=$((failures + 1)); echo 'experiment: a report needs nothing else'; fi

expect 1 'half-way' "$brainlua" study.lua --stop --out here
holds here/run.json '"status": "failed"'
holds here/log.txt 'error study.lua:4: half-way$'
expect 2 'here holds a run' "$brainlua" study.lua --out here
expect 2 'the run that is resumed has 100, found 3' "$brainlua" study.lua --out here --resume --beta 3
expect 0 '^beta <b> 100$' "$brainlua" study.lua --out here --resume
if grep -q computing out; then failures=$((failures + 1)); echo 'experiment: a step that has ended runs again'; fi
[ "$(cat here/metrics.csv)" = "epoch,loss
1,0.5
2,0.25" ] || { failures=$((failures + 1)); echo 'experiment: metrics after a resume:'; cat here/metrics.csv; }
mkdir other && touch other/file
expect 2 'found other files in other' "$brainlua" study.lua --out other --resume

cat >endless.lua <<'LUA'
local run = experiment.start {name = 'endless'}
run:log {a = 1}
while true do run:rows() end
LUA
"$brainlua" endless.lua --out endless 2>err &
process=$!
while [ ! -s endless/run.json ]; do sleep 0.05; done
kill -INT $process
wait $process
[ $? = 130 ] || { failures=$((failures + 1)); echo 'experiment: Ctrl-C gives 130'; }
holds endless/run.json '"status": "interrupted"'

printf "local run = experiment.start {name = 'e'}\nprint 'left'\nos.exit(3)\n" >leave.lua
expect 3 '^left$' "$brainlua" leave.lua --out leave
holds leave/run.json '"status": "failed"'

expect 0 '^here/report.html$' "$brainlua" report here
expect 0 '^comparison.html$' "$brainlua" report here runs/study/*
holds comparison.html '2 runs compared'
expect 1 'other: expected a run folder' "$brainlua" report other
expect 2 '^usage: brainlua report' "$brainlua" report
sleep 1.1  # IDs begin with the second
expect 1 'half-way' "$brainlua" study.lua --stop --beta 8
expect 0 '^beta <b> 8$' "$brainlua" study.lua --resume
[ "$(ls runs/study | wc -l)" = 2 ] || { failures=$((failures + 1)); echo 'experiment: --resume continues the newest run'; }
exit "$((failures > 0))"
