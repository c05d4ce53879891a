"""Golden values from PyTorch: one Python expression gives the Lua expression and what it must evaluate to."""
import ast
import math
import pathlib
import sys

import torch

MODULES = {"torch", "F", "linalg", "fft", "special", "nn", "functional"}
KEYWORDS = {"end": "stop"}


def draws(seed, count):
    """The first `count` integers in 0..65535 of a linear congruential generator; tests/bindings/golden.lua has it too."""
    state = 12345 + seed * 7919
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        yield state >> 15


def sample(seed, shape, dtype="float32"):
    """Numbers in [-2, 2), exact in float32."""
    values = [(k - 32768) / 16384 for k in draws(seed, math.prod(shape))]
    return torch.tensor(values, dtype=torch.float64).view(shape).to(getattr(torch, dtype))


def whole(seed, shape, high, dtype="int64"):
    """Integers in [0, high)."""
    values = [k % high for k in draws(seed, math.prod(shape))]
    return torch.tensor(values, dtype=torch.int64).view(shape).to(getattr(torch, dtype))


class Translator:
    """A Python expression as Lua text."""

    def lua(self, node, in_list=False):
        if in_list and self.is_none(node):
            return "torch.null"
        return getattr(self, type(node).__name__)(node)

    @staticmethod
    def is_none(node):
        return isinstance(node, ast.Constant) and node.value is None

    def Expression(self, node):
        return self.lua(node.body)

    def Constant(self, node):
        if node.value is None:
            return "nil"
        if isinstance(node.value, bool):
            return str(node.value).lower()
        return repr(node.value)

    def Name(self, node):
        return node.id

    def List(self, node):
        return "{" + ", ".join(self.lua(item, True) for item in node.elts) + "}"

    Tuple = List

    def UnaryOp(self, node):
        return {ast.USub: "-", ast.Invert: "~"}[type(node.op)] + self.operand(node.operand)

    def BinOp(self, node):
        symbols = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.Pow: "^",
                   ast.FloorDiv: "//", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "~"}
        return f"{self.operand(node.left)} {symbols[type(node.op)]} {self.operand(node.right)}"

    def operand(self, node):
        text = self.lua(node)
        return f"({text})" if isinstance(node, (ast.BinOp, ast.UnaryOp)) else text

    def Lambda(self, node):
        names = ", ".join(argument.arg for argument in node.args.args)
        return f"function({names}) return {self.lua(node.body)} end"

    def Attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id == "torch":
            constant = getattr(torch, node.attr)
            if isinstance(constant, (torch.dtype, torch.layout, torch.memory_format)):
                return repr(str(constant).removeprefix("torch."))
        return f"{self.lua(node.value)}.{node.attr}"

    def Subscript(self, node):
        index = node.slice
        if isinstance(index, ast.Constant) or isinstance(index, ast.UnaryOp):
            return f"{self.operand(node.value)}[{self.lua(index)}]"
        return f"{self.operand(node.value)}['{ast.unparse(index).strip('()')}']"

    def Call(self, node):
        if isinstance(node.func, ast.Attribute):
            receiver, name = node.func.value, node.func.attr
            is_module = ast.unparse(receiver).split(".")[-1] in MODULES
            function = f"{self.lua(receiver)}.{name}" if is_module else f"{self.operand(receiver)}:{name}"
        else:
            function = self.lua(node.func)
        arguments = [self.lua(argument) for argument in node.args]
        options = [f"{KEYWORDS.get(k.arg, k.arg)} = {self.lua(k.value)}" for k in node.keywords]
        if options:
            arguments.append("{" + ", ".join(options) + "}")
        return f"{function}({', '.join(arguments)})"


def lua_source(expression):
    return Translator().lua(ast.parse(expression, mode="eval"))


def called(expression):
    """The names of all functions and methods in an expression."""
    return [node.func.attr for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)]


def number(value):
    return repr(value) if isinstance(value, (int, bool)) else ("%.17g" % value)


def tensor_text(tensor):
    """'dtype [shape] values', complex numbers as two values each, digits enough to read them back exactly."""
    dtype = str(tensor.dtype).removeprefix("torch.")
    tensor = tensor.detach().resolve_conj().resolve_neg()
    shape = " ".join(map(str, tensor.shape))
    flat = (torch.view_as_real(tensor) if tensor.is_complex() else tensor).reshape(-1)
    digits = "%.9g" if flat.dtype in (torch.float32, torch.float16, torch.bfloat16) else "%.17g"
    values = [int(v) if isinstance(v, (bool, int)) else digits % v for v in flat.tolist()]
    return f"{dtype} [{shape}] " + " ".join(map(str, values))


def expected(value, as_list=False):
    """Lua text of what a call returns: strings for tensors and numbers, a table for a list of tensors."""
    if isinstance(value, (tuple, list)) and not isinstance(value, torch.Size):
        parts = [expected(item) for item in value]
        return "{" + ", ".join(parts) + "}" if as_list else ", ".join(parts)
    if isinstance(value, torch.Tensor):
        return f"'{tensor_text(value)}'"
    if isinstance(value, bool):
        return f"'boolean {str(value).lower()}'"
    if value is None:
        return "'nil'"
    return f"'number {number(value)}'"


def write(path, cases, note):
    """cases: (expression, Lua text of the expected values). At most 200 KB."""
    lines = [f"-- {note} Made by {pathlib.Path(sys.argv[0]).name}; do not edit.", "return {"]
    lines += [f"  {{[==[{lua_source(expression)}]==], {values}}}," for expression, values in cases]
    text = "\n".join(lines + ["}", ""])
    assert len(text) <= 200_000, f"{path}: {len(text)} bytes"
    path.write_text(text)
    print(f"{path.name}: {len(cases)} calls, {len(text)} bytes")

