-- What the tests of losses and optimisers share: PyTorch's numbers and tensors of float64.
local torch = require 'brain.torch'
local sample = dofile('tests/bindings/golden.lua').names.sample

local training = {json = dofile 'tests/bindings/json.lua', golden = dofile 'tests/data/training_golden.lua'}

function training.wide(seed, shape) return sample(seed, shape, 'float64') end

function training.tensor(list) return torch.tensor(list, {dtype = 'float64'}) end

return training
