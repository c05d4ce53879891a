-- Every operator of the default surface, called with wrong arity, wrong types and hostile values in forked
-- children: a result or a Lua error of one line, never a signal or an endless loop. BRAIN_FUZZ_TRIES=n makes
-- n hostile calls per overload, BRAIN_FUZZ_SEED=text draws others, BRAIN_FUZZ_ONLY=name replays one operator
-- and shows each call.
local test = require 'brain.test'
local torch = require 'brain.torch'
local native = require 'brain.native'
local arguments = dofile 'tests/bindings/arguments.lua'
local batches = dofile 'tests/bindings/batches.lua'
local hostile = dofile 'tests/bindings/hostile.lua'
local recipes = dofile 'tests/bindings/recipes.lua'

local tries = tonumber(os.getenv 'BRAIN_FUZZ_TRIES' or 24)
local only = os.getenv 'BRAIN_FUZZ_ONLY'
local seed = os.getenv 'BRAIN_FUZZ_SEED' or ''

local function trace(format, ...)
  print(format:format(...))
  io.stdout:flush()
end

-- Tries at which arguments.valid succeeds, per overload; known within one child.
local successes = {}
local function valid(name, overload)
  if recipes[name] and math.random() < 0.6 then return table.pack(recipes[name]()) end
  local label, state = name .. '.' .. overload.overload, math.random(math.maxinteger)
  if not successes[label] then
    local found = {}
    for try = 1, arguments.families do
      arguments.seed(label .. try)
      local list = arguments.valid(overload, try)
      if only then trace('%s valid %d: %s', label, try, arguments.show(list)) end
      if pcall(torch[name], table.unpack(list, 1, list.n)) then found[#found + 1] = try end
    end
    successes[label] = found
  end
  math.randomseed(state)  -- the same whether or not the tries were made just now
  local found = successes[label]
  local try = #found > 0 and found[math.random(#found)] or math.random(arguments.families)
  return arguments.valid(overload, try + arguments.families * math.random(0, 2))
end

-- Reads what came back, so that a view of memory that is not there is noticed, and runs the derivative.
local function read(value)
  if value.device ~= 'cpu' or value:numel() >= 1 << 20 then return end
  pcall(tostring, value)
  pcall(value.clone, value)
  if value.requires_grad then value:sum():backward() end
end

local function use(...)
  for i = 1, select('#', ...) do
    local value = select(i, ...)
    if torch.is_tensor(value) then pcall(read, value) end
  end
end

local function check_message(message)
  if type(message) ~= 'string' then return 'x the error is a ' .. type(message) end
  for _, mark in ipairs {'\n', 'Exception raised from', 'frame #', 'CapturedTraceback', 'internal: '} do
    if message:find(mark, 1, true) then return 'x the error reads: ' .. message end
  end
  return message == '' and 'x the error is empty' or 'error'
end

-- kind -> arguments from valid ones.
local kinds = {
  wrong = function(list) return hostile.wrong_types(list) end,
  many = function(list) return hostile.too_many(list) end,
  hostile = function(list, overload, out) return hostile.arguments(list, overload, out) end,
}

local function call(name, overload, out, kind, try)
  local key = table.concat({name, overload.overload, kind, try, seed}, ' ')
  arguments.seed(key)
  local base = valid(name, overload)
  arguments.seed(key .. ' made')
  local list = kinds[kind](base, overload, out)
  if only then trace('%s.%s %s %d: %s', name, overload.overload, kind, try, arguments.show(list)) end
  local results = table.pack(pcall(torch[name], table.unpack(list, 1, list.n)))
  if only then trace('  %s %s', results[1], results[1] and '' or results[2]) end
  if not results[1] then return check_message(results[2]) end
  use(table.unpack(results, 2, results.n))
  return 'result'
end

test.case('wrong arity, wrong types and hostile values give an error or a result', function()
  local jobs, labels = {}, {}
  local function add(name, overload, out, kind, count)
    for try = 1, count do
      labels[#labels + 1] = ('%s.%s %s %d'):format(name, overload.overload, kind, try)
      jobs[#jobs + 1] = function() return call(name, overload, out, kind, try) end
    end
  end
  for _, name in ipairs(native.operator_names()) do
    local plain, out = {}, nil
    for _, overload in ipairs(native.schemas(name)) do
      if overload.out then out = out or overload
      elseif overload.supported then plain[#plain + 1] = overload end
    end
    if not only or name == only then
      for i, overload in ipairs(plain) do
        add(name, overload, out, 'hostile', tries)
        add(name, overload, out, 'wrong', (tries + 1) // 2)
        if i == 1 then add(name, overload, out, 'many', 1) end
      end
    end
  end
  local results, deaths = batches.run(jobs, {size = 400, seconds = 20, labels = labels})
  local counts, problems = {result = 0, error = 0}, {}
  for i, label in ipairs(labels) do
    local result = results[i]
    if counts[result] then counts[result] = counts[result] + 1 end
    if deaths[i] or not counts[result] then
      problems[#problems + 1] = ('%s: %s'):format(label, deaths[i] or result or 'no result')
    end
  end
  print(('calls %d: results %d, errors %d, problems %d'):format(#jobs, counts.result, counts.error, #problems))
  batches.none(problems)
end)

test.case('closed names are refused with their reason, and torch.ops reaches them', function()
  local closed = 0
  for _, qualified in ipairs(native.all_operators()) do
    local name = qualified:match '^aten::(.+)$'
    local reason = name and name:sub(1, 1) ~= '_' and native.off_surface(name)
    if reason then
      closed = closed + 1
      local message = test.raises(function() return torch[name] end, name .. ' is closed: it ' .. reason)
      test.truthy(message:find('torch.ops.aten.' .. name, 1, true), message)
      test.truthy(not torch.has(name), name)
      test.truthy(torch.ops.aten[name], name)
    end
  end
  test.truthy(closed > 10, 'the number of closed names')
  print(('closed names %d'):format(closed))
end)
