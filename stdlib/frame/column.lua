-- One column of a Frame: numbers and booleans as a 1-D tensor, text as a list. What is appended waits in a list until
-- the column is read, so that appending costs the same at every length.
local raise = require('brain.blame').raise
local native = require 'brain.native'

local nan = 0 / 0

local Column = {}
Column.__index = Column

-- kind: 'text', 'boolean', 'number', or nil as long as nothing but missing values has come.
-- texts: the list of a text column; tensor: the frozen numbers; tail: numbers not frozen yet; tail_type: what those
-- need, 'boolean', 'integer' or 'float'; rows: all of them.
local function new(name) return setmetatable({name = name, rows = 0, tail = {}}, Column) end

local expected = {text = 'text', boolean = 'true or false', number = 'a number'}
local kinds = {string = 'text', boolean = 'boolean', number = 'number'}

local function shown(value)
  if type(value) == 'string' then return ("text '%s'"):format(value) end
  if type(value) == 'number' then return ('number %s'):format(value) end
  return native.is_tensor(value) and 'a Tensor of shape ' .. tostring(value.shape) or type(value)
end

-- The plain form of a value that may be appended (nil for a missing one) and its kind; raises what is wrong.
function Column:check(value)
  if native.is_tensor(value) and value:numel() == 1 then value = value:item() end
  if value == nil or rawequal(value, torch.null) then return nil, nil end
  local kind = kinds[type(value)]
  if not kind or (self.kind and kind ~= self.kind) then
    raise(("column '%s': row %d: expected %s, got %s"):format(self.name, self.rows,
      expected[self.kind] or 'a number, text or boolean', shown(value)))
  end
  return value, kind
end

local function decide(self, kind)
  self.kind = kind
  if kind == 'text' then
    self.texts, self.tail, self.tensor = {}, nil, nil
    for i = 1, self.rows do self.texts[i] = '' end
  end
end

-- Appends a number, boolean, text, one-element tensor, or a missing value (nil, torch.null: NaN or '').
function Column:append(value)
  local kind
  value, kind = self:check(value)
  if kind and not self.kind then decide(self, kind) end
  if self.kind == 'text' then
    self.texts[self.rows + 1] = value or ''
  else
    local type_of = kind == 'boolean' and 'boolean' or math.type(value or nan)
    if value == nil then value = nan end
    if self.tail_type and self.tail_type ~= type_of then type_of = 'float' end
    self.tail_type = type_of
    self.tail[#self.tail + 1] = value
  end
  self.rows = self.rows + 1
end

local dtypes = {boolean = 'bool', integer = 'int64', float = 'float64'}

local function freeze(self)
  local list = self.tail
  if self.tail_type == 'float' and self.kind == 'boolean' then  -- beside missing values
    for i, value in ipairs(list) do
      if type(value) == 'boolean' then list[i] = value and 1 or 0 end
    end
  end
  local tail = torch.tensor(list, {dtype = dtypes[self.tail_type]})
  if self.tensor then
    if self.tensor:is_floating_point() then tail = tail:to(self.tensor.dtype) end
    tail = torch.cat {self.tensor, tail}
  end
  self.tensor, self.tail, self.tail_type = tail, {}, nil
end

-- The 1-D tensor or the list of texts; both belong to the frame.
function Column:values()
  if self.kind == 'text' then return self.texts end
  if #self.tail > 0 then freeze(self) end
  return self.tensor or {}
end

-- The values of a column that is not text as a tensor, also where there are none.
function Column:numbers()
  local values = self:values()
  return native.is_tensor(values) and values or torch.zeros({0}, {dtype = 'float64'})
end

-- The values as a Lua list.
function Column:list()
  local values = self:values()
  return native.is_tensor(values) and values:tolist() or values
end

-- The same values under another name; tensors are shared, nothing writes into them.
function Column:copy(name)
  local values = self:values()
  local copy = new(name or self.name)
  copy.kind, copy.rows = self.kind, self.rows
  if self.kind == 'text' then copy.texts = table.move(values, 1, self.rows, 1, {}) else copy.tensor = self.tensor end
  return copy
end

-- The rows at 0-based places, an int64 tensor; -1 stands for a missing value.
function Column:take(places)
  local values = self:values()
  local taken = new(self.name)
  taken.kind, taken.rows = self.kind, #places
  if self.kind == 'text' then
    local texts = {}
    for i, place in ipairs(places:tolist()) do texts[i] = values[place + 1] or '' end
    taken.texts = texts
  elseif self.rows == 0 then
    taken.tensor = #places > 0 and torch.full({#places}, nan, {dtype = 'float64'}) or nil
  elseif places:lt(0):any():item() then
    if not values:is_floating_point() then values = values:double() end
    taken.tensor = values:index_select(0, places:clamp_min(0)):masked_fill(places:lt(0), nan)
  else
    taken.tensor = values:index_select(0, places)
  end
  return taken
end

local function from_tensor(name, tensor)
  if tensor:dim() ~= 1 then
    raise(("column '%s': expected a 1-D Tensor, got shape %s"):format(name, tostring(tensor.shape)))
  end
  if tensor:is_complex() then raise(("column '%s': expected real numbers, got %s"):format(name, tensor.dtype)) end
  local self = new(name)
  self.tensor, self.kind, self.rows = tensor:detach():cpu(), tensor.dtype == 'bool' and 'boolean' or 'number', #tensor
  return self
end

-- A column of a 1-D tensor or a list; a single number, text or boolean is repeated `rows` times.
local function from(name, values, rows)
  if native.is_tensor(values) and values:dim() > 0 then return from_tensor(name, values) end
  local self = new(name)
  if type(values) == 'table' then
    for i = 1, #values do self:append(values[i]) end
  else
    for _ = 1, rows do self:append(values) end
  end
  return self
end

return {from = from}
