-- Optimisers, schedules and clipping give PyTorch's numbers; groups, state and messages as scripts meet them.
local test = require 'brain.test'
local torch = require 'brain.torch'
local optim = require 'brain.optim'
local help = require 'brain.help'
local training = dofile 'tests/bindings/training.lua'
local json, golden, wide, tensor = training.json, training.golden, training.wide, training.tensor

-- The fused kernels order products differently from PyTorch's default path: agreement to rounding, not to the
-- bit; the absolute part is for parameters that pass near 0.
local tolerance = {rtol = 1e-12, atol = 1e-13}

local function flat(tensors)
  local list = {}
  for i, tensor in ipairs(tensors) do list[i] = tensor:detach():flatten() end
  return torch.cat(list)
end

local function two_parameters()
  return {wide(1, {3, 2}):requires_grad_(true), wide(2, {4}):requires_grad_(true)}
end

for _, case in ipairs(golden.optimizers) do
  test.case(case.kind .. ' steps as PyTorch', function()
    local parameters = two_parameters()
    local optimizer = optim[case.kind](parameters, case.options)
    for i, expected in ipairs(case.steps) do
      for k, parameter in ipairs(parameters) do parameter.grad = wide(7 + 2 * i + k, parameter.shape) end
      optimizer:step()
      test.close(flat(parameters), tensor(expected), tolerance, 'step ' .. i)
    end
  end)
end

local function some_optimizer(options)
  return optim.SGD({torch.zeros({2}, {requires_grad = true})}, options or {lr = 0.1, momentum = 0.5})
end

