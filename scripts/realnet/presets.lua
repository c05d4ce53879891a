-- How a network is aligned. The article, its notebook and its script differ; every difference is in this table.
--   paper     the article: the contrast has a gradient, a fresh network per subject
--   notebook  Train_ReAlnet.ipynb, which the authors' page points to: the contrast is detached, so only selects
--   script    ReAlnet.py: contrast over ranks (no gradient), the teacher's raw logits as class probabilities, and each
--             subject's network begins where the one before ended
--   demo      small pictures and few of them: larger steps, fewer epochs
local presets = {
  paper = {lr = 2e-5, epochs = 30, batch = 16, beta = 100, correlation = 'pearson', teacher = 'labels'},
  notebook = {lr = 2e-5, epochs = 30, batch = 16, beta = 100, correlation = 'pearson', detach_contrast = true, teacher = 'labels'},
  script = {lr = 2e-6, epochs = 25, batch = 16, beta = 100, correlation = 'spearman', teacher = 'logits', carried = true},
  demo = {lr = 2e-3, epochs = 5, batch = 16, beta = 30, correlation = 'pearson', teacher = 'labels'},
}

-- Each batch passes the published networks twice, which updates the running statistics twice: one pass with a momentum
-- of 1 - 0.9^2 leaves the same numbers.
for _, preset in pairs(presets) do
  preset.width, preset.batch_norm_momentum = 128, 0.19
end

-- The layers of each network that stand for V1, V2, V4 and IT.
local areas = {
  ['cornet/cornet_s'] = {'V1', 'V2', 'V4', 'IT'},
  ['timm/tf_efficientnet_lite0'] = {'blocks.1', 'blocks.2', 'blocks.4', 'blocks.6'},
  ['torchvision/resnet18'] = {'layer1', 'layer2', 'layer3', 'layer4'},
  ['torchvision/resnet50'] = {'layer1', 'layer2', 'layer3', 'layer4'},
}

for _, name in ipairs {'cornet_z', 'cornet_r', 'cornet_rt'} do areas['cornet/' .. name] = areas['cornet/cornet_s'] end

-- The areas asked for, else the backbone's.
local function areas_of(options)
  if #options.areas > 0 then return options.areas end
  local known = areas[options.backbone]
  if known then return known end
  error(('--areas: expected four layers of %s for V1, V2, V4 and IT (brainlua models %s lists them)'):format(options.backbone, options.backbone), 0)
end

-- How a network is trained where it is to learn the categories of the pictures first (--weights categories).
local categories = {lr = 2e-3, weight_decay = 0.05, epochs = 12, batch = 32}

return {presets = presets, areas_of = areas_of, categories = categories}
