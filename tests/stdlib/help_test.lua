-- What help says.
local test = require 'brain.test'
local help = require 'brain.help'

local function says(text, ...)
  for _, part in ipairs {...} do
    if not text:find(part, 1, true) then error(("expected '%s' in\n%s"):format(part, text), 2) end
  end
end

test.case('operators from their schemas', function()
  local text = help.text(torch.conv2d)
  says(text, 'torch.conv2d(input: Tensor, weight: Tensor, {bias: Tensor?, stride: int[2] = ', '-> Tensor')
  test.equal(help.text 'conv2d', text)
  test.equal(help.text 'torch.conv2d', text)
  for line in text:gmatch '[^\n]+' do test.truthy(#line <= 100, line) end
end)

test.case('methods', function()
  says(help.text 'add', 'torch.add(self: Tensor, other: Tensor, {alpha: ', 'As a method: t:add', 'out=')
  says(help.text 't:add', 't:add(other: Tensor, {alpha: ')
  says(help.text 'Tensor.add', 't:add(other: Tensor')
  says(help.text 'shape', 't.shape')
end)

test.case('every overload ends with its results', function()
  says(help.text 'sum', 'torch.sum(self: Tensor, {dtype: dtype?}) -> Tensor\n')
  says(help.text 'max', 'torch.max(self: Tensor) -> Tensor\n')
end)

test.case('functions without a schema', function()
  says(help.text 'torch.unique', 'torch.unique(t, sorted, return_inverse')
  says(help.text(torch.unique), 'torch.unique(t, sorted, return_inverse')
  says(help.text(function(a, b) return a, b end), 'function(a, b), defined at')
end)

test.case('operators of a namespace', function()
  test.truthy(not help.text('torch.linalg.norm'):find 'As a method')
  says(help.text 'torch.linalg.norm', 'torch.linalg.norm(self: Tensor')
end)

test.case('unknown names', function()
  test.equal(help.text 'conv2x', "nothing is known about 'conv2x', did you mean 'conv2d'?")
  test.equal(help.find 'conv2x', nil)
end)

test.case('registered texts', function()
  help.add('help_test.greet', 'help_test.greet(name) -> text\nSays hello.')
  local module = {greet = function() end, other = 1}
  package.loaded['brain.help_test'] = module
  local by_name, by_value, of_module = help.text 'help_test.greet', help.text(module.greet), help.text(module)
  local of_name = help.text 'help_test'
  package.loaded['brain.help_test'] = nil
  test.equal(by_name, 'help_test.greet(name) -> text\nSays hello.')
  test.equal(by_value, by_name)
  says(of_module, 'help_test: module', '  help_test.greet(name) -> text', 'other')
  test.equal(of_name, of_module)
  test.raises(function() help.add('help_test.greet', 'again') end, "'help_test.greet' is already described")
  test.raises(function() help.add('x') end, 'expected (name: string, text: string), got string, nil')
end)

test.case('other values', function()
  local function mine(a, b, ...) return a, b, ... end
  says(help.text(mine), 'function(a, b, ...), defined at ', 'help_test.lua:')
  says(help.text(torch.tensor {1.5}), 'tensor [1 float32 cpu]', "help 't:sum'")
  says(help.text {alpha = 1}, 'alpha')
  says(help.text(nil), 'nil')
  says(help.text(), 'who()', 'help_test')
end)
