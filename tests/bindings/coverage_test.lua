-- Every operator of the default surface is called once with valid arguments, or stands in uncallable.lua with
-- a reason; every overload is matched by arguments of its schema.
local test = require 'brain.test'
local torch = require 'brain.torch'
local native = require 'brain.native'
local arguments = dofile 'tests/bindings/arguments.lua'
local batches = dofile 'tests/bindings/batches.lua'
local recipes = dofile 'tests/bindings/recipes.lua'
local uncallable = dofile 'tests/bindings/uncallable.lua'

local tries = 3 * arguments.families
local limits = {size = 50, seconds = 30}

-- The function as users reach it: torch.linalg.inv, torch.add.
local function public(name)
  for _, module in ipairs {'linalg', 'fft', 'special', 'sparse'} do
    local short = name:match('^' .. module .. '_(.+)')
    if short and torch.has(name) then return torch[module][short] end
  end
  return torch[name]
end

-- "called" or "failed" and the first message.
local function find_call(name)
  local fn, first = public(name), nil
  if recipes[name] then
    arguments.seed(name)
    local ok, message = pcall(function() fn(recipes[name]()) end)
    if ok then return 'called' end
    first = 'recipe: ' .. message
  end
  for _, overload in ipairs(native.schemas(name)) do
    for try = 1, overload.out and 0 or tries do
      arguments.seed(name .. overload.overload .. try)
      local list = arguments.valid(overload, try)
      local ok, message = pcall(fn, table.unpack(list, 1, list.n))
      if ok then return recipes[name] and 'failed ' .. first or 'called' end
      first = first or message
    end
  end
  return 'failed ' .. tostring(first)
end

local function count(t)
  local n = 0
  for _ in next, t do n = n + 1 end
  return n
end

test.case('every operator of the default surface can be called, or says why not', function()
  local names, jobs, known = native.operator_names(), {}, {}
  for i, name in ipairs(names) do
    known[name] = true
    jobs[i] = function() return find_call(name) end
  end
  local results, deaths = batches.run(jobs, limits)
  local called, problems = 0, {}
  for i, name in ipairs(names) do
    local result, reason = results[i], uncallable[name]
    if deaths[i] then problems[#problems + 1] = ('%s: the process died: %s'):format(name, deaths[i])
    elseif result == 'called' then
      called = called + 1
      if reason then problems[#problems + 1] = ('%s is callable, yet uncallable.lua says it %s'):format(name, reason) end
    elseif not reason then problems[#problems + 1] = ('%s: no valid call found: %s'):format(name, result) end
  end
  for _, list in ipairs {uncallable, recipes} do
    for name in next, list do
      if not known[name] then problems[#problems + 1] = name .. ' is listed, yet is no operator of the default surface' end
    end
  end
  print(('names bound %d, called %d, listed as uncallable %d'):format(#names, called, count(uncallable)))
  test.truthy(#names > 900, 'the number of names')
  batches.none(problems)
end)

test.case('every overload of the default surface is matched by arguments of its schema', function()
  local jobs, labels, unsupported = {}, {}, 0
  for _, name in ipairs(native.operator_names()) do
    for _, overload in ipairs(native.schemas(name)) do
      if not overload.out and not overload.supported then unsupported = unsupported + 1 end
      if not overload.out and overload.supported then
        local label = overload.overload == '' and 'default' or overload.overload
        labels[#labels + 1] = name .. '.' .. label
        jobs[#jobs + 1] = function()
          arguments.seed(name .. label)
          local list = arguments.full(overload)
          local ok, message = pcall(torch.ops.aten[name][label], table.unpack(list, 1, list.n))
          if ok then return 'result' end
          return (message:find('; usage: ', 1, true) or message:find('internal:', 1, true)) and message or 'kernel error'
        end
      end
    end
  end
  local results, deaths = batches.run(jobs, limits)
  local matched, ran, problems = 0, 0, {}
  for i, label in ipairs(labels) do
    if results[i] == 'result' then ran = ran + 1 end
    if results[i] == 'result' or results[i] == 'kernel error' then matched = matched + 1
    else problems[#problems + 1] = ('%s: %s'):format(label, results[i] or deaths[i]) end
  end
  print(('overloads %d, matched %d (%d ran), with arguments Lua cannot make %d'):format(#labels, matched, ran, unsupported))
  batches.none(problems)
end)

test.case('every schema of the dispatcher can be read', function()
  local schemas, names, closed = 0, native.all_operators(), 0
  for _, qualified in ipairs(names) do
    local space, name = qualified:match '^(.-)::(.+)$'
    local overloads = native.schemas(name, space)
    test.truthy(overloads and #overloads > 0, qualified)
    for _, overload in ipairs(overloads) do
      schemas = schemas + 1
      test.truthy(overload.text:find(name, 1, true) == 1, overload.text)
      for _, argument in ipairs(overload.arguments) do
        test.truthy(argument.kind ~= 'unsupported' or space ~= 'aten' or argument.type:find 'Storage'
          or argument.type:find 'Stream' or argument.type:find 'CellParams'
          or argument.type:find 'string%[%]',  -- names of dimensions, in older versions
           ('%s: %s'):format(qualified, argument.type))
      end
    end
    if space == 'aten' and native.off_surface(name) then closed = closed + 1 end
  end
  print(('schemas walked %d of %d names; aten names closed %d'):format(schemas, #names, closed))
end)
