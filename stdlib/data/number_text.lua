-- A matrix of numbers in a text file, as numpy.savetxt, MATLAB and spreadsheets write it.
local function fail(path, ...) error(path .. ': ' .. table.concat {...}, 0) end

local words = {nan = 0 / 0, ['-nan'] = 0 / 0, inf = 1 / 0, ['-inf'] = -1 / 0}

local function number(text) return tonumber(text) or words[text:lower()] end

-- number_text(path) -> {values = float64 [rows, columns] or, of a single column, [rows], labels = list or nil}. Separated by
-- tabs, commas, semicolons or spaces; a first line of names becomes labels, a first column of them is passed over.
return function(path)
  local stream, problem = io.open(path)
  if not stream then error(problem, 0) end
  local content = stream:read 'a'
  stream:close()
  local lines = {}
  for line in content:gmatch '[^\r\n]+' do
    if line:find '%S' and not line:find '^%s*#' then lines[#lines + 1] = line end  -- numpy.savetxt's comments
  end
  if #lines == 0 then fail(path, 'is empty') end
  local cell = lines[1]:find '\t' and '([^\t]*)\t?' or lines[1]:find '[,;]' and '([^,;]*)[,;]?' or '(%S+)'
  local labels, rows = nil, {}
  for i, line in ipairs(lines) do
    local cells = {}
    for text in line:gmatch(cell) do cells[#cells + 1] = text:match '^%s*"?(.-)"?%s*$' end
    if cells[#cells] == '' then cells[#cells] = nil end  -- what follows the last separator
    if i == 1 and #lines > 1 and not number(cells[#cells]) then
      if cells[1] == '' then table.remove(cells, 1) end
      labels = cells
    else
      if not number(cells[1]) and #cells > 1 then table.remove(cells, 1) end
      for j, text in ipairs(cells) do
        cells[j] = number(text) or fail(path, ("line %d: expected numbers, found '%s'"):format(i, text:sub(1, 40)))
      end
      if rows[1] and #cells ~= #rows[1] then
        fail(path, ('line %d: expected %d numbers, found %d'):format(i, #rows[1], #cells))
      end
      rows[#rows + 1] = torch.tensor(cells, {dtype = 'float64'})
    end
  end
  local values = torch.stack(rows)
  if values.shape[2] == 1 then values = values:squeeze(1) end
  return {values = values, labels = labels}
end
