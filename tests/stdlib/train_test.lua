-- train.fit against the same loop written out, its selection, checkpoints, frozen fronts and complaints.
local test = require 'brain.test'

local function problem(n)
  torch.manual_seed(7)
  local x = torch.randn(n, 4)
  return data.tensors {x = x, y = (x:matmul(torch.randn(4, 2)) + 0.1 * torch.randn(n, 2)):tanh(), group = x:narrow(1, 0, 1):gt(0):to 'int64':reshape(-1)}
end

local function network(seed)
  torch.manual_seed(seed or 1)
  return nn.Sequential {nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2)}
end

local function loss(output, batch) return losses.mse(output, batch.y), {error = (output - batch.y):abs():mean()} end

local function state(net)
  local copy = {}
  for name, tensor in pairs(net:state_dict()) do copy[name] = tensor:detach():clone() end
  return copy
end

local function same(a, b)
  for name, tensor in pairs(a) do test.truthy(torch.equal(tensor, b[name]), name) end
end

local function temporary_folder()
  local path = os.tmpname()
  os.remove(path)
  return path
end

local function fit(net, ds, options)
  local all = {model = net, data = ds, inputs = {'x'}, loss = loss, optimizer = optim.AdamW(net:named_parameters(), {lr = 0.02}),
    epochs = 3, batch = 8, seed = 4}
  for name, value in pairs(options or {}) do all[name] = value end
  return train.fit(all)
end

test.case('the same numbers as the loop written out', function()
  local ds, net, twin = problem(30), network(), network()
  local history = fit(net, ds)
  local optimizer = optim.AdamW(twin:named_parameters(), {lr = 0.02})
  local last
  for epoch = 0, 2 do
    local sum = 0
    for batch in data.loader(ds, {batch = 8, shuffle = true, seed = 4}):batches(epoch) do
      optimizer:zero_grad()
      local value = losses.mse(twin(batch.x), batch.y)
      value:backward()
      optimizer:step()
      sum = sum + value:item() * #batch.x
    end
    last = sum / 30
  end
  same(state(net), state(twin))
  test.equal(history.columns, {'epoch', 'lr', 'train.loss', 'train.error', 'seconds'})
  test.close(history['train.loss'][2]:item(), last, {rtol = 1e-6})
end)

test.case('accumulated steps are those of larger batches', function()
  local ds, net, twin = problem(32), network(), network()
  fit(net, ds, {batch = 4, accumulate = 4})
  fit(twin, ds, {batch = 16})
  for name, tensor in pairs(state(net)) do test.close(tensor, state(twin)[name], {rtol = 1e-4, atol = 1e-6}, name) end
end)

