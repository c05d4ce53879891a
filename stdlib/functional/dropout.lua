-- Dropout by element, by channel and for self-normalising networks. `training` defaults as in Python: true
-- for dropout*, false for the alpha kinds.
local torch = require 'brain.torch'
local signature = require 'brain.functional.signature'

local function check_probability(name, p)
  signature.check(p >= 0 and p <= 1, name, 'p must lie between 0 and 1, got %g', p)
end

return function(define)
  local function elementwise(name, training)
    define(name, 'input: Tensor, p = 0.5, training = ' .. training .. ', inplace = false',
      function(input, p, train, inplace)
        check_probability(name, p)
        return torch[inplace and name .. '_' or name](input, p, train)
      end)
  end
  elementwise('dropout', 'true')
  elementwise('alpha_dropout', 'false')
  elementwise('feature_alpha_dropout', 'false')

  -- Whole channels are dropped; an input without a batch dimension has one dimension less.
  local function channelwise(name, unbatched)
    define(name, 'input: Tensor, p = 0.5, training = true, inplace = false',
      function(input, p, training, inplace)
      check_probability(name, p)
      local dims = input:dim()
      signature.check(name ~= 'dropout1d' or dims == 2 or dims == 3, name,
        'expected 2 or 3 dimensions, got %d', dims)
      local operator = inplace and torch.feature_dropout_ or torch.feature_dropout
      if not unbatched(dims) then return operator(input, p, training) end
      if inplace then return operator(input:unsqueeze_(0), p, training):squeeze_(0) end
      return operator(input:unsqueeze(0), p, training):squeeze(0)
    end)
  end
  channelwise('dropout1d', function(dims) return dims == 2 end)
  channelwise('dropout2d', function() return false end)  -- three dimensions are (batch, channels, length)
  channelwise('dropout3d', function(dims) return dims ~= 5 end)
end
