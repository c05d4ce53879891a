-- Help texts of optim and losses. tests/bindings/{optim,losses}_test.lua fail when a function is missing here.
local help = require 'brain.help'

help.add_all [[
optim.SGD(params, {lr = 1e-3, momentum = 0, dampening = 0, weight_decay = 0, nesterov, maximize}) -> optimiser
Stochastic gradient descent. params: a list of Tensors, a table name -> Tensor, or a list of groups {params
= ..., lr = ...} that override the options. help 'optim.optimiser' lists the methods.

optim.Adam(params, {lr = 1e-3, betas = {0.9, 0.999}, eps = 1e-8, weight_decay = 0, amsgrad, maximize}) ->
optimiser
Weight decay is added to the gradient; optim.AdamW shrinks the parameters instead.

optim.AdamW(params, {lr = 1e-3, betas = {0.9, 0.999}, eps = 1e-8, weight_decay = 0.01, amsgrad, maximize})
-> optimiser
Adam with decoupled weight decay: parameters shrink by lr * weight_decay at each step.

optim.RMSprop(params, {lr = 1e-2, alpha = 0.99, eps = 1e-8, weight_decay = 0, momentum = 0, centered,
maximize}) -> optimiser
Scales the gradient by its running root mean square; centered subtracts the running mean.

optim.Adagrad(params, {lr = 1e-2, lr_decay = 0, weight_decay = 0, initial_accumulator_value = 0, eps =
1e-10, maximize}) -> optimiser
Scales the gradient by the root of the sum of all its squares.

optim.optimiser: what optim.SGD, Adam, AdamW, RMSprop and Adagrad return
opt:step()                 updates every parameter that has a gradient
opt:zero_grad()            drops the gradients
opt:lr(), opt:lr(1e-4)     the rate of the first group; sets that of every group
opt.groups[1].lr = 1e-4    every option of a group reads and sets by name; .params is its list of Tensors
opt:add_group{params = list, lr = 1e-5}
opt:state_dict()           all that the next step depends on besides the parameters; the tensors are the
optimiser's own, clone them to keep a state while training goes on
opt:load_state_dict(state)

optim.schedule: learning rates over steps
local s = optim.schedule.cosine(opt, {T_max = 100}), then s:step() after opt:step(); NAME{options} are
step{step_size, gamma = 0.1}  multistep{milestones, gamma = 0.1}  exponential{gamma}
cosine{T_max, eta_min = 0}  cosine_restarts{T_0, T_mult = 1, eta_min = 0}
linear{start_factor = 1/3, end_factor = 1, total_iters = 5}  constant{factor = 1/3, total_iters = 5}
polynomial{total_iters = 5, power = 1}
linear_warmup_cosine{warmup_steps, total_steps, start_factor = 0, eta_min = 0}
linear_warmup_linear{the same}: down a line instead of a cosine
onecycle{max_lr, total_steps, pct_start = 0.3, anneal_strategy = 'cos', cycle_momentum = true,
base_momentum = 0.85, max_momentum = 0.95, div_factor = 25, final_div_factor = 1e4, three_phase = false}
cyclic{base_lr, max_lr, step_size_up = 2000, step_size_down, mode = 'triangular', gamma = 1,
cycle_momentum = true, base_momentum = 0.8, max_momentum = 0.9}
plateau{mode = 'min', factor = 0.1, patience = 10, threshold = 1e-4, threshold_mode = 'rel', cooldown = 0,
min_lr = 0, eps = 1e-8}: s:step(metric)
s:rates(n) is the list of the first n rates (and a list of momenta where they cycle); s:state_dict(),
s:load_state_dict(state): a few numbers.

optim.clip_grad_norm_(params, max_norm, {norm_type = 2, error_if_nonfinite = false}) -> 0-d Tensor
Scales the gradients in place so that their joint norm is at most max_norm; returns the norm before.

optim.clip_grad_value_(params, value)
Clamps every gradient element to [-value, value] in place.

losses.cross_entropy(logits, target, {weight, label_smoothing = 0, ignore_index = -100, reduction = 'mean'})
-> Tensor
logits [N, C, ...]; target classes [N, ...] (int64, from 0) or probabilities of the logits' shape.

losses.mse(prediction, target, {reduction = 'mean'}) -> Tensor
Mean squared error of equal shapes; reduction 'mean', 'sum' or 'none'.

losses.smooth_l1(prediction, target, {beta = 1, reduction = 'mean'}) -> Tensor
Quadratic below beta, linear above.

losses.pearson(prediction, target, {dim = 0}) -> Tensor
1 - mean correlation along dim: of [samples, voxels], dim = 0 correlates each voxel over samples.

losses.noise_normalised_correlation(prediction, target, ceiling, {dim = 0, squared = false}) -> Tensor
1 - mean of r / sqrt(ceiling) over voxels with ceiling > 0 (squared: r |r| / ceiling); ceiling: explainable
share of each voxel's variance, 0 to 1.

losses.clip_contrastive(image, text, {scale = 1 / 0.07, ids, duplicates = 'positive'}) -> Tensor
Symmetric InfoNCE of the rows of [N, D], normalised here; scale may be a Tensor that learns
(log_scale:exp()). Rows of one id are positives of each other, or left out with duplicates = 'mask'.

losses.realnet_generation(prediction, target, {correlation = 'pearson', detach_contrast = false}) -> total,
mse, contrast
MSE plus 1 - r of matching rows + r of other rows. 'spearman' has no gradient through the contrast;
detach_contrast makes pearson behave alike.

losses.triplet_odd_one_out(embedding, triplets, {similarity = 'dot', temperature = 1}) -> Tensor
Mean -log p(i and j are the closest pair) of triplets (i, j, k), k the odd one out: rows (from 0) of
embedding [N, D].

losses.rdm(features, target, {distance = 'correlation', compare = 'pearson'}) -> Tensor
How far the RDM of features [N, D] is from target [N, N] or [N (N - 1) / 2]. distance 'correlation',
'cosine', 'euclidean', 'sqeuclidean'; compare 'pearson', 'cosine' (1 - similarity), 'mse'.

losses.cka(x, y, {unbiased = false}) -> Tensor
1 - linear CKA of [N, P] and [N, Q].

losses.clip_hba(image, text, target, {pairs = false, scale = 100}) -> loss, prediction
MSE of scale * cos(image, prompt) against target [N, K]; with pairs, text holds positive and negative
prompts in turn [2 K, D] and the prediction is their softmax's first entry.
]]
