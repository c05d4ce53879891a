-- Help texts of frame and experiment. tests/stdlib/{frame,experiment}_test.lua fail when a function is missing here.
local help = require 'brain.help'

help.add_all [[
frame.new{{name, values}, ...} -> Frame
values: a 1-D Tensor, a list of numbers, texts or booleans (torch.null where one is missing), or a single value
for every row. frame.new{name = values, ...} sorts the columns by name; a Frame or what file.load gives keeps
its order. help 'frame.Frame' lists the methods.

frame.from_rows{{a = 1, b = 'x'}, ...} -> Frame
A Frame of rows; what a row does not name is NaN or ''.

frame.read(path, {types, separator, columns}) -> Frame
A table of separated values (.csv, .tsv; RFC 4180). Columns of integers are int64, of numbers float64 (empty
and NA: NaN), of true and false bool, others text; labels as 007 stay text. types = {name = 'text'|'number'|
'integer'|'boolean'} decides instead of guessing; columns = {names} for a file without a line of names.

frame.is_frame(value) -> boolean

frame.Frame: ordered columns; numbers and booleans are 1-D Tensors, texts are lists; rows count from 0
f.name, f:column(name)     a column; f.name = values or f:column(name, values) sets one (a single value for all
                           rows), f.name = nil takes it away; f:column for those named as a method
f.columns, #f, pairs(f)    names in order; number of rows; names and columns
f:row(i), f:each()         a row as a table; for i, row in f:each() do
f:where(condition)         rows for which a function of the row holds, or {column = value, list of values or
                           function of the value, ...}, or a bool Tensor
f:select(names)            some columns; f:rename{old = 'new'}; f:copy()
f:take(places), f:head(n)  rows at 0-based places; the first n = 10
f:sort(names, {descending = false})   stable, NaN last; descending: true, or a list of the names that descend
f:group(names, {new = {column, how}}) one row for each combination; how: mean, sum, min, max, count, std (n - 1),
                           sem, median (NaN left out), first, or a function of the values; new = 'count' counts
                           rows; a list {{new, column, how}, ...} keeps its order
f:join(other, {on = names, kind = 'inner'|'left'})   every pair of rows that agree in the columns on
f:append{name = value}     adds a row, in place; a new name begins a column
f:write(path, {separator}) .csv or .tsv, whole or not at all

experiment.start{name, options = {key = {default, 'help', choices}}, about} -> run
Begins the run of a script in a folder of its own, runs/NAME/ID. Options get their types from their defaults
(numbers, texts, booleans, lists) and their values from the command line: --key value, --key=value, --flag,
--no-flag. Every script also has --seed --device --threads --out --resume --dry-run --help. help
'experiment.run' lists what a run can do.

experiment.optional(kind, help) -> an option without a default
kind: 'number', 'integer', 'text', 'boolean', 'list', or 'path' (a file or folder that must exist).

experiment.current() -> the run of this script, or nil

experiment.run: what experiment.start returns
run.options                the options by name, with seed, device and threads
run.folder, run.name, run.id, run.seed, run.device, run.checkpoints, run.dry, run.resumed
run:log{epoch = 1, loss = 0.2}  a row of metrics.csv, a line of log.txt; columns may come later
run:save('eeg/similarity', t, {dims = {'area', 'time'}, labels = {area = list}, attributes = {}})
                           into results.h5: a Tensor, text, number, list, or a table or Frame of them; labels lie in
                           labels/NAME/DIM; above 64 MB the array is a file of its own, linked
run:figure(name, figure, caption)  figures/NAME.svg and .png, for the report
run:table(name, f, caption)        a Frame as tables/NAME.csv, for the report
run:input(path)            keeps the hash of an input file; gives the path
run:step(name, fn)         fn() once in the life of a run: with --resume what it gave is taken from steps/NAME.pt
run:steps{{name, fn}, ...} -> what each gave, a list: steps that do not need each other, run at once in processes of one
                           thread each, as many as the run has threads (on a CPU; elsewhere one by one)
run:rows(), run:history()  how many rows were logged, and those as a Frame
run:restore(rows)          with --resume: takes the rows as they were at a checkpoint
run:plan{{'fit', bytes = n, seconds = s, note = ''}, ...}  what will be done; printed by --dry-run
run:finish{headline, text, table}  report.html, and the headline and table on the terminal
]]
