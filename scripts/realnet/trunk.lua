-- The network before alignment: as it was published, or trained by this run to name the categories of the pictures.
local presets, study = require 'realnet.presets', require 'realnet.study'

-- A network trained on the training pictures' categories; the epoch is chosen on concepts held out from them.
local function trained(run, images, things)
  local opt, how = run.options, presets.categories
  local category, n = study.numbered(things.categories.train)
  local net = models.create(opt.backbone, {outputs = n, width = opt.width, seed = run.seed})
  local kept = run:step('trunk', function()
    local pictures = data.tensors {image = images, category = category, concept = things.first.train.labels}
    local learn, held = pictures:split {0.9, 0.1, by = 'concept', seed = run.seed}
    local function loss(logits, batch)
      return losses.cross_entropy(logits, batch.category), {accuracy = logits:argmax(1):eq(batch.category):float():mean()}
    end
    local history = train.fit {model = net:to(run.device, 'channels_last'), data = learn, validation = held, inputs = {'image'}, loss = loss,
      optimizer = optim.AdamW(net:named_parameters(), {lr = how.lr, weight_decay = how.weight_decay}), epochs = how.epochs,
      batch = how.batch, seed = run.seed}
    return {state = net:state_dict(), accuracy = history['validation.accuracy'], loss = history['validation.loss']}
  end)
  net:load_state_dict(kept.state)
  local best = kept.loss:argmin():item()
  return net:eval(), ('Before alignment the run trained %s to name %d categories: right on %.0f %% of the pictures of held-out concepts (chance %.0f %%).'):format(
    opt.backbone, n, 100 * kept.accuracy[best]:item(), 100 / n)
end

-- images: a column of the training pictures. Gives the network and, where it was trained here, a sentence about it.
return function(run, images, things)
  local opt = run.options
  if opt.weights == 'categories' then return trained(run, images, things) end
  return models.create(opt.backbone, {weights = opt.weights ~= 'none' and opt.weights or nil, width = opt.width, seed = run.seed}):eval()
end
