-- One matrix product of features for all distances that come of products: what centring rows instead of columns, or nothing,
-- changes in the Gram matrix follows from three means.
local native = require 'brain.rsa.similarity'

local float64 = {dtype = 'float64'}

-- Of x [n, p] with column means u, about them Y = x - 1 u', and c = u - mean(u): the means y of Y's rows, Y c, Y u. In blocks of
-- columns, so that no float64 copy of x is made.
local function sums_of(x)
  local n, p = x.shape[1], x.shape[2]
  local u = torch.zeros({p}, float64)
  local width = 65536
  local function blocks(f)
    for from = 0, p - 1, width do
      torch.scope(function() f(x:narrow(1, from, math.min(width, p - from)):double(), from) end)
    end
  end
  blocks(function(block, from) u:narrow(0, from, block.shape[2]):copy_(block:mean(0)) end)
  local c, y, yc, yu = u - u:mean(), torch.zeros({n}, float64), torch.zeros({n}, float64), torch.zeros({n}, float64)
  blocks(function(block, from)
    local size = block.shape[2]
    local about = block - u:narrow(0, from, size)
    y:add_(about:sum(1) / p)
    yc:add_(about:mv(c:narrow(0, from, size)))
    yu:add_(about:mv(u:narrow(0, from, size)))
  end)
  return {y = y, yc = yc, yu = yu, cc = c:dot(c):item(), uu = u:dot(u):item(), mean = u:mean():item(), p = p}
end

-- x [conditions, features] -> function(distance) -> condensed [1, pairs], or nil for a distance that needs more.
return function(x)
  local gram, sums
  return function(distance)
    local euclidean = distance == 'euclidean' or distance == 'sqeuclidean' or distance == 'sqeuclidean_mean'
    if not euclidean and distance ~= 'correlation' and distance ~= 'cosine' then return nil end
    if not gram then gram = native.rdm_products(x, 'sqeuclidean') end
    if euclidean then return native.rdm_of_products(distance, gram, nil, x.shape[2]):unsqueeze(0) end
    sums = sums or sums_of(x)
    local function both(v) return v:unsqueeze(0) + v:unsqueeze(1) end
    if distance == 'cosine' then
      return native.rdm_of_products(distance, gram + both(sums.yu) + sums.uu, nil, sums.p):unsqueeze(0)
    end
    local rows = gram - sums.p * torch.outer(sums.y, sums.y) + both(sums.yc) + sums.cc
    return native.rdm_of_products(distance, rows, (sums.y + sums.mean):unsqueeze(1), sums.p):unsqueeze(0)
  end
end
