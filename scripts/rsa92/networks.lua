-- Networks with trained weights: their checkpoints below the data folder, the layers that are compared (the output of each
-- block, also before its sum in MobileNetV2, pooling, the last layer), and for alignment the first layer that learns and the one whose RDM is aligned.
local networks = {}

local mobilenet_v2 = {'features.{0..18}', 'features.{3,5,6,8,9,10,12,13,15,16}.conv.2', 'classifier.0', 'classifier.1'}
local all = {
  {name = 'songhan/squeezenet1_0', label = 'SqueezeNet', file = 'weights/squeezenet1_0_deepcomp_imagenet.safetensors',
    size = 224, layers = {'features.1', 'features.{3,4,5,7,8,9,10,12}', 'classifier.3'}, learns = 'features.9', aligned = 'features.12'},
  {name = 'coral/mobilenet_v1_0.25_128', label = 'MobileNetV1 x 0.25', file = 'weights/mobilenet_v1_0.25_128_imagenet.safetensors',
    size = 128, layers = {'conv1_relu', 'conv_pw_{1..13}_relu', 'global_pool', 'conv_preds'}, learns = 'conv_dw_11', aligned = 'conv_pw_13_relu'},
  {name = 'coral/mobilenet_v2_1.0_224', label = 'MobileNetV2', file = 'weights/mobilenet_v2_1.0_224_imagenet.safetensors',
    size = 224, layers = mobilenet_v2, learns = 'features.16', aligned = 'features.17'},
  {name = 'coral/mobilenet_v2_1.0_224_inat_bird', label = 'MobileNetV2 of birds', file = 'weights/mobilenet_v2_1.0_224_inat_bird.safetensors',
    size = 224, layers = mobilenet_v2, learns = 'features.16', aligned = 'features.17'},
  {name = 'timm/tf_efficientnet_lite0', label = 'EfficientNet-lite0', file = 'weights_pypi/tf_efficientnet_lite0.safetensors',
    size = 224, layers = {'bn1', 'blocks.*.*', 'bn2', 'global_pool', 'classifier'}, learns = 'blocks.5.3', aligned = 'blocks.6.0'},
  {name = 'akamaster/resnet56', label = 'ResNet-56 of CIFAR-10', file = 'weights/resnet56_cifar10.safetensors',
    size = 32, layers = {'layer1.{2,5,8}', 'layer2.{2,5,8}', 'layer3.{2,5,8}', 'linear'}, learns = 'layer3.6', aligned = 'layer3.8'},
}

local function there(entry, root)
  local file <close> = io.open(root .. '/' .. entry.file, 'rb')
  return file ~= nil
end

-- The entry of a name, which must be known and have its checkpoint.
function networks.find(name, root)
  local names = {}
  for i, entry in ipairs(all) do
    if entry.name == name then
      if there(entry, root) then return entry end
      error(('%s/%s: no such file; it holds the weights of %s'):format(root, entry.file, name), 0)
    end
    names[i] = entry.name
  end
  error(("--networks: expected all or some of %s, got '%s'"):format(table.concat(names, ', '), name), 0)
end

-- The networks named, or all whose checkpoints are there.
function networks.chosen(names, root)
  local chosen = {}
  if names[1] ~= 'all' then
    for i, name in ipairs(names) do chosen[i] = networks.find(name, root) end
    return chosen
  end
  for _, entry in ipairs(all) do
    if there(entry, root) then chosen[#chosen + 1] = entry end
  end
  if #chosen == 0 then error(('--data: %s: expected checkpoints such as %s, found none'):format(root, all[1].file), 0) end
  return chosen
end

function networks.load(entry, root) return models.create(entry.name, {weights = root .. '/' .. entry.file}):eval() end

return networks
