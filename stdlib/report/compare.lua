-- A page that compares several runs: what differs between them beside what came out.
local core = require 'brain.core'
local frame = require 'brain.frame'
local html = require 'brain.report.html'
local native = require 'brain.native'
local report = require 'brain.report'

-- Last value of each number column of metrics.csv.
local function last_metrics(folder)
  local path, last = folder .. '/metrics.csv', {}
  if core.exists(path) ~= 'file' then return last end
  for name, values in pairs(frame.read(path)) do
    if native.is_tensor(values) and values.dtype ~= 'bool' then
      local present = values:masked_select(values:isnan():logical_not())
      if #present > 0 then last[name] = present[-1]:item() end
    end
  end
  return last
end

local function sorted_names(tables)
  local seen, names = {}, {}
  for _, t in ipairs(tables) do
    for name in pairs(t) do
      if not seen[name] then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names)
  return names
end

-- The options of all runs: those that differ, as names, and those that do not, as definitions.
local function split_options(records)
  local all = {}
  for i, record in ipairs(records) do
    all[i] = {seed = record.seed, device = record.device}
    for name, value in pairs(record.options or {}) do all[i][name] = html.value(value) end
  end
  local differing, common = {}, {}
  for _, name in ipairs(sorted_names(all)) do
    local same = true
    for i = 2, #all do same = same and all[i][name] == all[1][name] end
    if same then common[#common + 1] = {name, html.value(all[1][name])} else differing[#differing + 1] = name end
  end
  return all, differing, common
end

local function run_table(records, options, differing, metrics)
  local lines = {'<div class="wide"><table><thead><tr><th>Run</th>'}
  local metric_names = sorted_names(metrics)
  for _, name in ipairs(differing) do lines[#lines + 1] = ('<th>%s</th>'):format(html.escape(name)) end
  for _, name in ipairs(metric_names) do lines[#lines + 1] = ('<th class="n">%s</th>'):format(html.escape(name)) end
  lines[#lines + 1] = '<th>Status</th><th>Time</th></tr></thead><tbody>'
  for i, record in ipairs(records) do
    lines[#lines + 1] = ('<tr><td class="id">%s</td>'):format(html.escape(record.id))
    for _, name in ipairs(differing) do lines[#lines + 1] = ('<td>%s</td>'):format(options[i][name] or '–') end
    for _, name in ipairs(metric_names) do
      lines[#lines + 1] = ('<td class="n">%s</td>'):format(metrics[i][name] and html.number(metrics[i][name]) or '–')
    end
    lines[#lines + 1] = ('<td>%s</td><td class="id">%s</td></tr>'):format(html.escape(record.status),
      html.escape(report.duration(record) or '–'))
  end
  lines[#lines + 1] = '</tbody></table></div>'
  return table.concat(lines)
end

local function headlines(records)
  local list = {}
  for i, record in ipairs(records) do list[i] = {record.id, html.escape(record.headline or record.error or '–')} end
  return html.definitions(list)
end

-- Figures of one name beside each other.
local function figures(folders, records)
  local names, of = {}, {}
  for i, record in ipairs(records) do
    for _, entry in ipairs(record.figures or {}) do
      if not of[entry.name] then
        of[entry.name] = {}
        names[#names + 1] = entry.name
      end
      local picture = html.picture(('%s/figures/%s'):format(folders[i], entry.name), entry.caption or entry.name)
      if picture then
        table.insert(of[entry.name], ('<figure>%s<figcaption><b>%s</b> %s</figcaption></figure>'):format(picture,
          html.escape(record.id), html.escape(entry.caption or entry.name)))
      end
    end
  end
  local parts = {}
  for _, name in ipairs(names) do
    parts[#parts + 1] = ('<h2>%s</h2><div class="pair">%s</div>'):format(html.escape(name),
      table.concat(of[name], '\n'))
  end
  return table.concat(parts, '\n')
end

return function(folders)
  local records, metrics = {}, {}
  for i, folder in ipairs(folders) do records[i], metrics[i] = report.read(folder), last_metrics(folder) end
  local names = {}
  for _, record in ipairs(records) do names[record.name] = true end
  local title = table.concat(sorted_names {names}, ', ')
  local options, differing, common = split_options(records)
  return html.page(title, table.concat({
    ('<h1>%s</h1>\n<p class="meta">%d runs compared</p>'):format(html.escape(title), #records),
    run_table(records, options, differing, metrics),
    '<h2>Headlines</h2>', headlines(records),
    #common > 0 and '<h2>Options in common</h2>' .. html.definitions(common) or '',
    figures(folders, records),
  }, '\n'))
end
