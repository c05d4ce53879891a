-- train.fit: epochs of steps over a data set, with validation, selection, checkpoints and resumption.
local core = require 'brain.core'
local native = require 'brain.native'
local dataset = require 'brain.dataset'
local loader = require 'brain.loader'
local checkpoint = require 'brain.train.checkpoint'
local Average = require 'brain.train.average'
local Prefix = require 'brain.train.prefix'

local train = {}

local known = {'model', 'call', 'data', 'inputs', 'loss', 'validation', 'optimizer', 'schedule', 'schedule_per', 'epochs',
  'patience', 'select', 'mode', 'keep', 'checkpoint', 'checkpoint_every', 'resume', 'precision', 'accumulate', 'clip', 'ema',
  'freeze_prefix', 'prefix_bytes', 'on_epoch', 'batch', 'seed', 'device'}

local function complain(text, ...) error('train.fit: ' .. text:format(...), 0) end

local function check(options)
  if type(options) ~= 'table' then complain('expected a table of options, got %s', type(options)) end
  local allowed = {}
  for _, name in ipairs(known) do allowed[name] = true end
  for name in pairs(options) do
    if not allowed[name] then
      local near = native.nearest(tostring(name), known)
      complain("unknown option '%s'%s", tostring(name), near and (", did you mean '%s'?"):format(near) or '')
    end
  end
  for _, name in ipairs {'model', 'data', 'loss', 'optimizer', 'epochs'} do
    if options[name] == nil then complain('%s: expected, got nothing', name) end
  end
  if type(options.loss) ~= 'function' then complain('loss: expected a function, got %s', type(options.loss)) end
  for _, name in ipairs {'epochs', 'patience', 'accumulate', 'checkpoint_every', 'batch'} do
    local value = options[name]
    if value ~= nil and (math.type(value) ~= 'integer' or value < (name == 'epochs' and 0 or 1)) then
      complain('%s: expected an integer of at least %d, got %s', name, name == 'epochs' and 0 or 1, tostring(value))
    end
  end
  for name, choices in pairs {mode = {'min', 'max'}, keep = {'best', 'last'}, schedule_per = {'epoch', 'step'},
    precision = {'float32', 'bfloat16'}} do
    local value = options[name]
    if value ~= nil and value ~= choices[1] and value ~= choices[2] then
      complain("%s: expected '%s' or '%s', got '%s'", name, choices[1], choices[2], tostring(value))
    end
  end
  if options.clip ~= nil and (type(options.clip) ~= 'number' or options.clip <= 0) then
    complain('clip: expected a positive norm, got %s', tostring(options.clip))
  end
end

local Fit = {}
Fit.__index = Fit

local function new_fit(options)
  check(options)
  local self = setmetatable({}, Fit)
  for name, value in pairs(options) do self[name] = value end
  if dataset.is_dataset(self.data) then
    self.loader = loader.new(self.data, {batch = self.batch or 32, shuffle = true, seed = self.seed or 0})
  elseif loader.is_loader(self.data) then
    self.loader = self.data
  else
    complain('data: expected a data set or loader, got %s', type(self.data))
  end
  if #self.loader == 0 then complain('data: expected at least one batch, found a data set of %d samples', #self.loader.dataset) end
  if dataset.is_dataset(self.validation) then
    self.validation_loader = loader.new(self.validation, {batch = self.loader.batch})
  elseif self.validation ~= nil and type(self.validation) ~= 'function' then
    complain('validation: expected a data set or a function, got %s', type(self.validation))
  end
  self.call = self.call or 'forward'
  self.inputs = self.inputs or {self.loader.dataset:columns()[1]}
  self.select = self.select or (self.validation and 'validation.loss' or 'train.loss')
  self.mode = self.mode or 'min'
  self.keep = self.keep or (self.validation and 'best' or 'last')
  self.accumulate = self.accumulate or 1
  local parameters = self.model:parameters()
  if not self.device then self.device = parameters[1] and parameters[1].device or 'cpu' end
  self.average = self.ema and Average.new(self.model, self.ema) or nil
  self.columns, self.history = {}, {}       -- names in order; name -> list of numbers
  self.numbers = {epoch = 0, batch = 0, step = 0, best_epoch = 0, best = math.huge, loss_sum = 0, samples = 0, seconds = 0}
  self.parts = {}
  return self
