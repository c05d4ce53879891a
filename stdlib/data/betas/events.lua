-- What was shown in each trial: rows of BIDS events.tsv files or another table, or a list of labels.
local fail = require('brain.data.betas.files').fail
local file = require 'brain.file'
local is_frame = require('brain.frame').is_frame
local is_tensor = require('brain.native').is_tensor

local events = {}

local usual = {'trial_type', 'stim_file', 'condition', 'stimulus', 'label'}

local function is_table_file(value) return type(value) == 'string' and value:lower():find '%.[ct]sv$' ~= nil end

local function list_of(column) return is_tensor(column) and column:tolist() or column end

-- Names of the columns, in order.
local function names_of(columns)
  local names = {}
  for name in pairs(columns) do names[#names + 1] = name end
  return names
end

local function column_of(columns, name, where)
  local column = columns[name]
  if not column then fail(where, ": no column '", name, "'; columns are ", table.concat(names_of(columns), ', ')) end
  return list_of(column)
end

-- The column of labels: the one asked for, or the first of the usual.
local function label_column(columns, wanted, where)
  if wanted then return column_of(columns, wanted, where), wanted end
  for _, name in ipairs(usual) do
    if columns[name] then return list_of(columns[name]), name end
  end
  fail(where, ': expected a column ', table.concat(usual, ', '), ", or label = 'NAME'; columns are ",
    table.concat(names_of(columns), ', '))
end

-- Rows {label, run, session} of a table. numbers are kept, others are text.
local function rows_of(columns, o, where)
  local labels = label_column(columns, o.label, where)
  local result = {}
  for i, label in ipairs(labels) do result[i] = {label = label} end
  for _, name in ipairs {'run', 'session'} do
    local from = type(o[name]) == 'string' and o[name] or not o[name] and columns[name] and name
    if from then
      for i, value in ipairs(column_of(columns, from, where)) do result[i][name] = value end
    end
  end
  return result, #labels
end

local function count_text(rows)
  local counts, order = {}, {}
  for _, row in ipairs(rows) do
    local label = tostring(row.label)
    if not counts[label] then order[#order + 1] = label end
    counts[label] = (counts[label] or 0) + 1
  end
  local parts = {}
  for i = 1, math.min(#order, 6) do parts[i] = ('%s %d'):format(order[i], counts[order[i]]) end
  return table.concat(parts, ', ') .. (#order > 6 and ', ...' or '')
end

-- The rows that have betas, and which betas these are (0-based; nil: all). Ignored rows either have none, where the others are as
-- many as the betas, or theirs are left out, where all rows are.
local function matched(rows, count, ignored, where)
  local kept, places = {}, {}
  for i, row in ipairs(rows) do
    local out = row.label == '' or row.label == 'n/a' or row.label ~= row.label or ignored[row.label]
    if not out then
      kept[#kept + 1] = row
      places[#places + 1] = i - 1
    end
  end
  if #kept == count then return kept end
  if #rows == count then return kept, places end
  local others = #kept < #rows and (' (%d without those to ignore)'):format(#kept) or ''
  fail(where, (': expected a row for each of %d betas, found %d%s: %s; ignore = {labels} leaves rows out'):format(count, #rows,
    others, count_text(rows)))
end

local function numbers_of(rows, name)
  local codes, values, next_code = {}, {}, 0
  for i, row in ipairs(rows) do
    local value = row[name]
    if math.tointeger(value) then
      values[i] = math.tointeger(value)
    else  -- texts in the order in which they come
      if not codes[value] then
        next_code = next_code + 1
        codes[value] = next_code
      end
      values[i] = codes[value]
    end
  end
  return torch.tensor(values, {dtype = 'int64'})
end

-- The tables of rows that go with all files in turn ({{rows, where}}), one for each file or one for all.
local function tables(given, files)
  if is_table_file(given) then given = {given} end
  if is_frame(given) or type(given) == 'table' and not is_tensor(given) and #given == 0 then
    return {{given, 'events'}}
  end
  if type(given) == 'table' and not is_tensor(given) and is_table_file(given[1]) and (#given == 1 or #given == files) then
    local list = {}
    for i, path in ipairs(given) do
      if not is_table_file(path) then fail(('events: expected paths of .tsv or .csv files, found %s at place %d'):format(tostring(path), i)) end
      list[i] = {file.load(path), path}
    end
    return list
  end
  if type(given) == 'table' and is_table_file(given[1]) then
    fail(('events: expected one file, or one for each of %d files of betas, found %d'):format(files, #given))
  end
  if type(given) ~= 'table' and not is_tensor(given) then
    fail('events: expected a path, a list of paths, a table of columns or a list of labels, got ', type(given))
  end
  return {{{label = given}, 'events'}}
end

-- counts: betas in each file. -> {labels, run, session (int64 [trials] or nil), kept (places of betas or nil)}
function events.read(given, counts, o)
  local ignored = {}
  for _, label in ipairs(o.ignore or {}) do ignored[label] = true end
  local list = tables(given, #counts)
  local total = 0
  for _, count in ipairs(counts) do total = total + count end
  local all, kept, some, from = {}, {}, false, 0
  for i, entry in ipairs(list) do
    local count = #list == #counts and counts[i] or total
    local rows = rows_of(entry[1], o, entry[2])
    local found, places = matched(rows, count, ignored, entry[2])
    for n, row in ipairs(found) do
      all[#all + 1] = row
      kept[#kept + 1] = from + (places and places[n] or n - 1)
    end
    some = some or places ~= nil
    from = from + count
  end
  local result = {labels = {}, kept = some and torch.tensor(kept, {dtype = 'int64'}) or nil}
  for i, row in ipairs(all) do
    result.labels[i] = row.label
    if type(row.label) ~= type(all[1].label) then fail('events: labels: expected text or numbers, found both') end
  end
  if #all == 0 then fail('events: no trial is left') end
  for _, name in ipairs {'run', 'session'} do
    if all[1][name] ~= nil then result[name] = numbers_of(all, name) end
  end
  return result
end

return events
