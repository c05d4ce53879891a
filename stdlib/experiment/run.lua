-- A run: one execution of a script and the folder that holds everything about it.
local blame = require 'brain.blame'
local core = require 'brain.core'
local file = require 'brain.file'
local frame = require 'brain.frame'
local metrics = require 'brain.experiment.metrics'
local native = require 'brain.native'
local options = require 'brain.options'
local ordered = require 'brain.ordered'
local parallel = require 'brain.experiment.parallel'
local provenance = require 'brain.experiment.provenance'
local results = require 'brain.experiment.results'
local steps = require 'brain.experiment.steps'

local Run = {__name = 'Run'}
Run.__index = Run

local function note(text, ...) core.info(text:format(...)) end

local function hundredths(x) return math.floor(x * 100 + 0.5) / 100 end

-- Writes run.json. Lists that have nothing in them are left out.
function Run:write_record()
  if self.dry then return end
  local kept = {}
  for _, name in ipairs(self.record_names) do
    local value = self.record[name]
    if type(value) == 'table' and not getmetatable(value) and next(value) == nil then value = nil end
    kept[name] = value
  end
  file.save(self.folder .. '/run.json', ordered(kept, {table.unpack(self.record_names)}))
end

-- fields: name, id, folder, options, dry, device, seed, threads, resumed (whether the folder holds an earlier part).
-- record: what run.json holds, in the order of names. Nothing is read or written before `begin`.
function Run.new(fields, record, names)
  local self = setmetatable(fields, Run)
  self.record, self.record_names, self.steps_done, self.began = record, names, {}, native.wall_seconds()
  self.metrics = metrics.new()
  if self.dry then return self end
  self.checkpoints = self.folder .. '/checkpoints'
  self.results = results(self.folder)
  return self
end

-- Makes the folder, or reads what the earlier part of the run left there.
function Run:begin()
  if self.dry then return end
  core.make_folders(self.folder)
  core.log_file(self.folder .. '/log.txt')
  local path = self.folder .. '/metrics.csv'
  self.metrics = metrics.new(path, self.resumed and metrics.read(path))
  if self.resumed then self.results:load() end
  self:write_record()
  note('%s %s: %s', self.resumed and 'resuming' or 'run', self.name, self.folder)
end

local function check(self, method)
  if getmetatable(self) ~= Run then blame.raise(('%s: call it as run:%s(...)'):format(method, method)) end
  if self.closed then blame.raise(('run:%s: the run has ended'):format(method)) end
  if self.inside and method ~= 'log' then blame.raise(('run:%s: not inside run:steps; give the value back instead'):format(method)) end
end

