-- Pieces of HTML: every text that comes from a run passes `escape`.
local native = require 'brain.native'

local html = {}

local entities = {['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;', ["'"] = '&#39;'}

-- Bytes that are not UTF-8 become the mark for that, control characters spaces.
function html.escape(value)
  local text = tostring(value):gsub('[&<>"\']', entities)
  local fine, place = utf8.len(text)
  while not fine do
    text = text:sub(1, place - 1) .. '\u{FFFD}' .. text:sub(place + 1)
    fine, place = utf8.len(text, place)
  end
  return (text:gsub('[%z\1-\8\11\12\14-\31]', ' '))
end
local escape = html.escape

-- A number as a reader wants it: integers whole, others with five digits.
function html.number(value)
  if value ~= value then return '–' end
  if math.type(value) == 'integer' then return tostring(value) end
  if math.abs(value) == math.huge then return value > 0 and '∞' or '−∞' end
  return (('%.5g'):format(value):gsub('^%-', '−'):gsub('e%-', 'e−'):gsub('e%+', 'e'))
end

-- A value in a sentence or a cell.
function html.value(value)
  if type(value) == 'number' then return html.number(value) end
  if type(value) == 'table' and not native.is_tensor(value) then
    local parts = {}
    for i, item in ipairs(value) do parts[i] = html.value(item) end
    return table.concat(parts, ', ')
  end
  return escape(value)
end

-- Pairs {term, html of its description} as a list of definitions; without a description the term is left out.
function html.definitions(pairs_of)
  local lines = {}
  for _, pair in ipairs(pairs_of) do
    if pair[2] and pair[2] ~= '' then
      lines[#lines + 1] = ('<div><dt>%s</dt><dd>%s</dd></div>'):format(escape(pair[1]), pair[2])
    end
  end
  return #lines > 0 and '<dl>' .. table.concat(lines, '\n') .. '</dl>' or ''
end

-- Decimals at which all numbers of a column keep what five digits say of them, or nil where sizes differ too much.
local function decimals_of(list)
  local largest, smallest = 0, math.huge
  for _, value in ipairs(list) do
    local size = math.abs(value)
    if size == size and size > 0 then largest, smallest = math.max(largest, size), math.min(smallest, size) end
  end
  if largest == 0 or largest >= 1e6 or smallest < largest * 1e-3 then return nil end
  local decimals = math.max(0, 3 - math.floor(math.log(largest, 10)))
  if decimals > 7 then return nil end
  local function same(places)
    for _, value in ipairs(list) do
      if value == value and (('%.' .. decimals .. 'f'):format(value) - ('%.' .. places .. 'f'):format(value)) ~= 0 then
        return false
      end
    end
    return true
  end
  while decimals > 0 and same(decimals - 1) do decimals = decimals - 1 end
  return decimals
end

-- The cells of a column of numbers, aligned at the point where their sizes allow it.
local function number_cells(list)
  local decimals = math.type(list[1]) == 'float' and decimals_of(list)
  local cells = {}
  for i, value in ipairs(list) do
    if decimals and value == value then cells[i] = (('%.' .. decimals .. 'f'):format(value):gsub('^%-', '−'))
    else cells[i] = html.value(value) end
  end
  return cells
end

local function row_html(cells, right, tag)
  local parts = {}
  for i, cell in ipairs(cells) do
    parts[i] = ('<%s%s>%s</%s>'):format(tag, right[i] and ' class="n"' or '', cell, tag)
  end
  return '<tr>' .. table.concat(parts) .. '</tr>'
end

-- A Frame as a table; of more than `limit` rows the first and the last.
function html.table(f, limit)
  limit = limit or 60
  local titles, lists, right = {}, {}, {}
  for i, name in ipairs(f.columns) do
    local values = f:column(name)
    titles[i], right[i] = escape(name), native.is_tensor(values)
    if right[i] then
      lists[i] = number_cells(values:tolist())
    else
      lists[i] = {}
      for row, text in ipairs(values) do lists[i][row] = escape(text) end
    end
  end
  local lines = {'<div class="wide"><table><thead>' .. row_html(titles, right, 'th') .. '</thead><tbody>'}
  for row = 1, #f do
    if #f <= limit or row <= limit // 2 or row > #f - limit // 2 then
      local cells = {}
      for i, list in ipairs(lists) do cells[i] = list[row] end
      lines[#lines + 1] = row_html(cells, right, 'td')
    elseif row == limit // 2 + 1 then
      local left_out = #f - 2 * (limit // 2)
      lines[#lines + 1] = ('<tr><td colspan="%d" class="gap">%d rows</td></tr>'):format(#titles, left_out)
    end
  end
  lines[#lines + 1] = '</tbody></table></div>'
  return table.concat(lines, '\n')
end

local digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

-- Base 64 (RFC 4648).
function html.base64(bytes)
  local pair, parts = {}, {}
  for high = 1, 64 do
    for low = 1, 64 do pair[(high - 1) << 6 | (low - 1)] = digits:sub(high, high) .. digits:sub(low, low) end
  end
  local whole = #bytes - #bytes % 3
  for i = 1, whole, 3 do
    local a, b, c = bytes:byte(i, i + 2)
    parts[#parts + 1] = pair[a << 4 | b >> 4]
    parts[#parts + 1] = pair[(b & 15) << 8 | c]
  end
  if whole < #bytes then
    local a, b = bytes:byte(whole + 1, whole + 2)
    local text = pair[a << 4 | (b or 0) >> 4] .. pair[((b or 0) & 15) << 8]
    parts[#parts + 1] = b and text:sub(1, 3) .. '=' or text:sub(1, 2) .. '=='
  end
  return table.concat(parts)
end

local large_svg = 600 * 1024  -- bytes above which the PNG is shown instead

local function content_of(path)
  local file = io.open(path, 'rb')
  local content = file and file:read 'a'
  if file then file:close() end
  return content
end

-- <img> of PATH.svg, or PATH.png where the drawing is large or not there; nil when neither is. As an image a drawing
-- brings no scripts, and its names do not meet those of another.
function html.picture(path, alternative)
  local svg, png = content_of(path .. '.svg'), nil
  if not svg or #svg > large_svg then png = content_of(path .. '.png') end
  local bytes = png or svg
  if not bytes then return nil end
  return ('<img alt="%s" src="data:image/%s;base64,%s">'):format(escape(alternative), png and 'png' or 'svg+xml',
    html.base64(bytes))
end

local head = [[
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>
%s</style>
</head>
]]

-- The page: body is HTML.
function html.page(title, body)
  return head:format(escape(title), require 'brain.report.style') ..
      '<body>\n<main>\n' .. body .. '\n</main>\n</body>\n</html>\n'
end

return html
