-- Training steps of whole networks: the recurrent one that the peers time, and ResNet-18.
local recipe = require 'brain.bench.recipe'

local function conv(from, to, size, options)
  options = options or {}
  options.bias = false
  return nn.Conv2d(from, to, size, options)
end

-- An area with a shared 3x3 bottleneck and norms of its own for each pass.
local Area = nn.class('Area', function(self, from, to, times)
  self.times = times
  self.inp = conv(from, to, 1)
  self.skip = conv(to, to, 1, {stride = 2})
  self.a = conv(to, 4 * to, 1)
  self.b1 = conv(4 * to, 4 * to, 3, {stride = 2, padding = 1})
  self.b2 = conv(4 * to, 4 * to, 3, {padding = 1})
  self.c = conv(4 * to, to, 1)
  local norms = {}
  for k = 1, times do norms[k] = nn.ModuleList {nn.BatchNorm2d(4 * to), nn.BatchNorm2d(4 * to), nn.BatchNorm2d(to)} end
  self.norms = nn.ModuleList(norms)
end)

function Area:forward(x)
  local norms = self.norms
  x = self.inp(x)
  for k = 0, self.times - 1 do
    local n = norms[tostring(k)]
    local y = n['0'](self.a(x)):relu()
    y = n['1'](k == 0 and self.b1(y) or self.b2(y)):relu()
    x = (n['2'](self.c(y)) + (k == 0 and self.skip(x) or x)):relu()
  end
  return x
end

local function recurrent()
  return nn.Sequential {conv(3, 64, 7, {stride = 4, padding = 3}), nn.BatchNorm2d(64), nn.ReLU(), Area(64, 64, 2),
    Area(64, 128, 2), Area(128, 256, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 100)}
end

local function step(network, classes, format)
  recipe.fill(network):train()
  local x, y = recipe.normal(77, {8, 3, 224, 224}), recipe.integers(80, {8}, classes)
  if format then
    network:to(format)
    x = x:contiguous {memory_format = format}
  end
  local optimizer = optim.SGD(network:named_parameters(), {lr = 0.01, momentum = 0.9})
  local seen = {}
  return {cold = true, run = function()
    torch.scope(function()
      optimizer:zero_grad()
      local loss = losses.cross_entropy(network(x), y)
      loss:backward()
      optimizer:step()
      seen[#seen + 1] = loss:item()
    end)
  end, check = function() return {loss_first3 = {table.unpack(seen, 1, 3)}, parameters = network:count_parameters()} end}
end

return function(measure)
  measure('cornet_like_step', step(recurrent(), 100))
  measure('cornet_like_step:channels_last', step(recurrent(), 100, 'channels_last'))
  measure('resnet18_step', step(models.create 'torchvision/resnet18', 1000))
  measure('resnet18_step:channels_last', step(models.create 'torchvision/resnet18', 1000, 'channels_last'))
end
