-- report.html of a run folder, from what lies in it: one file that needs nothing else, without scripts.
local blame = require 'brain.blame'
local core = require 'brain.core'
local file = require 'brain.file'
local frame = require 'brain.frame'
local html = require 'brain.report.html'

local report = {}
local escape = html.escape

local function code(text) return '<code>' .. escape(text) .. '</code>' end

-- The record of a run folder; raises for another folder.
function report.read(folder)
  local path = folder .. '/run.json'
  if core.exists(path) ~= 'file' then
    blame.raise(('%s: expected a run folder, one that holds run.json'):format(folder))
  end
  return file.load(path)
end

-- "2026-01-31 12:00" of a time in run.json.
function report.time(text) return (tostring(text):gsub('T', ' '):gsub(':%d%dZ$', ' UTC')) end

-- What a run is called: its name and its ID.
function report.duration(record)
  return record.seconds and record.ended and core.duration(record.seconds) or nil
end

local function header(record)
  local about = {('run %s'):format(escape(record.id)), escape(report.time(record.started))}
  local duration = report.duration(record)
  if duration then about[#about + 1] = escape(duration) end
  local lines = {('<h1>%s</h1>'):format(escape(record.name))}
  if record.status ~= 'finished' then
    table.insert(about, 1, ('<span class="status">%s</span>'):format(escape(record.status)))
  end
  lines[#lines + 1] = '<p class="meta">' .. table.concat(about, ' · ') .. '</p>'
  if record.error then lines[#lines + 1] = '<p class="error">' .. escape(record.error) .. '</p>' end
  if record.headline then lines[#lines + 1] = '<p class="lead">' .. escape(record.headline) .. '</p>' end
  for _, paragraph in ipairs(record.text or {}) do lines[#lines + 1] = '<p>' .. escape(paragraph) .. '</p>' end
  return table.concat(lines, '\n')
end

local function section(title, body) return body ~= '' and ('<h2>%s</h2>\n%s'):format(escape(title), body) or '' end

local function caption(kind, n, entry)
  local text = entry.caption or entry.name
  return ('<figcaption><b>%s %d.</b> %s</figcaption>'):format(kind, n, escape(text))
end

local function figures(folder, record)
  local parts = {}
  for i, entry in ipairs(record.figures or {}) do
    local picture = html.picture(('%s/figures/%s'):format(folder, entry.name), entry.caption or entry.name)
    picture = picture or ('<p class="error">figures/%s is missing</p>'):format(escape(entry.name))
    parts[i] = ('<figure>%s\n%s</figure>'):format(picture, caption('Figure', i, entry))
  end
  return table.concat(parts, '\n')
end

-- The table of the summary, then the others with their captions.
local function tables(folder, record)
  local summary, parts = '', {}
  for _, entry in ipairs(record.tables or {}) do
    local path = ('%s/tables/%s.csv'):format(folder, entry.name)
    local body = core.exists(path) and html.table(frame.read(path)) or
        ('<p class="error">%s is missing</p>'):format(escape(path))
    if entry.name == 'summary' then
      summary = body
    else
      parts[#parts + 1] = ('<figure>%s\n%s</figure>'):format(caption('Table', #parts + 1, entry), body)
    end
  end
  return summary, table.concat(parts, '\n')
end

local function options_list(record)
  local list = {}
  for name, value in pairs(record.options or {}) do list[#list + 1] = {name, html.value(value)} end
  return html.definitions(list)
end

-- The curves where figures can be drawn, then the rows.
local function metrics(folder)
  local path = folder .. '/metrics.csv'
  if core.exists(path) ~= 'file' then return '' end
  local rows = frame.read(path)
  if #rows == 0 then return '' end
  return require('brain.report.curves')(rows) .. html.table(rows, 12)
end

local function script_text(script)
  if not script then return nil end
  local text = code(script.path)
  local git = script.git
  if not git then return text end
  return ('%s at commit %s%s'):format(text, code(git.commit:sub(1, 12)), git.changed and ', changed since' or '')
end

local function command_text(record)
  local words = {'brainlua', record.script and record.script.path or 'SCRIPT'}
  for _, word in ipairs(record.command or {}) do
    words[#words + 1] = word:find '^[%w_./:=,+-]+$' and word or "'" .. word:gsub("'", "'\\''") .. "'"
  end
  return code(table.concat(words, ' '))
end

local function resumed_text(record)
  local times = {}
  for i, entry in ipairs(record.resumed or {}) do times[i] = escape(report.time(entry.time)) end
  return #times > 0 and table.concat(times, ', ') or nil
end

-- Some fields of a table as text.
local function filled(pattern, t, ...)
  local values = {}
  for i, name in ipairs {...} do values[i] = escape(t[name]) end
  return pattern:format(table.unpack(values))
end

local function provenance(record)
  return html.definitions {
    {'Command', command_text(record)},
    {'Script', script_text(record.script)},
    {'Script SHA-256', record.script and record.script.sha256 and code(record.script.sha256)},
    {'Versions', filled('brainlua %s, LibTorch %s, %s', record.versions or {}, 'brainlua', 'libtorch', 'lua')},
    {'Computer', filled('%s: %s, %s cores, %s', record.host or {}, 'name', 'cpu', 'cores', 'memory')},
    {'Device', filled('%s, %s threads', record, 'device', 'threads')},
    {'Seed', escape(record.seed)},
    {'Started', escape(report.time(record.started))},
    {'Resumed', resumed_text(record)},
    {'Ended', record.ended and escape(report.time(record.ended))},
  }
end

local function inputs(record)
  local list = {}
  for i, entry in ipairs(record.inputs or {}) do
    local what = entry.fingerprint and code(entry.fingerprint) or
        ('folder of %s files, names %s'):format(escape(entry.files), code(entry.names_sha256))
    list[i] = {entry.path, what}
  end
  return html.definitions(list)
end

local function steps(record)
  local list = {}
  for i, step in ipairs(record.steps or {}) do list[i] = {step.name, escape(core.duration(step.seconds))} end
  return html.definitions(list)
end

local function results(record)
  local names = {}
  for i, name in ipairs(record.results or {}) do names[i] = code(name) end
  return #names > 0 and '<p>' .. table.concat(names, ', ') .. '</p>' or ''
end

-- The page of one run folder.
function report.html(folder)
  local record = report.read(folder)
  local summary, other_tables = tables(folder, record)
  local parts = {
    header(record), summary,
    section('Figures', figures(folder, record)),
    section('Tables', other_tables),
    section('Options', options_list(record)),
    section('Metrics', metrics(folder)),
    section('Results in results.h5', results(record)),
    section('Provenance', provenance(record)),
    section('Input files', inputs(record)),
    section('Steps', steps(record)),
  }
  local body = {}
  for _, part in ipairs(parts) do
    if part ~= '' then body[#body + 1] = part end
  end
  return html.page(record.name, table.concat(body, '\n'))
end

-- Writes report.html into a run folder; gives its path.
function report.write(folder)
  local path = folder .. '/report.html'
  core.write_file(path, report.html(folder))
  return path
end

return report
