"""Writes layer_golden.lua: what PyTorch's layers start from, give, differentiate and call themselves."""
import pathlib
import sys
import warnings

import torch
from torch import nn

from golden import lua_source, sample, tensor_text, whole

warnings.simplefilter("ignore")

# (constructor, shape of the input): numbers from sample(1, shape)
CASES = [
    ("nn.Linear(4, 3)", (2, 4)),
    ("nn.Linear(4, 3, bias=False)", (2, 2, 4)),
    ("nn.Conv1d(2, 3, 3)", (1, 2, 6)),
    ("nn.Conv1d(2, 2, 3, padding='same', dilation=2)", (1, 2, 5)),
    ("nn.Conv2d(3, 4, 3)", (1, 3, 5, 4)),
    ("nn.Conv2d(4, 2, 3, stride=2, padding=1, groups=2, bias=False)", (2, 4, 4, 4)),
    ("nn.Conv2d(2, 2, (3, 2), (2, 1), (1, 0), (1, 2), 1)", (1, 2, 5, 4)),
    ("nn.Conv2d(1, 2, 3, padding=1, padding_mode='reflect')", (1, 1, 4, 3)),
    ("nn.Conv2d(1, 1, (4, 3), padding='same', padding_mode='circular')", (1, 1, 4, 4)),
    ("nn.Conv2d(1, 2, 2, padding='valid')", (1, 3, 3)),
    ("nn.Conv3d(1, 2, 2, padding=(1, 0, 0))", (1, 1, 2, 3, 3)),
    ("nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1)", (1, 2, 3, 2)),
    ("nn.ConvTranspose2d(2, 4, 2, groups=2, bias=False, dilation=2)", (1, 2, 2, 2)),
    ("nn.BatchNorm1d(3)", (4, 3)),
    ("nn.BatchNorm1d(2, momentum=None)", (2, 2, 3)),
    ("nn.BatchNorm2d(3)", (2, 3, 2, 3)),
    ("nn.BatchNorm2d(2, eps=0.001, momentum=0.01, affine=False)", (2, 2, 2, 2)),
    ("nn.BatchNorm2d(2, track_running_stats=False)", (2, 2, 2, 2)),
    ("nn.BatchNorm3d(2, bias=False)", (2, 2, 1, 2, 2)),
    ("nn.InstanceNorm2d(2)", (2, 2, 3, 2)),
    ("nn.InstanceNorm2d(2, affine=True, track_running_stats=True)", (2, 2, 3, 2)),
    ("nn.LayerNorm(4)", (2, 3, 4)),
    ("nn.LayerNorm((2, 3), eps=1e-6, bias=False)", (2, 2, 3)),
    ("nn.LayerNorm(4, elementwise_affine=False)", (2, 4)),
    ("nn.GroupNorm(2, 4)", (2, 4, 3)),
    ("nn.GroupNorm(1, 2, affine=False)", (2, 2, 2)),
    ("nn.RMSNorm(4)", (2, 4)),
    ("nn.RMSNorm((2, 2), eps=0.01, elementwise_affine=False)", (2, 2, 2)),
    ("nn.ReLU()", (2, 3)),
    ("nn.ReLU6()", (2, 3)),
    ("nn.GELU()", (2, 3)),
    ("nn.GELU('tanh')", (2, 3)),
    ("nn.SiLU()", (2, 3)),
    ("nn.Sigmoid()", (2, 3)),
    ("nn.Tanh()", (2, 3)),
    ("nn.Hardswish()", (2, 3)),
    ("nn.Hardsigmoid()", (2, 3)),
    ("nn.Softmax(dim=-1)", (2, 3)),
    ("nn.Softmax()", (2, 3, 2)),
    ("nn.LogSoftmax(1)", (2, 3)),
    ("nn.LeakyReLU()", (2, 3)),
    ("nn.LeakyReLU(0.2)", (2, 3)),
    ("nn.ELU(alpha=0.5)", (2, 3)),
    ("nn.Softplus(beta=2.0)", (2, 3)),
    ("nn.PReLU()", (2, 3)),
    ("nn.PReLU(3, init=0.5)", (2, 3, 2)),
    ("nn.MaxPool1d(2)", (1, 2, 5)),
    ("nn.MaxPool2d(3, 2, 1)", (1, 2, 5, 5)),
    ("nn.MaxPool2d((2, 1), stride=(2, 1), ceil_mode=True)", (2, 3, 2)),
    ("nn.MaxPool2d(2, 1, dilation=2)", (1, 1, 4, 4)),
    ("nn.AvgPool2d(2)", (1, 2, 4, 4)),
    ("nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False)", (1, 1, 4, 5)),
    ("nn.AvgPool2d((2, 2), divisor_override=3)", (1, 1, 4, 4)),
    ("nn.AdaptiveAvgPool1d(2)", (1, 2, 5)),
    ("nn.AdaptiveAvgPool2d(1)", (2, 2, 3, 3)),
    ("nn.AdaptiveAvgPool2d((2, None))", (1, 1, 3, 4)),
    ("nn.AdaptiveMaxPool2d((1, 2))", (1, 2, 3, 3)),
    ("nn.Dropout()", (4, 4)),
    ("nn.Dropout(0.2)", (4, 4)),
    ("nn.Dropout2d(0.5)", (2, 4, 2, 1)),
    ("nn.Identity()", (2, 2)),
    ("nn.Flatten()", (2, 3, 2)),
    ("nn.Flatten(0, 1)", (2, 3, 2)),
    ("nn.Unflatten(1, (2, 3))", (1, 6)),
    ("nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2))", (2, 1, 4, 4)),
    ("nn.Sequential(nn.Sequential(nn.Linear(2, 2), nn.Tanh()), nn.Dropout(0.5), nn.Linear(2, 1, bias=False))", (3, 2)),
]
ROWS = [
    ("nn.Embedding(5, 3)", (2, 2)),
    ("nn.Embedding(5, 2, padding_idx=-1)", (4,)),
]


