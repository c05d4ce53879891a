"""Writes training_golden.lua: parameters after steps of optimisers, rates, clipped gradients, losses with gradients."""
import math
import pathlib
import warnings

import torch
import torch.nn.functional as F

from golden import sample

warnings.simplefilter("ignore")

OPTIMIZERS = [
    ("SGD", dict(lr=0.05)),
    ("SGD", dict(lr=0.05, momentum=0.8, dampening=0.3, weight_decay=0.02)),
    ("SGD", dict(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01)),
    ("SGD", dict(lr=0.01, momentum=0.9, maximize=True)),
    ("Adam", dict()),
    ("Adam", dict(lr=0.05, weight_decay=0.1, betas=(0.8, 0.95), eps=1e-6)),
    ("Adam", dict(lr=0.05, amsgrad=True, maximize=True)),
    ("AdamW", dict()),
    ("AdamW", dict(lr=0.05, weight_decay=0.2, betas=(0.9, 0.98), eps=1e-6, amsgrad=True)),
    ("RMSprop", dict()),
    ("RMSprop", dict(lr=0.02, alpha=0.9, centered=True, momentum=0.7, weight_decay=0.01)),
    ("RMSprop", dict(lr=0.02, maximize=True)),
    ("Adagrad", dict()),
    ("Adagrad", dict(lr=0.1, lr_decay=0.05, weight_decay=0.01, initial_accumulator_value=0.1)),
]

S = torch.optim.lr_scheduler
SCHEDULES = [
    ("step", dict(step_size=7, gamma=0.5), S.StepLR),
    ("multistep", dict(milestones=[3, 11, 20], gamma=0.3), S.MultiStepLR),
    ("exponential", dict(gamma=0.93), S.ExponentialLR),
    ("cosine", dict(T_max=10, eta_min=0.001), S.CosineAnnealingLR),
    ("cosine_restarts", dict(T_0=4, T_mult=2, eta_min=0.001), S.CosineAnnealingWarmRestarts),
    ("cosine_restarts", dict(T_0=6), S.CosineAnnealingWarmRestarts),
    ("linear", dict(start_factor=0.25, total_iters=6), S.LinearLR),
    ("polynomial", dict(total_iters=15, power=2), S.PolynomialLR),
    ("constant", dict(factor=0.25, total_iters=7), S.ConstantLR),
    ("onecycle", dict(max_lr=0.1, total_steps=24), S.OneCycleLR),
    ("onecycle", dict(max_lr=0.1, total_steps=30, anneal_strategy="linear", pct_start=0.2, three_phase=True),
     S.OneCycleLR),
    ("cyclic", dict(base_lr=0.01, max_lr=0.1, step_size_up=4), S.CyclicLR),
    ("cyclic", dict(base_lr=0.01, max_lr=0.1, step_size_up=3, step_size_down=5, mode="triangular2"), S.CyclicLR),
    ("cyclic", dict(base_lr=0.01, max_lr=0.1, step_size_up=4, mode="exp_range", gamma=0.9), S.CyclicLR),
    ("linear_warmup_cosine", dict(warmup_steps=5, total_steps=24),
     lambda o, **_: S.LambdaLR(o, lambda i: i / 5 if i < 5 else 0.5 * (1 + math.cos(math.pi * (i - 5) / 19)))),
    ("linear_warmup_linear", dict(warmup_steps=5, total_steps=24),
     lambda o, **_: S.LambdaLR(o, lambda i: i / 5 if i < 5 else (24 - i) / 19)),
]

PLATEAUS = [
    dict(factor=0.5, patience=2, threshold=0.01, cooldown=1, min_lr=0.004),
    dict(mode="max", patience=1, threshold=0.02, threshold_mode="abs"),
]
METRIC = [1, 0.8, 0.7, 0.65, 0.648, 0.66, 0.649, 0.65, 0.64, 0.7, 0.7, 0.7, 0.7, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]


def wide(seed, shape):
    return sample(seed, shape, "float64")


def clip(image, text, scale):
    logits = scale * F.normalize(image, dim=1) @ F.normalize(text, dim=1).T
    target = torch.arange(len(image))
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


def correlation(x, y):
    return torch.corrcoef(torch.stack([x, y]))[0, 1]


def correlation_distances(x):
    return (1 - torch.corrcoef(x))[tuple(torch.triu_indices(len(x), len(x), 1))]


def cka(x, y):
    x, y = x - x.mean(0), y - y.mean(0)
    return (x.T @ y).norm() ** 2 / ((x.T @ x).norm() * (y.T @ y).norm())