-- Adds an entry to a list of the record, replacing the one of that name.
local function register(self, list, key, entry)
  local entries = self.record[list]
  for i, known in ipairs(entries) do
    if known[key] == entry[key] then
      entries[i] = entry
      return
    end
  end
  entries[#entries + 1] = entry
end

-- A row of metrics.csv {name = number or text, ...}; columns may come later. Goes to the terminal and the log, too.
function Run:log(row)
  check(self, 'log')
  self.metrics:log(row)
  local parts = {}
  for _, name in ipairs(self.metrics.rows.columns) do
    local value = row[name]
    if native.is_tensor(value) then value = value:item() end
    if math.type(value) == 'float' then value = ('%.5g'):format(value) end
    if value ~= nil then parts[#parts + 1] = ('%s %s'):format(name, tostring(value)) end
  end
  note('%s', table.concat(parts, '  '))
end

-- Number of rows logged so far: what a checkpoint keeps, for run:restore.
function Run:rows() return #self.metrics.rows end

-- The rows logged so far.
function Run:history() return self.metrics.rows:copy() end

-- In a resumed run: takes the metrics of its earlier part up to `rows` rows, as they were at a checkpoint.
function Run:restore(rows)
  check(self, 'restore')
  self.metrics:restore(rows)
end

-- Saves a value in results.h5 under 'group/name'.
function Run:save(name, value, given)
  check(self, 'save')
  given = options('run:save', given, {dims = options.none, labels = options.none, attributes = options.none})
  if self.dry then return end
  self.results:save(name, value, given)
  self.record.results = {table.unpack(self.results.names)}
  for path in pairs(self.results.links) do table.insert(self.record.results, path) end
  table.sort(self.record.results)
  self:write_record()
end

local function check_file_name(method, name)
  if type(name) ~= 'string' or not name:find '^[%w_][%w_./ -]*$' or name:find('..', 1, true) then
    blame.raise(("run:%s: expected a name of letters, digits, '_', '-', '.', '/', got %s"):format(method,
      type(name) == 'string' and "'" .. name .. "'" or type(name)))
  end
end

-- Saves a figure (what has a method save) as figures/NAME.svg and .png, for the report with an optional caption.
function Run:figure(name, figure, caption)
  check(self, 'figure')
  check_file_name('figure', name)
  local ok, save = pcall(function() return figure.save end)
  if not ok or save == nil then blame.raise('run:figure: expected a figure, got ' .. type(figure)) end
  if self.dry then return figure end
  local path = ('%s/figures/%s'):format(self.folder, name)
  core.make_folders(path:match '^(.*)/')
  figure:save(path .. '.svg')
  figure:save(path .. '.png')
  register(self, 'figures', 'name', ordered({name = name, caption = caption}, {'name', 'caption'}))
  self:write_record()
  return figure
end

-- Saves a Frame as tables/NAME.csv, for the report with an optional caption.
function Run:table(name, content, caption)
  check(self, 'table')
  check_file_name('table', name)
  if not frame.is_frame(content) then blame.raise('run:table: expected a Frame, got ' .. type(content)) end
  if self.dry then return content end
  local path = ('%s/tables/%s.csv'):format(self.folder, name)
  core.make_folders(path:match '^(.*)/')
  content:write(path)
  register(self, 'tables', 'name', ordered({name = name, caption = caption}, {'name', 'caption'}))
  self:write_record()
  return content
end

-- Registers an input file or folder with its hash; gives the path.
function Run:input(path)
  check(self, 'input')
  if type(path) ~= 'string' then blame.raise('run:input: expected a path, got ' .. type(path)) end
  if self.dry then return path end
  local entry = provenance.input(path)
  if not entry then blame.raise(("run:input: %s: no such file or folder"):format(path)) end
  register(self, 'inputs', 'path', entry)
  self:write_record()
  return path
end

local function check_step(self, method, name, fn)
  steps.check_name(name)
  if type(fn) ~= 'function' then blame.raise(("run:%s: '%s': expected a function, got %s"):format(method, name, type(fn))) end
  if self.steps_done[name] then blame.raise(("run:%s: '%s' comes twice"):format(method, name)) end
  self.steps_done[name] = true
end

local function step_done(self, name, seconds)
  register(self, 'steps', 'name', ordered({name = name, seconds = hundredths(seconds)}, {'name', 'seconds'}))
  self:write_record()
  note('step %s: done in %s', name, core.duration(seconds))
end

-- fn(), once in the life of a run: when the run is resumed, what it gave (Tensors, numbers, texts, tables and Frames of
-- them) is taken from steps/NAME.pt, together with the metrics it logged.
function Run:step(name, fn)
  check(self, 'step')
  check_step(self, 'step', name, fn)
  if self.dry then return fn() end
  local kept, rows = nil, nil
  if self.resumed then kept, rows = steps.load(self.folder, name) end
  if kept then
    self.metrics:restore(rows)
    note('step %s: kept from before', name)
    return table.unpack(kept, 1, kept.n)
  end
  note('step %s', name)
  local start = native.wall_seconds()
  local given = table.pack(fn())
  self.results:flush()
  steps.store(self.folder, name, given, self:rows())
  step_done(self, name, native.wall_seconds() - start)
  return table.unpack(given, 1, given.n)
end

-- list: {{'name', fn}, ...}, steps that do not need each other, -> what each gave (one value), in that order. On a CPU as many
-- run at a time as the run has threads, each in a process that computes on one thread and sees the data of this one; what
-- fn changes stays in there. Each begins with the random numbers of the caller.
function Run:steps(list)
  check(self, 'steps')
  if type(list) ~= 'table' then blame.raise('run:steps: expected a list of {name, fn}, got ' .. type(list)) end
  local given, waiting, kept = {}, {}, {}
  for i, one in ipairs(list) do
    if type(one) ~= 'table' then blame.raise(('run:steps: [%d]: expected {name, fn}, got %s'):format(i, type(one))) end
    check_step(self, 'steps', one[1], one[2])
    kept[i] = self.resumed and parallel.kept(self, one[1]) or nil
    if self.dry then given[i] = one[2]()
    elseif kept[i] then note('step %s: kept from before', one[1])
    else waiting[#waiting + 1] = {name = one[1], fn = one[2], place = i} end
  end
  if self.dry then return given end
  parallel.run(self, waiting, #list == 1, function(job)
    kept[job.place] = parallel.kept(self, job.name)
    step_done(self, job.name, kept[job.place][3])
  end)
  for i = 1, #list do
    given[i] = kept[i][1]
    for _, row in (kept[i][2] or frame.new {}):each() do self.metrics:log(row) end
  end
  return given
end

-- What the script is about to do: lines {'reading', bytes =, seconds =, note =}. A dry run prints them with their sums,
-- any other logs them.
function Run:plan(lines)
  check(self, 'plan')
  if type(lines) ~= 'table' then blame.raise('run:plan: expected a list of lines, got ' .. type(lines)) end
  local rows, bytes, seconds, width = {}, 0, 0, #'in all'
  for _, line in ipairs(lines) do
    local named = {what = type(line) == 'table' and line[1] or line}
    for key, value in pairs(type(line) == 'table' and line or {}) do
      if key ~= 1 then named[key] = value end
    end
    local entry = options('run:plan', named, {what = '', bytes = options.none, seconds = options.none, note = ''})
    bytes, seconds = bytes + (entry.bytes or 0), seconds + (entry.seconds or 0)
    rows[#rows + 1], width = entry, math.max(width, #entry.what)
  end
  rows[#rows + 1] = {what = 'in all', bytes = bytes, seconds = seconds, note = ''}
  for _, row in ipairs(rows) do
    local text = (('%-' .. width .. 's  %10s  %8s  %s'):format(row.what, row.bytes and core.bytes(row.bytes) or '',
      row.seconds and core.duration(row.seconds) or '', row.note):gsub(' +$', ''))
    if self.dry then print(text) else note('%s', text) end
  end
end

-- Ends the run: keeps a headline, a text (paragraphs) and a Frame, writes report.html and prints the headline and the
-- table.
function Run:finish(given)
  check(self, 'finish')
  local summary = options('run:finish', given, {headline = options.none, text = options.none, table = options.none})
  if summary.table ~= nil and not frame.is_frame(summary.table) then
    blame.raise('run:finish: table: expected a Frame, got ' .. type(summary.table))
  end
  local text = summary.text
  if type(text) == 'string' then text = {text} end
  if summary.headline then print(summary.headline) end
  if summary.table then print(tostring(summary.table)) end
  if self.dry then
    self:close 'finished'
    return
  end
  if summary.table then self:table('summary', summary.table) end
  self.record.headline, self.record.text = summary.headline, text or {}
  self:close 'finished'
  print('report: ' .. require('brain.report').write(self.folder))
end

-- The last line of the log: what went wrong, which the command line itself tells the user.
local function log_error(folder, message)
  local log = io.open(folder .. '/log.txt', 'ab')
  if not log then return end
  log:write(('%s error %s\n'):format(provenance.now(), (message:gsub('\n', '\\n'))))
  log:close()
end

-- Ends the run with a status: 'finished', 'failed' (with what went wrong) or 'interrupted'. Once.
function Run:close(status, message)
  if self.closed then return end
  self.closed = true
  if self.dry or core.exists(self.folder) ~= 'folder' then return end
  self.results:flush()
  if status == 'finished' then self.metrics:cut() end
  self.record.status, self.record.error, self.record.ended = status, message, provenance.now()
  self.record.seconds = hundredths(self.record.seconds + native.wall_seconds() - self.began)
  self:write_record()
  note('%s %s', self.name, status)
  core.log_file()
  if message then log_error(self.folder, message) end
end

return Run