test.case('validation selects, patience ends, the best weights stay', function()
  local learn, held = problem(40):split {0.5, 0.5, seed = 1}
  local net, kept = network(), {}
  local history = fit(net, learn, {validation = held, epochs = 60, patience = 4, on_epoch = function(row, model)
    kept[row.epoch] = state(model)
  end, optimizer = optim.SGD(net:named_parameters(), {lr = 0.8})})
  local values = history['validation.loss']
  local best = values:argmin():item() + 1
  test.truthy(#history == 60 or #history - best == 4)
  same(state(net), kept[best])
  local total = 0
  torch.no_grad(function()
    for batch in data.loader(held, {batch = 7}):batches(0) do total = total + losses.mse(net(batch.x), batch.y):item() * #batch.x end
  end)
  test.close(total / #held, values:min():item(), {rtol = 1e-5})
  test.raises(function() fit(network(), learn, {validation = held, select = 'validation.los'}) end, "did you mean 'validation.loss'?")
end)

test.case('resumed after every epoch and inside one, bit for bit', function()
  local ds, net = problem(30), network()
  local schedule = function(optimizer) return optim.schedule.cosine(optimizer, {T_max = 20}) end
  local function run(model, options)
    local optimizer = optim.AdamW(model:named_parameters(), {lr = 0.02})
    options.optimizer, options.schedule, options.schedule_per, options.epochs = optimizer, schedule(optimizer), 'step', options.epochs or 5
    options.ema, options.clip = 0.9, 0.5
    options.validation = ds:subset {0, 1, 2, 3}
    return fit(model, ds, options)
  end
  local whole = run(net, {})
  local folder = temporary_folder()
  os.execute('mkdir -p ' .. folder)
  local resumed, first
  for epochs = 1, 5 do
    resumed = network(epochs)  -- other initial numbers: all must come from the file
    if epochs == 1 then resumed = network() end
    first = run(resumed, {epochs = epochs, checkpoint = folder, checkpoint_every = 2})
  end
  same(state(net), state(resumed))
  test.equal(first['validation.loss'], whole['validation.loss'])
  -- left in the middle of an epoch: the loss function fails once
  local calls = 0
  local broken = temporary_folder()
  os.execute('mkdir -p ' .. broken)
  local function fragile(output, batch)
    calls = calls + 1
    if calls == 11 then error('lost power', 0) end
    return loss(output, batch)
  end
  test.raises(function() run(network(), {checkpoint = broken, checkpoint_every = 1, loss = fragile}) end, 'lost power')
  local again = network(9)
  run(again, {checkpoint = broken, checkpoint_every = 1})
  same(state(net), state(again))
  test.raises(function() run(network(), {checkpoint = broken, batch = 7}) end, 'belongs to another run')
  os.execute(('rm -r %s %s'):format(folder, broken))
end)

test.case('a frozen front runs once and changes nothing', function()
  local ds = problem(24)
  local function build()
    torch.manual_seed(3)
    local net = nn.Sequential {nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Tanh(), nn.Linear(8, 2)}
    return net:freeze {'0', '1', '2'}
  end
  local cached, plain, runs = build(), build(), 0
  local reads = {rows = function(_, numbers)
    runs = runs + #numbers
    return ds:rows(numbers).x
  end}
  local counted = data.tensors {x = setmetatable(reads, {__len = function() return 24 end}), y = ds:column 'y'}
  local function go(net, set, option)
    return fit(net, set, {freeze_prefix = option, optimizer = optim.Adam({net['4'].weight, net['4'].bias}, {lr = 0.05}), epochs = 4})
  end
  go(cached, counted)
  test.equal(runs, 24)
  go(plain, ds, false)
  for name, tensor in pairs(state(cached)) do test.close(tensor, state(plain)[name], {rtol = 1e-5, atol = 1e-7}, name) end
end)

test.case('what is not finite is named', function()
  local ds, net = problem(16), network()
  test.raises(function() fit(net, ds, {loss = function(o, b) return losses.mse(o, b.y) / 0 end}) end,
    'epoch 1, step 1: the loss is inf: parameters and inputs are finite')
  torch.no_grad(function() net['2'].bias:fill_(0 / 0) end)
  test.raises(function() fit(net, ds) end, "parameter '2.bias' is not finite any more")
  local x = ds:column('x'):clone()
  x[5][1] = 0 / 0
  test.raises(function() fit(network(), data.tensors {x = x, y = ds:column 'y'}) end, "the input 'x' of sample 5")
end)

test.case('options are checked', function()
  local ds, net = problem(8), network()
  test.raises(function() fit(net, ds, {epoch = 3}) end, "unknown option 'epoch', did you mean 'epochs'?")
  test.raises(function() fit(net, ds, {epochs = 1.5}) end, 'epochs: expected an integer of at least 0, got 1.5')
  test.raises(function() fit(net, ds, {inputs = {'z'}}) end, "the batch has no Tensor 'z'; it has group, x, y")
  test.raises(function() fit(net, ds, {loss = function(o) return o end}) end, 'expected a Tensor of one number, got shape')
  test.raises(function() fit(net, 5) end, 'data: expected a data set or loader, got number')
end)

test.case('bfloat16 and plateau', function()
  local ds, net = problem(16), network()
  local optimizer = optim.SGD(net:named_parameters(), {lr = 0.1})
  local history = fit(net, ds, {precision = 'bfloat16', optimizer = optimizer, epochs = 4,
    schedule = optim.schedule.plateau(optimizer, {patience = 0, threshold = 10})})
  test.truthy(history.lr[3]:item() < 0.1)
  test.truthy(history['train.loss']:isfinite():all():item())
end)
