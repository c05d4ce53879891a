-- Alignment: a network keeps its task and learns to predict a subject's EEG. L = L_task + beta (MSE + contrast).
local alignment = {}

-- The control conditions: what differs from alignment.
alignment.arms = {
  aligned = {},
  read_out = {note = 'only the read-out learns', freeze = 'trunk'},
  task = {note = 'the task loss alone', beta = 0},
  shuffled = {note = 'EEG shuffled over all pictures', targets = 'shuffled'},
  shuffled_within = {note = 'EEG shuffled within categories', targets = 'within'},
  category = {note = 'category labels as the target', targets = 'category'},
  no_mse = {note = 'without the MSE', mse = 0},
  no_contrast = {note = 'without the contrast', contrast = 0},
}

-- An order of n things in which each group keeps its places.
local function shuffled_within(groups, seed)
  local members = {}
  for i, group in ipairs(groups) do
    members[group] = members[group] or {}
    table.insert(members[group], i - 1)
  end
  local order = torch.zeros(#groups, {dtype = 'int64'})
  for _, list in pairs(members) do
    local places = torch.tensor(list)
    order[places] = places[torch.randperm(#list, {generator = torch.Generator():manual_seed(seed)})]
  end
  return order
end

-- What an arm is to predict: [pictures, values].
function alignment.targets(arm, eeg, categories, seed)
  local flat = eeg:flatten(1)
  if arm.targets == 'shuffled' then return flat[torch.randperm(#flat, {generator = torch.Generator():manual_seed(seed)})] end
  if arm.targets == 'within' then return flat[shuffled_within(categories, seed)] end
  if arm.targets ~= 'category' then return flat end
  local number, names = {}, {}
  for _, name in ipairs(categories) do
    if not number[name] then names[#names + 1], number[name] = name, #names end
  end
  local codes = {}
  for i, name in ipairs(categories) do codes[i] = number[name] end
  local hot = nn.functional.one_hot(torch.tensor(codes), #names):float()
  return (hot - hot:mean()) / hot:std()
end

-- logits, prediction, batch -> the loss and its parts.
function alignment.loss(preset, arm)
  local beta = arm.beta or preset.beta
  return function(logits, prediction, batch)
    local task = losses.cross_entropy(logits, preset.teacher == 'labels' and batch.label or batch.logits)
    local _, mse, contrast = losses.realnet_generation(prediction, batch.target,
      {correlation = preset.correlation, detach_contrast = preset.detach_contrast or false})
    local total = task + beta * ((arm.mse or 1) * mse + (arm.contrast or 1) * contrast)
    return total, {task = task, mse = mse, contrast = contrast}
  end
end

-- Trains one arm on a data set with the columns image, target, label and logits, chosen by its validation part (or by
-- `selection`, a data set). Returns the network with its read-out, and the history.
function alignment.fit(trunk, learn, selection, preset, arm, how)
  torch.manual_seed(how.seed)
  local net = nn.EncodingHead(trunk, {taps = how.areas, width = preset.width, outputs = learn:rows({0}).target:size(1), input = how.input})
  net:set_batch_norm_momentum(preset.batch_norm_momentum)
  if arm.freeze then net:freeze(arm.freeze) end
  local history = train.fit {model = net:to(how.device), data = learn, validation = selection, inputs = {'image'},
    optimizer = optim.Adam(net:named_parameters(), {lr = preset.lr}), loss = alignment.loss(preset, arm),
    epochs = preset.epochs, batch = preset.batch, seed = how.seed, checkpoint = how.checkpoint}
  return net, history
end

return alignment
