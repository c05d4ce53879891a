"""Writes attention_golden.lua: torch.nn.MultiheadAttention with its masks and layouts."""
import pathlib
import sys

import torch
from torch import nn

from golden import lua_source, sample, tensor_text, whole
from make_layer_golden import named

# (constructor, shapes of query, key and value, call); without a shape the key is the query, the value the key
CASES = [
    ("nn.MultiheadAttention(8, 2)", [(3, 2, 8)], "layer(q, k, v)"),
    ("nn.MultiheadAttention(8, 2)", [(3, 8)], "layer(q, k, v, None, True, None, False)"),
    ("nn.MultiheadAttention(8, 2)", [(3, 8)], "layer(q, k, v, None, False)"),
    ("nn.MultiheadAttention(8, 4, batch_first=True, bias=False)", [(2, 3, 8)], "layer(q, k, v, None, False)"),
    ("nn.MultiheadAttention(8, 2, batch_first=True)", [(2, 3, 8), (2, 4, 8)], "layer(q, k, v)"),
    ("nn.MultiheadAttention(8, 2)", [(3, 2, 8), (4, 2, 8), (4, 2, 8)], "layer(q, k, v, None, False)"),
    ("nn.MultiheadAttention(8, 2, kdim=6, vdim=5)", [(3, 2, 8), (4, 2, 6), (4, 2, 5)], "layer(q, k, v)"),
    ("nn.MultiheadAttention(8, 2, bias=False, kdim=6)", [(3, 2, 8), (4, 2, 6), (4, 2, 8)], "layer(q, k, v, None, False)"),
    ("nn.MultiheadAttention(8, 2, batch_first=True)", [(2, 3, 8), (2, 4, 8)],
     "layer(q, k, v, whole(3, (2, 4), 2).bool(), True, None, False)"),
    ("nn.MultiheadAttention(8, 2, batch_first=True)", [(2, 3, 8), (2, 4, 8)],
     "layer(q, k, v, whole(3, (2, 4), 2).bool(), False, sample(4, (3, 4)))"),
    ("nn.MultiheadAttention(8, 2)", [(3, 2, 8)], "layer(q, k, v, sample(3, (2, 3)), True, sample(4, (4, 3, 3)))"),
    ("nn.MultiheadAttention(8, 2)", [(3, 2, 8)], "layer(q, k, v, None, False, whole(7, (3, 3), 2).bool())"),
    ("nn.MultiheadAttention(8, 2)", [(3, 2, 8)],
     "layer(q, k, v, None, False, torch.triu(torch.ones(3, 3), 1).bool(), True, True)"),
    ("nn.MultiheadAttention(8, 2, dropout=0.5)", [(3, 2, 8)], "layer(q, k, v)"),
]


def case(constructor, shapes, call):
    torch.manual_seed(0)
    layer = eval(constructor)
    fields = [f"code = [==[{lua_source(constructor)}]==]", f"call = [==[{lua_source(call)}]==]"]
    fields.append("shapes = {" + ", ".join("{" + ", ".join(map(str, shape)) + "}" for shape in shapes) + "}")
    fields.append(f"state = {named(layer.state_dict().items())}")
    inputs = [sample(1 + i, shape).requires_grad_() for i, shape in enumerate(shapes)]
    q, k, v = inputs + inputs[-1:] * (3 - len(inputs))
    torch.manual_seed(1)
    y, weights = eval(call, {"layer": layer, "q": q, "k": k, "v": v, "torch": torch, "sample": sample, "whole": whole})
    assert y.isfinite().all(), call
    fields.append(f"output = '{tensor_text(y)}'")
    if weights is not None:
        fields.append(f"weights = '{tensor_text(weights)}'")
    (y * sample(5, y.shape)).sum().backward()
    fields.append(f"query_gradient = '{tensor_text(q.grad)}'")
    fields.append(f"gradients = {named((name, p.grad) for name, p in layer.named_parameters())}")
    return "  {" + ",\n   ".join(fields) + "},"


def main():
    lines = [f"-- MultiheadAttention. Made by {pathlib.Path(sys.argv[0]).name}; do not edit.", "return {"]
    lines += [case(*entry) for entry in CASES]
    (pathlib.Path(__file__).parent / "attention_golden.lua").write_text("\n".join(lines + ["}", ""]))


if __name__ == "__main__":
    main()
