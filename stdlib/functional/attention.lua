-- Multi-head attention as one function (Vaswani et al. 2017), with PyTorch's parameters.
local torch = require 'brain.torch'
local signature = require 'brain.functional.signature'

local name = 'multi_head_attention_forward'
local function check(condition, ...) signature.check(condition, name, ...) end

-- Batched is (length, batch, features), unbatched (length, features).
local function check_dims(query, key, value, key_padding_mask, attn_mask)
  local dims = query:dim()
  check(dims == 2 or dims == 3, 'query must have 2 or 3 dimensions, got %d', dims)
  check(key:dim() == dims and value:dim() == dims,
    'key and value must have %d dimensions as query, got %d and %d',
    dims, key:dim(), value:dim())
  check(not key_padding_mask or key_padding_mask:dim() == dims - 1,
    'key_padding_mask must have %d dimensions', dims - 1)
  check(not attn_mask or attn_mask:dim() == 2 or attn_mask:dim() == 3,
    'attn_mask must have 2 or 3 dimensions')
  return dims == 3
end

-- A boolean mask (true: not attended to) becomes 0 and -inf, a floating one is added as it is.
local function additive(mask, mask_name, query)
  if not mask or mask:is_floating_point() then return mask end
  check(tostring(mask.dtype):match 'bool', '%s must be boolean or floating point, got %s', mask_name,
    tostring(mask.dtype))
  return torch.zeros_like(mask, {dtype = query.dtype}):masked_fill_(mask, -math.huge)
end

local function chunks(tensor)
  if not tensor then return {} end
  return tensor:chunk(3)
end

local function extend(mask) return mask and torch.pad(mask, {0, 1}) end

-- (length, batch, heads * width) -> (batch * heads, length, width)
local function split_heads(x, batch_heads, width)
  return x:contiguous():view{x:size(0), batch_heads, width}:transpose(0, 1)
end

local function merge_masks(attn_mask, key_padding_mask, batch, heads, source)
  if not key_padding_mask then return attn_mask end
  check(key_padding_mask:size(0) == batch and key_padding_mask:size(1) == source,
    'key_padding_mask must be (%d, %d), got %s', batch, source, signature.shape_text(key_padding_mask.shape))
  local mask = key_padding_mask:view{batch, 1, 1, source}:expand{-1, heads, -1, -1}
  mask = mask:reshape{batch * heads, 1, source}
  return attn_mask and attn_mask + mask or mask
end