-- The closed forms and PyTorch's recursions differ by rounding; near rates of 0 the absolute part counts.
local function check_rates(name, options, lr, momentum)
  local optimizer = some_optimizer()
  local schedule = optim.schedule[name](optimizer, options)
  local rates, momenta = schedule:rates(#lr)
  test.close(tensor(rates), tensor(lr), {rtol = 1e-12, atol = 1e-15}, name)
  if momentum then test.close(tensor(momenta), tensor(momentum), {rtol = 1e-12}, name) end
  for i, rate in ipairs(rates) do
    test.equal(optimizer:lr(), rate, name .. ' at step ' .. i - 1)
    if momentum then test.equal(optimizer.groups[1].momentum, momenta[i]) end
    schedule:step()
  end
end

local function check_plateau(options, metrics, lr, before)
  local optimizer = some_optimizer()
  local schedule = optim.schedule.plateau(optimizer, options)
  for i, expected in ipairs(lr) do
    if before then test.close(optimizer:lr(), expected, {rtol = 1e-12}, 'before step ' .. i) end
    schedule:step(metrics[i])
    if not before then test.close(optimizer:lr(), expected, {rtol = 1e-12}, 'after step ' .. i) end
  end
end

test.case('schedules give the rates of PyTorch', function()
  for _, case in ipairs(golden.schedules) do check_rates(case.name, case.options, case.lr, case.momentum) end
  for _, case in ipairs(golden.plateaus) do check_plateau(case.options, golden.metric, case.lr) end
end)

test.case('clipping gives the norms and gradients of PyTorch', function()
  for _, case in ipairs(golden.clips) do
    local parameters, gradients = two_parameters(), {}
    for k, parameter in ipairs(parameters) do parameter.grad = wide(29 + k, parameter.shape) end
    local norm = optim.clip_grad_norm_(parameters, 0.5, {norm_type = case.norm_type})
    for k, parameter in ipairs(parameters) do gradients[k] = parameter.grad end
    test.close(norm:item(), case.norm, {rtol = 1e-13})
    test.close(flat(gradients), tensor(case.gradients), {rtol = 1e-13})
  end
  local w = torch.zeros({2}, {requires_grad = true})
  w.grad = torch.tensor{3.0, -0.25}
  optim.clip_grad_value_({w}, 0.5)
  test.equal(w.grad:tolist(), {0.5, -0.25})
  test.raises(function() optim.clip_grad_norm_({w}, 1, {norm_typ = 1}) end,
    "clip_grad_norm_: unknown option 'norm_typ', did you mean 'norm_type'?")
end)

-- The larger golden set: whole trajectories on a quadratic and on a small network.

local shared = test.shared 'data/golden_models/train/optimizers.json'

local function mlp(p0, grouped)
  local function part(from, shape, count)
    return tensor(table.move(p0, from + 1, from + count, 1, {})):view(shape):requires_grad_(true)
  end
  return {part(0, {8, 4}, 32), part(32, {8}, 8), part(40, {3, 8}, 24), part(64, {3}, 3)}
end

local function options_of(case)
  local options = {}
  for name, value in pairs(case.args) do options[name] = value end
  return options
end

if shared then
  local data = json(shared)
  local a = torch.diag(torch.arange(1, 7, {dtype = 'float64'})) + 0.1
  local b, x, y = tensor(data.b), tensor(data.X):view{-1, 4}, tensor(data.Y):view{-1, 3}

  local function mlp_loss(p)
    return torch.mse_loss(torch.linear(torch.tanh(torch.linear(x, p[1], p[2])), p[3], p[4]), y)
  end

  local function train(optimizer, loss, expected, label, before_step)
    for i = 1, #expected.losses do
      local value = loss()
      test.close(value:item(), expected.losses[i], tolerance, label .. ': loss of step ' .. i)
      optimizer:zero_grad()
      value:backward()
      if before_step then before_step(i) end
      optimizer:step()
    end
    if expected.final_loss then test.close(loss():item(), expected.final_loss, tolerance, label .. ': end') end
  end

  for name, case in pairs(data.results) do
    if type(case.args) == 'table' and rawget(optim, case.optimizer) then
      test.case('golden trajectory of ' .. name, function()
        local p = tensor(data.x0):requires_grad_(true)
        local optimizer = optim[case.optimizer]({p}, options_of(case))
        local function quadratic() return 0.5 * p:dot(a:mv(p)) - b:dot(p) end
        train(optimizer, quadratic, case.quadratic, name)
        local steps = case.quadratic.params_after_each_step
        test.close(p:detach(), tensor(steps[#steps]), tolerance, name)

        local parameters = mlp(data.P0)
        optimizer = optim[case.optimizer](parameters, options_of(case))
        train(optimizer, function() return mlp_loss(parameters) end, case.mlp, name .. ', mlp')
        steps = case.mlp.params_after_each_step
        test.close(flat(parameters), tensor(steps[#steps]), tolerance, name .. ', mlp')
      end)
    end
  end

  test.case('golden trajectory of two groups with clipping', function()
    local p, case = mlp(data.P0), data.results.adamw_two_groups_clip.mlp
    local weights, biases = {params = {p[1], p[3]}, weight_decay = 0.1}, {params = {p[2], p[4]}, lr = 0.2}
    local optimizer = optim.AdamW({weights, biases}, {lr = 0.05, weight_decay = 0})
    train(optimizer, function() return mlp_loss(p) end, case, 'two groups', function(i)
      test.close(optim.clip_grad_norm_(p, 0.1):item(), case.norms_before_clip[i], tolerance, 'norm ' .. i)
    end)
    test.close(flat(p), tensor(case.params_final), tolerance)
  end)

  test.case('golden rates of the 17 schedules', function()
    local schedules = json(test.shared 'data/golden_models/train/schedules.json')
    local known = {
      StepLR = {'step', {step_size = 10, gamma = 0.5}},
      MultiStepLR = {'multistep', {milestones = {5, 20, 35}, gamma = 0.3}},
      ExponentialLR = {'exponential', {gamma = 0.93}},
      CosineAnnealingLR = {'cosine', {T_max = 50, eta_min = 0.001}},
      CosineAnnealingLR_T20 = {'cosine', {T_max = 20}},
      CosineAnnealingWarmRestarts = {'cosine_restarts', {T_0 = 10, T_mult = 2, eta_min = 0.001}},
      LinearLR = {'linear', {}},
      PolynomialLR = {'polynomial', {total_iters = 40, power = 2}},
      ConstantLR = {'constant', {factor = 0.25, total_iters = 7}},
      OneCycleLR_cos = {'onecycle', {max_lr = 0.1, total_steps = 50}},
      OneCycleLR_linear = {'onecycle', {max_lr = 0.1, total_steps = 50, anneal_strategy = 'linear',
        pct_start = 0.2, div_factor = 10, final_div_factor = 100}},
      OneCycleLR_three_phase = {'onecycle', {max_lr = 0.1, total_steps = 50, three_phase = true}},
      CyclicLR = {'cyclic', {base_lr = 0.01, max_lr = 0.1, step_size_up = 8, mode = 'triangular2'}},
      warmup_cosine_sequential = {'linear_warmup_cosine',
        {warmup_steps = 5, total_steps = 50, start_factor = 0.01}},
      warmup_cosine_lambda = {'linear_warmup_cosine', {warmup_steps = 5, total_steps = 50}},
      warmup_linear_lambda = {'linear_warmup_linear', {warmup_steps = 5, total_steps = 50}},
    }
    local count = 0
    for name, case in pairs(schedules.results) do
      count = count + 1
      if name == 'ReduceLROnPlateau' then
        local options = {factor = 0.5, patience = 3, threshold = 1e-2, cooldown = 1, min_lr = 0.004}
        check_plateau(options, schedules.metric, case.lr, true)
      else
        check_rates(known[name][1], known[name][2], case.lr, case.momentum)
      end
    end
    test.equal(count, 17)
  end)
end

test.case('parameters come as a list, pairs, a table of names, or groups', function()
  local a, b = torch.zeros({2}, {requires_grad = true}), torch.zeros({3}, {requires_grad = true})
  local function names(params)
    a.grad, b.grad = torch.ones{2}, torch.ones{3}
    local optimizer, list = optim.Adam(params), {}
    optimizer:step()
    for name in pairs(optimizer:state_dict().tensors) do list[#list + 1] = name:match '(.*)%.exp_avg$' end
    return list
  end
  test.equal(names{a, b}, {'1', '2'})
  test.equal(names{{'w', a}, {'b', b}}, {'w', 'b'})
  test.equal(names{weight = a, bias = b}, {'bias', 'weight'})
  test.equal(names{{params = {a}}, {params = {b}, lr = 1}}, {'1', '2'})
end)

test.case('rates and options are read and set by group', function()
  local a, b = torch.zeros({2}, {requires_grad = true}), torch.zeros({3}, {requires_grad = true})
  local optimizer = optim.AdamW({{params = {a}}, {params = {b}, lr = 0.5}}, {lr = 0.25, betas = {0.8, 0.9}})
  test.equal(optimizer:lr(), 0.25)
  test.equal(optimizer.groups[2].lr, 0.5)
  test.equal(optimizer.groups[2].betas, {0.8, 0.9})
  test.equal(optimizer.groups[1].amsgrad, false)
  optimizer.groups[1].weight_decay = 0.3
  test.equal(optimizer.groups[1].weight_decay, 0.3)
  optimizer:lr(0.125)
  test.equal(optimizer.groups[2].lr, 0.125)
  optimizer:add_group{params = {torch.zeros({1}, {requires_grad = true})}}
  test.equal(optimizer.groups[3].lr, 0.25, 'a later group starts from the options')
  test.equal(#optimizer.groups[3].params, 1)
end)

test.case('a state saved half-way gives the same run to the bit', function()
  for _, kind in ipairs{'SGD', 'Adam', 'AdamW', 'RMSprop', 'Adagrad'} do
    local function run(from, to, parameters, optimizer, schedule)
      for i = from, to do
        for k, parameter in ipairs(parameters) do parameter.grad = wide(40 + 2 * i + k, parameter.shape) end
        optimizer:step()
        schedule:step()
      end
    end
    local function start(parameters)
      local optimizer = optim[kind](parameters, {lr = 0.03})
      return optimizer, optim.schedule.linear_warmup_cosine(optimizer, {warmup_steps = 3, total_steps = 12})
    end
    local parameters = two_parameters()
    local optimizer, schedule = start(parameters)
    run(1, 5, parameters, optimizer, schedule)
    local state, copy = optimizer:state_dict(), {}
    for name, value in pairs(state.tensors) do state.tensors[name] = value:clone() end
    for k, parameter in ipairs(parameters) do copy[k] = parameter:detach():clone():requires_grad_(true) end
    local progress = schedule:state_dict()
    run(6, 10, parameters, optimizer, schedule)

    local resumed, resumed_schedule = start(copy)
    resumed:load_state_dict(state)
    resumed_schedule:load_state_dict(progress)
    run(6, 10, copy, resumed, resumed_schedule)
    for k, parameter in ipairs(parameters) do test.equal(copy[k]:detach(), parameter:detach(), kind) end
    test.equal(resumed:lr(), optimizer:lr())
  end
end)

test.case('errors say what was expected', function()
  local w = torch.zeros({2}, {requires_grad = true})
  test.raises(function() optim.AdamW({w}, {lrr = 1}) end, "AdamW: unknown option 'lrr', did you mean 'lr'?")
  test.raises(function() optim.AdamW({w}, {lr = 'fast'}) end, "AdamW: lr: expected number, got string 'fast'")
  test.raises(function() optim.AdamW({w}, {betas = 0.9}) end,
    'AdamW: betas: expected list of numbers, got number 0.9')
  test.raises(function() optim.AdamW({}) end, 'AdamW: params: expected at least one Tensor, got none')
  test.raises(function() optim.AdamW(w) end,
    'AdamW: params: expected a list or table of Tensors, got a Tensor; write {t}')
  test.raises(function() optim.AdamW{w, 3} end, "AdamW: params: '2': expected Tensor, got number")
  test.raises(function() optim.SGD({w}, {nesterov = true}) end,
    'SGD: nesterov: expected a momentum and no dampening')
  test.raises(function() optim.SGD({w}).groups[1].lr = -1 end, 'SGD: lr: expected a number >= 0, got -1')
  test.raises(function() optim.schedule.cosin() end, "did you mean 'schedule.cosine'?")
  test.raises(function() optim.schedule.step({}, {step_size = 1}) end,
    'schedule.step: expected an optimiser, got table')
  test.raises(function() optim.schedule.step(optim.SGD{w}) end,
    'schedule.step: step_size: expected an integer >= 1')
  test.raises(function() optim.SGD({w}):load_state_dict{optimizer = 'Adam'} end,
    'expected the state of SGD, got Adam')
end)

test.case('every function of optim is described, and nothing else', function()
  local names = {['optim.optimiser'] = true, ['optim.schedule'] = true}
  for name, value in pairs(optim) do
    if type(value) == 'function' then names['optim.' .. name] = true end
  end
  for name in pairs(names) do test.truthy(help.find(name), name) end
  for _, name in ipairs(help.topics 'optim') do test.truthy(names[name], name) end
  local text = help.find 'optim.schedule'
  for name in pairs(optim.schedule) do test.truthy(text:find(name, 1, true), name) end
end)
