-- An exponential moving average of a network's parameters: average <- decay * average + (1 - decay) * parameter after
-- each step. Buffers (running statistics) are the network's own.
local Average = {}
Average.__index = Average

function Average.new(model, decay)
  if type(decay) ~= 'number' or decay < 0 or decay >= 1 then
    error(('train.fit: ema: expected a decay from 0 to below 1, got %s'):format(tostring(decay)), 0)
  end
  local self = setmetatable({decay = decay, names = {}, live = {}, mean = {}}, Average)
  for name, parameter in pairs(model:named_parameters()) do
    self.names[#self.names + 1] = name
    self.live[#self.live + 1] = parameter
    self.mean[#self.mean + 1] = parameter:detach():clone()
  end
  return self
end

function Average:update()
  torch.no_grad(function() torch.ops.aten._foreach_lerp_.Scalar(self.mean, self.live, 1 - self.decay) end)
end

-- Exchanges the network's parameters and their averages; twice gives back what was.
function Average:swap()
  torch.no_grad(function()
    for i, parameter in ipairs(self.live) do
      local kept = parameter:detach():clone()
      parameter:copy_(self.mean[i])
      self.mean[i]:copy_(kept)
    end
  end)
end

function Average:state()
  local state = {}
  for i, name in ipairs(self.names) do state[name] = self.mean[i] end
  return state
end

function Average:load(state)
  for i, name in ipairs(self.names) do
    if state[name] then self.mean[i]:copy_(state[name]) end
  end
end

return Average