# The names of the calls; tests/bindings/losses_test.lua has them too.
Z, A, C, FEW, RDM = wide(20, [6, 5]), wide(23, [6, 8]), wide(24, [6, 8]), wide(25, [4, 6]), wide(26, [6])
T, SOFT, W = torch.tensor([0, 3, 4, 1, 1, 2]), wide(21, [6, 5]).softmax(1), 1 + wide(22, [5]) / 4
LOSSES = [  # a call, its first argument, and its value in PyTorch
    ("cross_entropy(z, t)", Z, lambda x: F.cross_entropy(x, T)),
    ("cross_entropy(z, t, {label_smoothing = 0.1, weight = w})", Z,
     lambda x: F.cross_entropy(x, T, W, label_smoothing=0.1)),
    ("cross_entropy(z, t, {ignore_index = 1, reduction = 'sum'})", Z,
     lambda x: F.cross_entropy(x, T, ignore_index=1, reduction="sum")),
    ("cross_entropy(z, soft, {label_smoothing = 0.2})", Z, lambda x: F.cross_entropy(x, SOFT, label_smoothing=0.2)),
    ("mse(a, c)", A, lambda x: F.mse_loss(x, C)),
    ("mse(a, c, {reduction = 'sum'})", A, lambda x: F.mse_loss(x, C, reduction="sum")),
    ("smooth_l1(a, c, {beta = 0.3})", A, lambda x: F.smooth_l1_loss(x, C, beta=0.3)),
    ("clip_contrastive(a, c)", A, lambda x: clip(x, C, 1 / 0.07)),
    ("clip_contrastive(a, c, {scale = 5})", A, lambda x: clip(x, C, 5)),
    ("pearson(a, c, {dim = 1})", A, lambda x: 1 - sum(map(correlation, x, C)) / 6),
    ("cka(a, c)", A, lambda x: 1 - cka(x, C)),
    ("rdm(few, rdm_target)", FEW, lambda x: 1 - correlation(correlation_distances(x), RDM)),
]


def lua(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {lua(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "{" + ", ".join(map(lua, value)) + "}"
    return repr(value)


def optimizer_steps(kind, options):
    parameters = [wide(1, [3, 2]).requires_grad_(), wide(2, [4]).requires_grad_()]
    optimizer = getattr(torch.optim, kind)(parameters, **options)
    steps = []
    for i in range(5):
        for k, p in enumerate(parameters):
            p.grad = wide(10 + 2 * i + k, list(p.shape))
        optimizer.step()
        steps.append([v for p in parameters for v in p.detach().flatten().tolist()])
    return steps


def rates(make, options, count=24):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.5)
    schedule = make(optimizer, **options)
    lr, momentum = [], []
    for _ in range(count):
        lr.append(optimizer.param_groups[0]["lr"])
        momentum.append(optimizer.param_groups[0]["momentum"])
        schedule.step()
    return lr, momentum


def plateau_rates(options):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule = S.ReduceLROnPlateau(optimizer, **options)
    lr = []
    for metric in METRIC:
        schedule.step(metric)
        lr.append(optimizer.param_groups[0]["lr"])
    return lr


def clipped(norm_type):
    parameters = [wide(1, [3, 2]).requires_grad_(), wide(2, [4]).requires_grad_()]
    for k, p in enumerate(parameters):
        p.grad = wide(30 + k, list(p.shape))
    norm = torch.nn.utils.clip_grad_norm_(parameters, 0.5, norm_type)
    return norm.item(), [v for p in parameters for v in p.grad.flatten().tolist()]


version = torch.__version__.split("+")[0]
lines = [f"-- Written by make_training_golden.py with PyTorch {version}.", "return {", "  optimizers = {"]
for kind, options in OPTIMIZERS:
    lines.append(f"    {{kind = '{kind}', options = {lua(options)}, steps = {lua(optimizer_steps(kind, options))}}},")
lines += ["  },", "  schedules = {"]
for name, options, make in SCHEDULES:
    lr, momentum = rates(make, options)
    cycles = f", momentum = {lua(momentum)}" if len(set(momentum)) > 1 else ""
    lines.append(f"    {{name = '{name}', options = {lua(options)}, lr = {lua(lr)}{cycles}}},")
lines += ["  },", f"  metric = {lua(METRIC)},", "  plateaus = {"]
for options in PLATEAUS:
    lines.append(f"    {{options = {lua(options)}, lr = {lua(plateau_rates(options))}}},")
lines += ["  },", "  clips = {"]
for norm_type in (1.0, 2.0, math.inf):
    norm, gradients = clipped(norm_type)
    kind = "math.huge" if math.isinf(norm_type) else norm_type
    lines.append(f"    {{norm_type = {kind}, norm = {norm!r}, gradients = {lua(gradients)}}},")
lines += ["  },", "  losses = {"]
for call, first, function in LOSSES:
    x = first.clone().requires_grad_()
    value = function(x)
    (gradient,) = torch.autograd.grad(value, x)
    elements = lua(gradient.flatten().tolist())
    lines.append(f'    {{call = "{call}", value = {value.item()!r}, gradient = {elements}}},')
lines += ["  },", "}", ""]
pathlib.Path(__file__).with_name("training_golden.lua").write_text("\n".join(lines))
