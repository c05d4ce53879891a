-- Alignment: a network keeps its task and learns to predict a subject's EEG. L = L_task + beta (MSE + contrast).
local arms, measures = require 'realnet.arms', require 'realnet.measures'
local similarity = require 'realnet.similarity'

local alignment = {}

-- logits, prediction, batch -> the loss and its parts.
local function loss_of(preset, arm)
  local beta = (arm.beta or preset.beta) * (arm.beta_factor or 1)
  return function(logits, prediction, batch)
    local task = losses.cross_entropy(logits, preset.teacher == 'labels' and batch.label or batch.logits)
    local _, mse, contrast = losses.realnet_generation(prediction, batch.target,
      {correlation = preset.correlation, detach_contrast = preset.detach_contrast or false})
    return task + beta * ((arm.mse or 1) * mse + (arm.contrast or 1) * contrast), {task = task, mse = mse, contrast = contrast}
  end
end

-- f(pictures [n, 3, h, w]) for a column of pictures, in batches.
local function in_batches(column, device, f)
  local parts = {}
  for first = 0, #column - 1, 64 do
    local rows = column:rows(torch.arange(first, math.min(first + 64, #column))):to(device)
    parts[#parts + 1] = torch.no_grad(f, rows):cpu()
  end
  return torch.cat(parts)
end

-- What the network says of each picture before alignment: its logits are the task that alignment must keep.
function alignment.logits(net, column, device) return in_batches(column, device, function(x) return net(x) end) end

-- Trains one condition for one subject. data: {images, logits, categories}, each with train and test.
local function train_one(trunk, arm, record, data_, preset, how, seed)
  torch.manual_seed(seed)
  local function columns(part)
    return data.tensors {image = data_.images[part], logits = data_.logits[part], label = data_.logits[part]:argmax(1),
      target = arms.targets(arm, record[part].eeg, data_.categories[part], seed), concept = record[part].labels}
  end
  local learn, held = columns 'train', nil
  if how.selection == 'test' then held = columns 'test' else learn, held = learn:split {0.9, 0.1, by = 'concept', seed = how.seed} end
  local net = nn.EncodingHead(trunk, {taps = how.areas, width = preset.width, outputs = learn:rows({0}).target:size(1), input = how.input})
  net:set_batch_norm_momentum(preset.batch_norm_momentum)
  if arm.freeze then net:freeze(arm.freeze) end
  local history = train.fit {model = net:to(how.device, 'channels_last'), data = learn, validation = held, inputs = {'image'}, loss = loss_of(preset, arm),
    optimizer = optim.Adam(net:named_parameters(), {lr = preset.lr}), epochs = preset.epochs, batch = preset.batch, seed = seed}
  return net, history
end

-- A subject's networks of one condition, one for each seed, and what is kept of them: rdms [seeds, areas, pairs] of the
-- test pictures, prediction [test pictures, values] and right [test pictures] (same top-1 as the network before), means over
-- seeds, the losses of each epoch, and measured, what else is measured of each seed's.
function alignment.subject(base, arm, record, data_, preset, how)
  local kept = {rdms = {}, prediction = 0, right = 0, measured = {}}
  for k = 1, how.seeds do
    local trunk = preset.carried and how.carried[arm.name] or base:clone()
    local net, history = train_one(trunk, arm, record, data_, preset, how, how.seed + 1000 * k + record.subject)
    kept.rdms[k] = similarity.areas(net.trunk, data_.images.test, how.areas, how.device)
    kept.prediction = kept.prediction + in_batches(data_.images.test, how.device, function(x) return net:predict(x) end) / how.seeds
    local labels = alignment.logits(net.trunk, data_.images.test, how.device):argmax(1)
    kept.right = kept.right + labels:eq(data_.logits.test:argmax(1)):double() / how.seeds
    kept.measured[k] = measures.of(how.measures, net.trunk)
    kept.epoch, kept.learned, kept.held = history.epoch, history['train.loss'], history['validation.loss']
    if preset.carried then how.carried[arm.name] = net.trunk end
  end
  kept.rdms = torch.stack(kept.rdms)
  return kept
end

return alignment
