-- Modules written in Lua: fields, names, modes, hooks, taps, cloning.
local test = require 'brain.test'

local Net = nn.class('Net', function(self, a)
  self.w = nn.Parameter(torch.tensor{a})
  self.scale = 2
  self.offset = torch.ones(1)
end)
function Net:forward(x) return x * self.w * self.scale + self.offset end

local Pair = nn.class('Pair', function(self)
  self.first = Net(3.0)
  self.second = Net(5.0)
end)
function Pair:forward(x)
  local y = self.first(self.first(x))
  return self.second(y)
end

test.case('fields, parameters and children', function()
  local net = Net(3.0)
  test.equal(net(torch.ones(1)):item(), 7.0)
  test.equal(net.scale, 2)
  test.equal(net.missing, nil)
  local pair = Pair()
  local names = {}
  for name in pairs(pair:named_parameters()) do names[#names + 1] = name end
  test.equal(names, {'first.w', 'second.w'})
  test.equal(pair:count_parameters(), 2)
  test.truthy(pair:get 'second' == pair.second)
  test.equal(pair(torch.ones(1)):item(), 431.0)
  test.equal(tostring(pair), 'Pair(\n  (first): Net()\n  (second): Net()\n)')
end)

test.case('training moves the parameters', function()
  local pair = Pair()
  pair(torch.ones(1)):backward()
  test.close(pair.second.w.grad, torch.tensor{86.0})
  pair:freeze 'second'
  test.equal(pair:count_parameters{trainable = true}, 1)
  test.equal(pair.second:is_training(), false)
end)

test.case('state dicts', function()
  local pair, other = Pair(), Pair()
  torch.no_grad(function() other.first.w:fill_(1) end)
  pair:load_state_dict(other:state_dict())
  test.equal(pair.first.w:item(), 1.0)
  local renamed = {['module.first.w'] = torch.tensor{4.0}, ['module.second.w'] = torch.tensor{6.0}}
  pair:load_state_dict(renamed, {strip_prefix = 'module.'})
  test.equal(pair.second.w:item(), 6.0)
  test.raises(function() pair:load_state_dict{['first.w'] = torch.ones(2)} end,
    '1 missing: second.w; 1 of another shape: first.w (expected [1], found [2])')
  local report = pair:load_state_dict({['first.w'] = torch.tensor{9.0}, extra = torch.ones(1)}, {strict = false})
  test.equal(report.missing, {'second.w'})
  test.equal(report.unexpected, {'extra'})
end)

test.case('clone, replace', function()
  local pair = Pair()
  local copy = pair:clone()
  torch.no_grad(function() copy.first.w:fill_(0) copy.first.offset:fill_(0) end)
  test.equal(pair(torch.ones(1)):item(), 431.0)
  test.equal(copy(torch.ones(1)):item(), 1.0)
  pair:replace('first', pair.second)
  test.equal(pair(torch.ones(1)):item(), 1111.0)
  test.raises(function() pair:replace('frist', Net(1.0)) end, "did you mean 'first'?")
  test.raises(function() pair.first = 3 end, 'expected layer')
end)

test.case('taps and hooks', function()
  local pair = Pair()
  local seen = pair:capture(torch.ones(1), {'first', 'first#0', 'second'})
  test.equal(seen.first:item(), 43.0)
  test.equal(seen['first#0']:item(), 7.0)
  local order = {}
  for name in pairs(seen) do order[#order + 1] = name end
  test.equal(order, {'first#0', 'first', 'second'})
  test.raises(function() pair:capture(torch.ones(1), {'thrid'}) end, "no layer matches 'thrid'")
  local calls = {}
  local hooks = pair:on('first', function(name, output, input)
    calls[#calls + 1] = ('%s %g %g'):format(name, input:item(), output:item())
    return output * 0
  end)
  test.equal(pair(torch.ones(1)):item(), 1.0)
  test.equal(calls, {'first 1 7', 'first 0 1'})
  hooks:remove()
  test.equal(pair(torch.ones(1)):item(), 431.0)
end)

test.case('errors are one line', function()
  local Empty = nn.class 'Empty'
  test.raises(function() Empty()(torch.ones(1)) end, 'Empty: has no forward: define function Empty:forward(x)')
  local Wrong = nn.class 'Wrong'
  function Wrong:forward() return 'text' end
  test.raises(function() Wrong()(torch.ones(1)) end, "Wrong: forward must return Tensors, got string 'text'")
  test.raises(function() local net = Net(1.0) net.me = net end, 'a module cannot hold itself')
end)
