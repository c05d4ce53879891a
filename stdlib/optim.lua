-- Optimisers, schedules and gradient clipping, with PyTorch's names and defaults.
local native = require 'brain.optim.native'
local is_tensor = require('brain.native').is_tensor
local nearest = require('brain.native').nearest
local ordered = require 'brain.ordered'

local optim = {schedule = {}}

-- The names of a table in the order of its pairs() where it has one of its own, sorted otherwise.
local function names_of(t)
  local names, meta = {}, getmetatable(t)
  for name in pairs(t) do names[#names + 1] = name end
  if not (meta and meta.__pairs) then table.sort(names) end
  return names
end

-- Names and tensors of a list of tensors or {name, tensor} pairs (a tensor without a name gets its place), or
-- of a table name -> tensor.
local function parameters(owner, params, first)
  local names, tensors = {}, {}
  local function add(name, tensor)
    if not is_tensor(tensor) then
      error(("%s: params: '%s': expected Tensor, got %s"):format(owner, name, type(tensor)), 0)
    end
    names[#names + 1], tensors[#tensors + 1] = name, tensor
  end
  if type(params) ~= 'table' then
    error(('%s: params: expected a list or table of Tensors, got %s'):format(owner,
      is_tensor(params) and 'a Tensor; write {t}' or type(params)), 0)
  end
  if params[1] ~= nil then
    for i, entry in ipairs(params) do
      if type(entry) == 'table' then add(tostring(entry[1]), entry[2])
      else add(tostring(first + i), entry) end
    end
  elseif next(params) ~= nil and type(next(params)) == 'string' then
    for _, name in ipairs(names_of(params)) do add(name, params[name]) end
  end
  if #tensors == 0 then error(owner .. ': params: expected at least one Tensor, got none', 0) end
  return names, tensors
end

-- A group as scripts see it: its options read and set by name, its tensors under params.
local function group_view(optimizer, place, tensors)
  return setmetatable({}, {
    __name = 'group',
    __index = function(_, name)
      if name == 'params' then return tensors end
      return optimizer:option(place, name)
    end,
    __newindex = function(_, name, value) return optimizer:option(place, name, value) end,
  })
end

-- Runs f, so that its errors point at the caller of the function that called this one.
local function call(f, ...)
  local results = table.pack(pcall(f, ...))
  if not results[1] then error(results[2], 3) end
  return table.unpack(results, 2, results.n)
end

local Optimizer = {}

-- A further group {params = ..., lr = ...}; options left out are those the optimiser was made with.
function Optimizer:add_group(group)
  local options = {}
  for name, value in pairs(self.defaults) do options[name] = value end
  for name, value in pairs(group) do options[name] = value end
  options.params = nil
  local first = 0
  for _, known in ipairs(self.groups) do first = first + #known.params end
  local names, tensors = call(parameters, self.kind, group.params, first)
  call(self.native.add_group, self.native, names, tensors, options)
  self.groups[#self.groups + 1] = group_view(self.native, #self.groups + 1, tensors)
end

function Optimizer:step() return self.native:step() end
function Optimizer:zero_grad() return self.native:zero_grad() end

-- The rate of the first group; with a number, sets that of every group.
function Optimizer:lr(value)
  if value == nil then return self.groups[1].lr end
  for _, group in ipairs(self.groups) do group.lr = value end
end

-- {optimizer, tensors, numbers}; the tensors are the optimiser's own, changed by its next step.
function Optimizer:state_dict()
  local tensors, names, numbers = self.native:state()
  return {optimizer = self.kind, tensors = ordered(tensors, names), numbers = numbers}
end

function Optimizer:load_state_dict(state)
  if type(state) ~= 'table' or state.optimizer ~= self.kind then
    error(('load_state_dict: expected the state of %s, got %s'):format(self.kind,
      type(state) == 'table' and tostring(state.optimizer) or type(state)), 2)
  end
  return self.native:load_state(state.tensors, state.numbers)
end

local function is_groups(params)
  local first = type(params) == 'table' and params[1]
  return type(first) == 'table' and first.params ~= nil
end

local classes = {}
for _, kind in ipairs(native.optimizers()) do
  local class = {__index = Optimizer, __name = kind}
  classes[class] = true
  optim[kind] = function(params, options)
    local self = {kind = kind, native = native.optimizer(kind), defaults = options or {}, groups = {}}
    setmetatable(self, class)
    local groups = is_groups(params) and params or {{params = params}}
    for _, group in ipairs(groups) do call(self.add_group, self, group) end
    return self
  end
end

for _, kind in ipairs(native.schedules()) do
  local name = kind:match '%.(.*)$'
  optim.schedule[name] = function(optimizer, options)
    if not classes[getmetatable(optimizer) or 0] then
      error(('%s: expected an optimiser, got %s'):format(kind, type(optimizer)), 2)
    end
    return native.schedule(kind, optimizer.native, options)
  end
end

setmetatable(optim.schedule, {__index = function(_, name)
  local near = nearest('schedule.' .. tostring(name), native.schedules())
  error(('optim.schedule.%s does not exist%s'):format(tostring(name),
    near and (", did you mean '%s'?"):format(near) or ''), 2)
end})

-- Scales the gradients in place so that their joint norm is at most max_norm; returns the norm before, a 0-d
-- Tensor. params as for optimisers; options norm_type = 2, error_if_nonfinite = false.
function optim.clip_grad_norm_(params, max_norm, options)
  options = options or {}
  for name in pairs(options) do
    if name ~= 'norm_type' and name ~= 'error_if_nonfinite' then
      local near = nearest(tostring(name), {'norm_type', 'error_if_nonfinite'})
      error(("clip_grad_norm_: unknown option '%s'%s"):format(tostring(name),
        near and (", did you mean '%s'?"):format(near) or ''), 2)
    end
  end
  local _, tensors = call(parameters, 'clip_grad_norm_', params, 0)
  return native.clip_grad_norm_(tensors, max_norm, options.norm_type, options.error_if_nonfinite)
end

-- Clamps every gradient element to [-value, value] in place.
function optim.clip_grad_value_(params, value)
  local _, tensors = call(parameters, 'clip_grad_value_', params, 0)
  return native.clip_grad_value_(tensors, value)
end

return optim
