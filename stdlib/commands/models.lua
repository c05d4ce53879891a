-- brainlua models [PATTERN]: the networks that can be made by name; where one matches, its layers in the order in which
-- they run.
local native = require 'brain.models.native'

local function shape_text(t)
  local sizes = {}
  for i, size in ipairs(t.shape) do sizes[i] = tostring(size) end
  return table.concat(sizes, ' x ')
end

-- 1234567 as 1,234,567
local function grouped(n) return (tostring(n):reverse():gsub('(%d%d%d)', '%1,'):reverse():gsub('^,', '')) end

-- Columns as wide as their widest cell; those in `right` end at their right edge.
local function print_table(rows, right)
  local widths = {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, #cell) end
  end
  for _, row in ipairs(rows) do
    local cells = {}
    for i, cell in ipairs(row) do
      local space = (' '):rep(widths[i] - #cell)
      cells[i] = right[i] and space .. cell or cell .. space
    end
    print((table.concat(cells, '  '):gsub(' +$', '')))
  end
end

local function list(names)
  local rows = {{'name', 'parameters', 'input'}}
  for _, name in ipairs(names) do
    local side = models.transform(name).crop
    rows[#rows + 1] = {name, grouped(native.outline(name):count_parameters()), ('3 x %d x %d'):format(side, side)}
  end
  print_table(rows, {[2] = true})
end

-- Parameters of a module itself, without those of the modules in it.
local function own_parameters(modules)
  local total, own = {}, {}
  for _, module in ipairs(modules) do total[module.name] = module.layer:count_parameters() end
  for _, module in ipairs(modules) do
    own[module.name] = (own[module.name] or 0) + total[module.name]
    local parent = module.name:match '^(.*)%.[^.]*$' or ''
    if module.name ~= '' then own[parent] = (own[parent] or 0) - total[module.name] end
  end
  return own, total
end

local function describe(name)
  local preprocessing = models.transform(name)
  local side = preprocessing.crop
  local network = models.create(name, {seed = 0}):eval()
  local modules = network:named_modules()
  local own = own_parameters(modules)
  local class, calls, rows = {}, {}, {{'layer', 'class', 'output', 'parameters'}}
  for _, module in ipairs(modules) do class[module.name] = module.layer:class_name() end
  local hooks <close> = network:on('**', function(called, output)
    local call = calls[called] or 0
    calls[called] = call + 1
    local parameters = call == 0 and own[called] or 0
    local shown = torch.is_tensor(output) and shape_text(output) or ''
    rows[#rows + 1] = {called == '' and '(whole)' or called, class[called], shown, parameters > 0 and grouped(parameters) or ''}
    rows[#rows].call = {called, call}
  end)
  torch.no_grad(function() network(torch.zeros(1, 3, side, side)) end)
  for i = 2, #rows do
    local called, call = table.unpack(rows[i].call)
    if calls[called] > 1 then rows[i][1] = ('%s#%d'):format(called, call) end
  end
  print(('%s: %s parameters, input 3 x %d x %d'):format(name, grouped(network:count_parameters()), side, side))
  local function numbers(values) return ('%.4g, %.4g, %.4g'):format(table.unpack(values)) end
  print(('%s, mean %s, std %s of values from 0 to 1'):format(preprocessing.colour:upper(), numbers(preprocessing.mean),
    numbers(preprocessing.std)))
  print_table(rows, {[4] = true})
end

return function(arguments)
  if arguments[2] then
    io.stderr:write 'usage: brainlua models [PATTERN]\n'
    return 2
  end
  local pattern = arguments[1] or '**'
  local ok, names = true, nil
  if pattern:find '[*?{]' then
    ok, names = pcall(models.list, pattern:find '/' and pattern or '**/' .. pattern)
    if ok and #names == 0 then ok, names = false, ("nothing matches '%s'"):format(pattern) end
  else
    ok, names = pcall(function() return {native.find(pattern)} end)
  end
  if not ok then
    io.stderr:write('brainlua models: ', (tostring(names):gsub('^[%w/_.]+:%d+: ', '')), '\n')
    return 1
  end
  if #names == 1 then describe(names[1]) else list(names) end
  return 0
end