end

-- What a saved state must agree in to be continued.
function Fit:fingerprint()
  local shapes = {}
  for name, parameter in pairs(self.model:named_parameters()) do shapes[#shapes + 1] = name .. tostring(parameter.shape) end
  return ('%d parameters %s, %d samples in batches of %d, seed %d, %s, accumulate %d, clip %s, ema %s, %s'):format(
    #shapes, core.sha256(table.concat(shapes)):sub(1, 12), #self.loader.dataset, self.loader.batch, self.loader.seed,
    self.optimizer.kind, self.accumulate, self.clip or 'none', self.ema or 'none', self.precision or 'float32')
end

function Fit:save()
  if not self.checkpoint then return end
  checkpoint.save(self.checkpoint, {model = self.model:state_dict(), optimizer = self.optimizer:state_dict(),
    schedule = self.schedule and self.schedule:state_dict(), average = self.average and self.average:state(),
    numbers = self:flat_numbers(), history = self.history}, self:fingerprint())
end

function Fit:flat_numbers()
  local flat = {}
  for name, value in pairs(self.numbers) do flat[name] = value end
  for name, value in pairs(self.parts) do flat['part.' .. name] = value end
  for i, name in ipairs(self.columns) do flat['column.' .. name] = i end
  return flat
end

local integers = {epoch = true, batch = true, step = true, best_epoch = true, samples = true}

function Fit:restore()
  if not self.checkpoint or self.resume == false then return end
  local state = checkpoint.load(self.checkpoint, self:fingerprint())
  if not state then return end
  self.model:load_state_dict(state.model)
  self.optimizer:load_state_dict(state.optimizer)
  if self.schedule then self.schedule:load_state_dict(state.schedule) end
  if self.average then self.average:load(state.average) end
  torch.set_rng_state(state.random)
  self.history = state.history
  for name, value in pairs(state.numbers) do
    local part, column = name:match '^part%.(.*)$', name:match '^column%.(.*)$'
    if part then self.parts[part] = value
    elseif column then self.columns[math.tointeger(value)] = column
    else self.numbers[name] = integers[name] and math.tointeger(value) or value end
  end
  core.info(('train.fit: goes on after epoch %d, step %d'):format(self.numbers.epoch, self.numbers.step))
end

function Fit:prepare_prefix()
  if self.freeze_prefix == false then return end
  local sets = {self.loader.dataset}
  if self.validation_loader then sets[2] = self.validation_loader.dataset end
  local prefix, reason = Prefix.new(self.model, self.call, self.inputs, sets)
  local budget = self.prefix_bytes or core.machine().available // 2
  for _, set in ipairs(prefix and sets or {}) do
    local fits
    fits, reason = prefix:fill(set, self.loader.batch, self.device, budget)
    if not fits then
      prefix = nil
      break
    end
  end
  self.prefix = prefix
  if prefix then
    core.info(('train.fit: the first %d of %d stages are frozen: their outputs were computed once'):format(prefix.count, prefix.total))
    self.later = {[prefix.input] = true}
  else
    core.debug('train.fit: no frozen front is kept: ' .. reason)
  end
end

local function moved(batch, device)
  for name, value in next, batch do
    if name ~= 'index' and native.is_tensor(value) then batch[name] = value:to(device) end
  end
  return batch
end

-- The loss of a batch and its named parts. Several outputs of the model come one after another, then the batch.
function Fit:evaluate(set, batch)
  local guard <close> = self.precision == 'bfloat16'
    and torch.autocast {device_type = tostring(self.device):match '^%a+', dtype = 'bfloat16'} or nil
  local outputs
  if self.prefix then
    outputs = table.pack(self.prefix:forward(set, batch))
  else
    local inputs = {}
    for i, name in ipairs(self.inputs) do
      inputs[i] = batch[name]
      if not native.is_tensor(inputs[i]) then
        complain("inputs: the batch has no Tensor '%s'; it has %s", name, table.concat(set:columns(), ', '))
      end
    end
    if self.call == 'forward' then outputs = table.pack(self.model(table.unpack(inputs)))
    else outputs = table.pack(self.model[self.call](self.model, table.unpack(inputs))) end
  end
  outputs[outputs.n + 1] = batch
  local loss, parts = self.loss(table.unpack(outputs, 1, outputs.n + 1))
  if not native.is_tensor(loss) or loss:numel() ~= 1 then
    complain('loss: expected a Tensor of one number, got %s', native.is_tensor(loss) and 'shape ' .. tostring(loss.shape) or type(loss))
  end
  return loss, parts or {}
end

local function finite(value) return value == value and value ~= math.huge and value ~= -math.huge end

local function first_bad(model, of)
  for name, parameter in pairs(model:named_parameters()) do
    local value = of(parameter)
    if value and not torch.isfinite(value):all():item() then return name end
  end
end

function Fit:complain_of(value, batch)
  local where = ('epoch %d, step %d: the loss is %s'):format(self.numbers.epoch + 1, self.numbers.step + 1, value)
  local bad = first_bad(self.model, function(p) return p:detach() end)
  if bad then complain("%s: parameter '%s' is not finite any more", where, bad) end
  for _, name in ipairs(self.inputs) do
    local input = rawget(batch, name)
    if input and input:is_floating_point() and not torch.isfinite(input):all():item() then
      local bad_rows = torch.isfinite(input):flatten(1):all(1):logical_not():cpu()
      complain("%s: the input '%s' of sample %d holds a number that is not finite", where, name, batch.index[bad_rows][0]:item())
    end
  end
  complain('%s: parameters and inputs are finite, the loss function is where to look', where)
end

-- Adds one batch's loss and parts to running sums weighted by its samples.
local function add(sums, parts, loss, named, samples)
  sums.loss_sum = sums.loss_sum + loss * samples
  sums.samples = sums.samples + samples
  for name, value in pairs(named) do
    if native.is_tensor(value) then value = value:detach():to 'float64':item() end
    parts[name] = (parts[name] or 0) + value * samples
  end
end

function Fit:learn(batch, group)
  local loss, parts = self:evaluate(self.loader.dataset, batch)
  local value = loss:detach():to 'float64':item()
  if not finite(value) then self:complain_of(value, batch) end
  if group > 1 then loss = loss / group end
  loss:backward()
  add(self.numbers, self.parts, value, parts, batch.index:size(0))
  return value
end

function Fit:update()
  if self.clip then
    local norm = optim.clip_grad_norm_(self.model:named_parameters(), self.clip)
    if not finite(norm:item()) then
      complain("epoch %d, step %d: the gradient of '%s' is not finite", self.numbers.epoch + 1, self.numbers.step + 1,
        first_bad(self.model, function(p) return p.grad end) or '?')
    end
  end
  self.optimizer:step()
  self.optimizer:zero_grad()
  if self.average then self.average:update() end
  if self.schedule and self.schedule_per == 'step' then self.schedule:step() end
  self.numbers.step = self.numbers.step + 1
end

function Fit:train_epoch()
  local n, numbers = #self.loader, self.numbers
  local progress <close> = core.progress(('epoch %d of %d'):format(numbers.epoch + 1, self.epochs), n, 'batches')
  if numbers.batch > 0 then progress:advance(numbers.batch) end
  self.model:train()
  self.optimizer:zero_grad()
  local started = native.wall_seconds()
  local next_batch = self.loader:batches(numbers.epoch, {first = numbers.batch + 1, later = self.later})
  while numbers.batch < n do
    local group = math.min(self.accumulate, n - numbers.batch // self.accumulate * self.accumulate)
    local value = torch.scope(function() return self:learn(moved(next_batch(), self.device), group) end)
    numbers.batch = numbers.batch + 1
    progress:note(('loss %.4g'):format(value))
    progress:advance()
    if numbers.batch % self.accumulate == 0 or numbers.batch == n then
      self:update()
      if self.checkpoint_every and numbers.step % self.checkpoint_every == 0 and numbers.batch < n then
        numbers.seconds = numbers.seconds + native.wall_seconds() - started
        started = native.wall_seconds()
        self:save()
      end
    end
  end
  numbers.seconds = numbers.seconds + native.wall_seconds() - started
end

-- The validation's numbers by name.
function Fit:validate()
  if self.validation == nil then return {} end
  self.model:eval()
  return torch.no_grad(function()
    if type(self.validation) == 'function' then
      local made = self.validation(self.model)
      if type(made) ~= 'table' then complain('validation: expected a table of numbers, got %s', type(made)) end
      return made
    end
    local sums, parts = {loss_sum = 0, samples = 0}, {}
    local set = self.validation_loader.dataset
    local next_batch = self.validation_loader:batches(0, {later = self.later})
    for _ = 1, #self.validation_loader do
      torch.scope(function()
        local batch = moved(next_batch(), self.device)
        local loss, named = self:evaluate(set, batch)
        add(sums, parts, loss:to 'float64':item(), named, batch.index:size(0))
      end)
    end
    local row = {loss = sums.loss_sum / sums.samples}
    for name, sum in pairs(parts) do row[name] = sum / sums.samples end
    return row
  end)
end

local function sorted_names(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names, function(a, b)
    if (a == 'loss') ~= (b == 'loss') then return a == 'loss' end
    return a < b
  end)
  return names
end

-- Appends an epoch to the history and returns it as a table.
function Fit:record(validation)
  local numbers, row = self.numbers, {}
  local function put(name, value)
    if not self.history[name] then
      self.history[name] = {}
      for i = 1, numbers.epoch - 1 do self.history[name][i] = 0 / 0 end
      self.columns[#self.columns + 1] = name
    end
    self.history[name][numbers.epoch] = value
    row[name] = value
  end
  put('epoch', numbers.epoch)
  put('lr', self.optimizer:lr())
  put('train.loss', numbers.loss_sum / numbers.samples)
  for _, name in ipairs(sorted_names(self.parts)) do put('train.' .. name, self.parts[name] / numbers.samples) end
  for _, name in ipairs(sorted_names(validation)) do
    local value = validation[name]
    put('validation.' .. name, native.is_tensor(value) and value:item() or value)
  end
  put('seconds', numbers.seconds)
  return row
end

function Fit:is_better(value)
  if self.numbers.best_epoch == 0 then return true end
  if self.mode == 'max' then return value > self.numbers.best end
  return value < self.numbers.best
end

function Fit:keep_best(row)
  local value = row[self.select]
  if value == nil then
    local near = native.nearest(self.select, self.columns)
    complain("select: there is no '%s'%s", self.select, near and (", did you mean '%s'?"):format(near) or '')
  end
  if not self:is_better(value) then return end
  self.numbers.best, self.numbers.best_epoch = value, self.numbers.epoch
  if self.checkpoint then
    checkpoint.save_best(self.checkpoint, self.model:state_dict(), self.numbers.epoch, self.select, value)
  elseif self.keep == 'best' then
    self.best_state = {}
    for name, tensor in pairs(self.model:state_dict()) do self.best_state[name] = tensor:detach():clone() end
  end
end

function Fit:finish_epoch()
  local numbers = self.numbers
  numbers.epoch, numbers.batch = numbers.epoch + 1, 0
  if self.average then self.average:swap() end
  local row = self:record(self:validate())
  self:keep_best(row)
  if self.average then self.average:swap() end
  if self.schedule and self.schedule_per ~= 'step' then
    if self.schedule:follows_metric() then self.schedule:step(row[self.select]) else self.schedule:step() end
  end
  numbers.loss_sum, numbers.samples, numbers.seconds, self.parts = 0, 0, 0, {}
  return row
end

function Fit:is_over()
  if self.numbers.epoch >= self.epochs then return true end
  return self.patience and self.numbers.epoch - self.numbers.best_epoch >= self.patience or false
end

function Fit:finish()
  if self.average then self.average:swap() end
  if self.keep == 'best' and self.numbers.best_epoch > 0 then
    local best = self.best_state
    if self.checkpoint then best = checkpoint.load_best(self.checkpoint) end
    if best then self.model:load_state_dict(best) end
  end
  self.model:eval()
  local columns = {}
  for _, name in ipairs(self.columns) do columns[#columns + 1] = {name, torch.tensor(self.history[name], {dtype = 'float64'})} end
  return require('brain.frame').new(columns)
end

-- See help 'train.fit'.
function train.fit(options)
  local self = new_fit(options)
  self:restore()
  self:prepare_prefix()
  while not self:is_over() do
    self:train_epoch()
    local row = self:finish_epoch()
    self:save()
    if self.on_epoch and self.on_epoch(row, self.model) == false then break end
  end
  return self:finish()
end

return train