def summary(tensor):
    """The first four numbers, the sum of all, and the sum of all times 0, 1, 2, ... so that their order counts."""
    flat = tensor.detach().double().reshape(-1)
    ramp = torch.arange(flat.numel(), dtype=torch.float64)
    return " ".join("%.9g" % v for v in [*flat[:4].tolist(), flat.sum(), (flat * ramp).sum()])


def named(tensors):
    return "{" + ", ".join(f"{{'{name}', '{summary(value)}'}}" for name, value in tensors) + "}"


def case(constructor, shape, rows=None):
    """A Lua table: what the layer is called and starts from, then one call in training and one in evaluation."""
    torch.manual_seed(0)
    layer = eval(constructor)
    code = lua_source(constructor).replace("= nil", "= torch.null")
    shape_text = "{" + ", ".join(map(str, shape)) + "}"
    fields = [f"code = [==[{code}]==]", f"text = [==[{layer}]==]", f"shape = {shape_text}"]
    fields.append(f"state = {named(layer.state_dict().items())}")
    if rows:
        x = whole(1, shape, rows)
        fields.append(f"rows = {rows}")
    else:
        x = sample(1, shape).requires_grad_()
    torch.manual_seed(1)
    y = layer(x)
    fields.append(f"train = '{tensor_text(y)}'")
    (y * sample(2, y.shape)).sum().backward()
    if x.grad is not None:
        fields.append(f"input_gradient = '{tensor_text(x.grad)}'")
    fields.append(f"gradients = {named((name, p.grad) for name, p in layer.named_parameters())}")
    if list(layer.buffers()):
        fields.append(f"buffers = {named(layer.named_buffers())}")
    evaluated = layer.eval()(x)
    if not torch.equal(evaluated, y):
        fields.append(f"eval = '{tensor_text(evaluated)}'")
    return "  {" + ",\n   ".join(fields) + "},"


def main():
    lines = [f"-- Layers. Made by {pathlib.Path(sys.argv[0]).name}; do not edit.", "return {"]
    lines += [case(constructor, shape) for constructor, shape in CASES]
    lines += [case(constructor, shape, rows=5) for constructor, shape in ROWS]
    text = "\n".join(lines + ["}", ""])
    assert len(text) <= 200_000, len(text)
    (pathlib.Path(__file__).parent / "layer_golden.lua").write_text(text)


if __name__ == "__main__":
    main()