local function forward(
    query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v,
    add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training, key_padding_mask, need_weights,
    attn_mask, use_separate_proj_weight, q_proj_weight, k_proj_weight, v_proj_weight, static_k, static_v,
    average_attn_weights, is_causal)
  local batched = check_dims(query, key, value, key_padding_mask, attn_mask)
  if not batched then
    query, key, value = query:unsqueeze(1), key:unsqueeze(1), value:unsqueeze(1)
    key_padding_mask = key_padding_mask and key_padding_mask:unsqueeze(0)
  end
  local target, batch, features = query:size(0), query:size(1), query:size(2)
  local batch_heads, width = batch * num_heads, features // num_heads
  check(features == embed_dim_to_check, 'embed_dim_to_check is %d, query has %d features',
    embed_dim_to_check, features)
  check(width * num_heads == features, '%d features cannot be divided among %d heads', features, num_heads)
  check(not is_causal or attn_mask, 'is_causal is a hint about attn_mask, which is missing')

  key_padding_mask = additive(key_padding_mask, 'key_padding_mask', query)
  if is_causal and not key_padding_mask and not need_weights then
    attn_mask = nil
  else
    attn_mask = additive(attn_mask, 'attn_mask', query)
    is_causal = is_causal and not key_padding_mask
  end

  local weights = {q_proj_weight, k_proj_weight, v_proj_weight}
  if use_separate_proj_weight then
    check(q_proj_weight and k_proj_weight and v_proj_weight,
      'use_separate_proj_weight needs q_proj_weight, k_proj_weight and v_proj_weight')
  else
    check(in_proj_weight, 'in_proj_weight is missing')
    weights = chunks(in_proj_weight)
  end
  local biases = chunks(in_proj_bias)
  local q = torch.linear(query, weights[1], biases[1])
  local k = torch.linear(key, weights[2], biases[2])
  local v = torch.linear(value, weights[3], biases[3])

  if attn_mask then
    local rows = attn_mask:dim() == 2 and {target, key:size(0)} or {batch_heads, target, key:size(0)}
    check(signature.shape_text(attn_mask.shape) == signature.shape_text(rows), 'attn_mask must be %s, got %s',
      signature.shape_text(rows), signature.shape_text(attn_mask.shape))
    if #rows == 2 then attn_mask = attn_mask:unsqueeze(0) end
  end
  check((bias_k == nil) == (bias_v == nil), 'bias_k and bias_v belong together')
  if bias_k then
    check(not static_k and not static_v, 'bias_k and bias_v cannot be added to static_k and static_v')
    k = torch.cat{k, bias_k:expand{1, batch, -1}}
    v = torch.cat{v, bias_v:expand{1, batch, -1}}
    attn_mask, key_padding_mask = extend(attn_mask), extend(key_padding_mask)
  end
  q = split_heads(q, batch_heads, width)
  k = static_k or split_heads(k, batch_heads, width)
  v = static_v or split_heads(v, batch_heads, width)
  if add_zero_attn then
    local zeros = torch.zeros({batch_heads, 1, width}, {dtype = k.dtype, device = k.device})
    k, v = torch.cat({k, zeros}, 1), torch.cat({v, zeros}, 1)
    attn_mask, key_padding_mask = extend(attn_mask), extend(key_padding_mask)
  end
  local source = k:size(1)
  attn_mask = merge_masks(attn_mask, key_padding_mask, batch, num_heads, source)
  local dropout = training and dropout_p or 0.0

  local output, attention
  if need_weights then
    local scaled, transposed = q * math.sqrt(1 / width), k:transpose(-2, -1)
    attention = attn_mask and torch.baddbmm(attn_mask, scaled, transposed) or torch.bmm(scaled, transposed)
    attention = torch.softmax(attention, -1)
    if dropout > 0 then attention = torch.dropout(attention, dropout, true) end
    output = torch.bmm(attention, v):transpose(0, 1):reshape{target * batch, features}
    attention = attention:view{batch, num_heads, target, source}
    if average_attn_weights then attention = attention:mean(1) end
    if not batched then attention = attention:squeeze(0) end
  else
    if attn_mask then
      attn_mask = attn_mask:size(0) == 1 and attn_mask:unsqueeze(0)
        or attn_mask:view{batch, num_heads, -1, source}
    end
    local function heads(x) return x:reshape{batch, num_heads, x:size(1), width} end
    output = torch.scaled_dot_product_attention(heads(q), heads(k), heads(v), attn_mask, dropout, is_causal)
    output = output:permute{2, 0, 1, 3}:reshape{target * batch, features}
  end
  output = torch.linear(output, out_proj_weight, out_proj_bias):view{target, batch, -1}
  if not batched then output = output:squeeze(1) end
  return output, attention
end

return function(define)
  -- Returns the output in query's layout and, unless need_weights is false, the attention (batch, target,
  -- source), or (batch, heads, target, source) if average_attn_weights is false.
  define(name, [[query: Tensor, key: Tensor, value: Tensor, embed_dim_to_check: number, num_heads: number,
      in_proj_weight: Tensor = nil, in_proj_bias: Tensor = nil, bias_k: Tensor = nil, bias_v: Tensor = nil,
      add_zero_attn = false, dropout_p = 0.0, out_proj_weight: Tensor, out_proj_bias: Tensor = nil,
      training = true, key_padding_mask: Tensor = nil, need_weights = true, attn_mask: Tensor = nil,
      use_separate_proj_weight = false, q_proj_weight: Tensor = nil, k_proj_weight: Tensor = nil,
      v_proj_weight: Tensor = nil, static_k: Tensor = nil, static_v: Tensor = nil,
      average_attn_weights = true, is_causal = false]], forward)
end
