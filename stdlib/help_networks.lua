-- Help texts of nn. tests/stdlib/help_modules_test.lua fails when a function is missing here.
local help = require 'brain.help'

help.add_all [[
nn.layer: what every layer and network can do
net(x), net:ENTRY(x)                  runs it; several inputs and outputs come as several values
net:parameters(), net:named_parameters(), net:named_modules(), net:state_dict()
net:load_state_dict(sd, {strict = true, strip_prefix = 'module.', rename = fn})  one message for all that is wrong
net:to('cuda', 'float64', 'channels_last'), net:train(), net:eval(), net:is_training()
net:freeze(glob), net:unfreeze(glob)  no gradients; norms and dropout go to eval and stay there; net:is_frozen()
net:get 'layer4.1', net.layer4        a layer in it
net:replace('fc', layer), net:clone() another layer in its place; a deep copy
net:capture(x, {globs}, {stop_early}) name -> Tensor: outputs of layers; name#k is the k-th call, name#* all of them
net:capture({globs}, fn)              the same while fn runs
net:on(glob, function(name, output, inputs...) end) -> hooks; hooks:remove(). What it returns takes the output's place
net:layers(x) -> Frame                every call in the order of its end: name, class, numbered, shape, parameters
net:stages()                          list of layers whose composition is forward, where the network is such a chain
net:count_parameters{trainable = true}, net:zero_grad(), net:class_name(), net:has_hooks()
net:set_batch_norm_momentum(0.19)     for every norm below; 0.19 is two passes of 0.1 in one
Globs: * within a segment, ** across, {a,b}, {22..23}.

nn.class(name, function(self, ...) ... end) -> class
class(...) makes a module; layers and nn.Parameter assigned to its fields are its own, in that order (assign one in a
statement: Lua works through a, b = x, y from the right); function class:forward(x) ... end says what it does.

nn.Parameter(tensor) -> Tensor
A leaf that training changes: assigned to a field of a module it becomes one of its parameters.

nn.EncodingHead(trunk, {taps = {names}, width = 128, outputs = n, input = {3, 224, 224}}) -> layer
Predicts responses beside the trunk's own output: each tapped layer is flattened, then Linear(width) and ReLU, all are
joined, then Linear(outputs). head(x) -> the trunk's output, prediction [N, outputs]; head:predict(x) -> prediction.
input: the shape of one input, to learn the taps' sizes.

nn.Linear(in_features, out_features, {bias = true}) -> layer

nn.Conv1d(in_channels, out_channels, kernel_size, {stride = 1, padding = 0 or 'same', dilation = 1, groups = 1, bias =
true, padding_mode = 'zeros'}) -> layer

nn.Conv2d(in_channels, out_channels, kernel_size, {as Conv1d; sizes are a number or {h, w}}) -> layer

nn.Conv3d(in_channels, out_channels, kernel_size, {as Conv1d; sizes are a number or {d, h, w}}) -> layer

nn.ConvTranspose2d(in_channels, out_channels, kernel_size, {stride = 1, padding = 0, output_padding = 0, groups = 1,
bias = true, dilation = 1}) -> layer

nn.BatchNorm1d(num_features, {eps = 1e-5, momentum = 0.1, affine = true, track_running_stats = true}) -> layer

nn.BatchNorm2d(num_features, {as BatchNorm1d}) -> layer

nn.BatchNorm3d(num_features, {as BatchNorm1d}) -> layer

nn.InstanceNorm2d(num_features, {as BatchNorm1d, affine = false, track_running_stats = false}) -> layer

nn.LayerNorm(normalized_shape, {eps = 1e-5, elementwise_affine = true, bias = true}) -> layer

nn.GroupNorm(num_groups, num_channels, {eps = 1e-5, affine = true}) -> layer

nn.RMSNorm(normalized_shape, {eps, elementwise_affine = true}) -> layer

nn.ReLU() -> layer

nn.ReLU6() -> layer

nn.GELU({approximate = 'none' or 'tanh'}) -> layer

nn.QuickGELU() -> layer
x sigmoid(1.702 x), as in OpenAI's CLIP.

nn.SiLU() -> layer

nn.Sigmoid() -> layer

nn.Tanh() -> layer

nn.Softmax(dim) -> layer

nn.LogSoftmax(dim) -> layer

nn.Hardswish() -> layer

nn.Hardsigmoid() -> layer

nn.LeakyReLU({negative_slope = 0.01}) -> layer

nn.ELU({alpha = 1}) -> layer

nn.Softplus({beta = 1, threshold = 20}) -> layer

nn.PReLU({num_parameters = 1, init = 0.25}) -> layer

nn.MaxPool1d(kernel_size, {stride = kernel_size, padding = 0, dilation = 1, ceil_mode = false}) -> layer

nn.MaxPool2d(kernel_size, {as MaxPool1d}) -> layer

nn.AvgPool2d(kernel_size, {stride = kernel_size, padding = 0, ceil_mode = false, count_include_pad = true,
divisor_override}) -> layer

nn.AdaptiveAvgPool1d(output_size) -> layer

nn.AdaptiveAvgPool2d(output_size) -> layer

nn.AdaptiveMaxPool2d(output_size) -> layer

nn.Dropout({p = 0.5}) -> layer

nn.Dropout2d({p = 0.5}) -> layer
Whole channels.

nn.StochasticDepth(p, {mode = 'row'}) -> layer
Whole samples ('row') or the whole batch ('batch') of a residual branch.

nn.Identity() -> layer

nn.Flatten({start_dim = 1, end_dim = -1}) -> layer

nn.Unflatten(dim, unflattened_size) -> layer

nn.Permute(dims) -> layer

nn.Embedding(num_embeddings, embedding_dim, {padding_idx, scale_grad_by_freq = false}) -> layer

nn.MultiheadAttention(embed_dim, num_heads, {dropout = 0, bias = true, kdim, vdim, batch_first = false}) -> layer
layer(query, key, value, ...) -> output, weights; layer(x) is self-attention. in_proj, softmax and out_proj are
layers with names.

nn.Sequential{layer, ...} or {{name, layer}, ...} -> layer

nn.ModuleList{layer, ...} -> layer
Children '0', '1', ... that their owner calls as it likes.
]]
