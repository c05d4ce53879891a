-- Help texts of what the binding adds by hand to the dispatcher's operators. tests/stdlib/help_torch_test.lua fails when a
-- function is missing here, or when something here no longer exists.
local help = require 'brain.help'

local texts = [[
torch.tensor(data, {dtype, device, requires_grad}) -> Tensor
From nested tables (ragged ones are refused by path), a number, a boolean, or a copy of a tensor. Whole numbers give
int64, any fraction the default float type, booleans bool.

torch.as_tensor(data, {dtype, device}) -> Tensor
As torch.tensor, but a tensor is not copied when it fits.

torch.grad(outputs, inputs, {grad_outputs, retain_graph, create_graph, allow_unused}) -> one gradient per input
The derivative of outputs (a tensor or list) by inputs (a tensor or list), as several values; nil for an unused input.

torch.custom{forward = function(context, ...), backward = function(context, ...)} -> function
A differentiable function written in Lua. context is a table both sides share; backward gets one gradient per output and
returns one per input, or nil. CPU tensors only.

torch.no_grad(fn, ...) -> fn's results
Without fn a guard: local _ <close> = torch.no_grad(). Inside, no graph is recorded.

torch.enable_grad(fn, ...) -> fn's results
Turns recording on again inside no_grad; without fn a guard.

torch.inference_mode(fn, ...) -> fn's results
As no_grad, faster; its tensors cannot be used in a graph later. Without fn a guard.

torch.autocast{device_type = 'cpu', dtype = 'bfloat16', enabled = true, cache_enabled = true} -> guard
Runs products in the lower precision until the guard closes; torch.autocast({...}, fn, ...) calls fn inside.

torch.scope(function(scope, ...) ... end, ...) -> the function's results
Frees every tensor made inside at once, except those returned (also in tables) and those given to scope:keep(x).
local s <close> = torch.scope() does so at the end of the block. What another coroutine makes meanwhile stays.

torch.is_grad_enabled() -> boolean
torch.set_grad_enabled(mode)
torch.is_inference_mode_enabled() -> boolean

torch.is_tensor(x) -> boolean
torch.typename(x) -> 'torch.Tensor' or Lua's type
torch.numel(t) -> integer

torch.has(name) -> boolean
Whether an operator or function of that name exists in this build: torch.has 'linalg.svd'.

torch.manual_seed(seed)
Seeds the default generator: the same numbers as PyTorch with that seed.

torch.seed() -> integer
A fresh seed from the system, now in use.

torch.initial_seed() -> integer
torch.get_rng_state() -> uint8 Tensor
torch.set_rng_state(state)

torch.Generator{device = 'cpu'} -> generator
A stream of random numbers of its own, for {generator = g}: g:manual_seed(n), g:initial_seed(), g:get_state(),
g:set_state(t).

torch.set_num_threads(n)
torch.get_num_threads() -> integer
torch.set_default_dtype(dtype)
torch.get_default_dtype() -> dtype name
torch.set_flush_denormal(mode) -> whether the processor can
torch.use_deterministic_algorithms(mode, {warn_only = false})
torch.are_deterministic_algorithms_enabled() -> boolean

torch.memory() -> {tensors, lua, resident, peak, limit}
Live tensor handles, and bytes: of Lua's heap, of the process now and at its peak, and the largest single allocation.

torch.set_memory_limit(bytes) -> the limit before
No single CPU allocation may be larger (default: the machine's memory); a larger one is an error.

torch.einsum(equation, a, b, ...) -> Tensor
torch.tensordot(a, b, n) -> Tensor
The last n dimensions of a with the first n of b; or torch.tensordot(a, b, dims_a, dims_b).

torch.unique(t, sorted, return_inverse, return_counts, dim) -> values [, inverse] [, counts]
torch.unique_consecutive(t, return_inverse, return_counts, dim) -> values [, inverse] [, counts]

torch.norm(t, p = 'fro', dim, keepdim, {dtype}) -> Tensor
Kept from PyTorch; torch.linalg.vector_norm and matrix_norm say which norm is meant.

torch.stft(t, n_fft, {hop_length, win_length, window, center = true, pad_mode, normalized, onesided, return_complex}) -> Tensor

torch.broadcast_shapes(shape, ...) -> the shape they broadcast to
torch.unravel_index(indices, shape) -> one index tensor per dimension
torch.finfo(dtype) -> {bits, eps, max, min, tiny}
torch.iinfo(dtype) -> {bits, max, min}

Tensor.shape -> list that compares and prints
t.shape == {2, 3}; t.shape[1] is the first size (a place in a Lua list counts from 1).

Tensor.dtype -> name such as 'float32'
Tensor.device -> name such as 'cpu' or 'cuda:0'
Tensor.layout -> name such as 'strided'
Tensor.grad -> the gradient after backward, or nil; may be set
Tensor.requires_grad -> boolean; may be set
Tensor.is_leaf -> boolean
Tensor.grad_fn -> name of the operation that made the tensor, or nil
Tensor.data -> the same values outside the graph; may be set
Tensor.T -> transposed 2-d view
Tensor.mT -> view with the last two dimensions swapped
Tensor.H -> conjugate transpose of a matrix
Tensor.mH -> conjugate transpose of the last two dimensions
Tensor.ndim -> number of dimensions
Tensor.itemsize -> bytes of an element
Tensor.nbytes -> bytes of all elements
Tensor.is_cuda -> boolean
Tensor.is_cpu -> boolean
Tensor.is_meta -> boolean
Tensor.is_sparse -> boolean
Tensor.is_quantized -> boolean

Tensor.size: t:size() -> t.shape, t:size(dim) -> integer
Tensor.stride: t:stride() -> list, t:stride(dim) -> integer
Tensor.dim: t:dim() -> number of dimensions
Tensor.ndimension: t:ndimension() -> number of dimensions
Tensor.numel: t:numel() -> number of elements
Tensor.nelement: t:nelement() -> number of elements
Tensor.element_size: t:element_size() -> bytes of an element
Tensor.storage_offset: t:storage_offset() -> elements before the first
Tensor.is_contiguous: t:is_contiguous{memory_format = 'contiguous_format'} -> boolean
Tensor.is_same: t:is_same(other) -> whether both are one tensor, as t == other

Tensor.item: t:item() -> the value of a one-element tensor
A number or boolean; a complex value gives two numbers.

Tensor.tolist: t:tolist() -> nested Lua tables

Tensor.to: t:to(dtype | device | other) -> Tensor
Also t:to(device, dtype) and t:to{device, dtype, non_blocking, copy, memory_format}. t itself when nothing changes.

Tensor.float: t:float() -> float32
Tensor.double: t:double() -> float64
Tensor.half: t:half() -> float16
Tensor.bfloat16: t:bfloat16() -> bfloat16
Tensor.long: t:long() -> int64
Tensor.int: t:int() -> int32
Tensor.short: t:short() -> int16
Tensor.char: t:char() -> int8
Tensor.byte: t:byte() -> uint8
Tensor.bool: t:bool() -> bool
Tensor.cfloat: t:cfloat() -> complex64
Tensor.cdouble: t:cdouble() -> complex128
Tensor.cpu: t:cpu() -> Tensor in main memory
Tensor.cuda: t:cuda(index) -> Tensor on a CUDA device

Tensor.release: t:release()
Frees the tensor now instead of when Lua collects it; later use is an error. local t <close> = ... does so at the end of
a block.

Tensor.backward: t:backward(gradient, {gradient, retain_graph, create_graph, inputs})
Adds the derivative of t (one element, or with a gradient given) to the .grad of every leaf.

Tensor.register_hook: t:register_hook(function(gradient) ... end) -> hook
Called during backward; a returned Tensor replaces the gradient. hook:remove() ends it. CPU tensors only.

Tensor.requires_grad_: t:requires_grad_(mode = true) -> t
Tensor.new_tensor: t:new_tensor(data, {dtype, device, requires_grad}) -> Tensor of t's dtype and device
Tensor.polygamma: t:polygamma(n) -> Tensor
Tensor.apply_: t:apply_(fn) -> t, every element replaced by fn(element)
Tensor.unique: t:unique(sorted, return_inverse, return_counts, dim), as torch.unique
Tensor.unique_consecutive: t:unique_consecutive(return_inverse, return_counts, dim), as torch.unique_consecutive
Tensor.stft: t:stft(n_fft, {...}), as torch.stft
Tensor.norm: t:norm(p, dim, keepdim), as torch.norm
]]

-- An entry is a line that begins with a name; the lines after it, up to an empty one or the next entry, belong to it.
local name, lines
local function finish()
  if name then help.add(name, table.concat(lines, '\n')) end
  name = nil
end
for line in texts:gmatch '([^\n]*)\n' do
  local entry = line:match '^(torch%.[%w_]+)' or line:match '^(Tensor%.[%w_]+)'
  if entry then
    finish()
    name, lines = entry, {(line:gsub('^Tensor%.[%w_]+: ', ''):gsub('^Tensor%.', 't.'))}
  elseif line == '' then
    finish()
  else
    lines[#lines + 1] = '  ' .. line
  end
end
finish()

help.add('indexing', [[
indexing counts from 0, as PyTorch does
  t[0]  t[-1]                     a row; t[i] = value assigns
  t['1:3, :, ::2, ...']           Python's index text: a colon, comma, digit or ellipsis makes it one
  t[{0, '1:3', mask, {1, 2}}]     a tuple: integers, text, masks, index tensors, index lists; torch.null is a new axis
  for i, row in pairs(t)          0-based index and row; #t is the number of rows]])
