-- Feature-reweighted RSA against a regression with a row for every pair.
local test = require 'brain.test'
local torch = require 'brain.torch'
local rsa = require 'brain.rsa'

local float64 = {dtype = 'float64'}

-- Ridge with an intercept on rows of pairs, penalty alpha times the mean variance sum of a column. d [pairs].
local function slow(x, d, kind, alpha)
  local rows, n = {}, x.shape[1]
  for i = 0, n - 1 do
    for j = i + 1, n - 1 do
      rows[#rows + 1] = kind == 'dot' and x[i] * x[j] or (x[i] - x[j]):square()
    end
  end
  local design = torch.stack(rows)
  design = design - design:mean(0, true)
  local y = kind == 'dot' and -d or d
  local a = design.T:matmul(design)
  return torch.linalg.solve(a + alpha * a:diagonal():mean() * torch.eye(x.shape[2], float64), design.T:matmul(y - y:mean()))
end

test.case('weights are those of a regression over pairs', function()
  torch.manual_seed(0)
  local x, d = torch.randn({20, 6}, float64), torch.rand({2, 190}, float64)
  for _, kind in ipairs{'dot', 'sqeuclidean'} do
    local r = rsa.reweighted(x, d, {distance = kind, alphas = {0.3}, repeats = 1})
    local used = x
    if kind == 'dot' then
      used = x - x:mean(1, true)
      used = used / used:norm(2, 1, true)
    end
    for k = 0, 1 do test.close(r.weights[k], slow(used, d[k], kind, 0.3), {rtol = 1e-8}) end
    test.equal({r.scores.shape, r.alphas.shape, r.score.shape, r.alpha:tolist()}, {{5, 2}, {5, 2}, {2}, {0.3, 0.3}})
    -- means of Fisher's z
    test.close(r.unweighted, r.unweighted_scores:atanh():mean(0):tanh(), {rtol = 1e-10})
  end
end)

test.case('a fold by hand', function()
  torch.manual_seed(1)
  local x = torch.randn({30, 5}, float64)
  local d = torch.rand({435}, float64) + rsa.rdm(x, {distance = 'sqeuclidean'}):vectors()[0]
  local r = rsa.reweighted(x, d, {distance = 'sqeuclidean', alphas = {0.1}, folds = 5, repeats = 1, seed = 3})
  local order = require('brain.stats.native').permutation(3, 2 * 6, 30)
  local held, rest = order:narrow(0, 0, 6):sort(), order:narrow(0, 6, 24):sort()
  local all = rsa.rdms(d)
  local w = slow(x:index_select(0, rest), all:subset(rest:tolist()):vectors()[0], 'sqeuclidean', 0.1)
  test.truthy(w:min():item() > 0)
  local prediction = rsa.rdm(x:index_select(0, held) * w:sqrt(), {distance = 'sqeuclidean'})
  test.close(r.scores[{0, 0}]:item(), rsa.compare(prediction, all:subset(held:tolist()), {method = 'pearson'})[{0, 0}]:item(),
    {rtol = 1e-8})
  local plain = rsa.rdm(x:index_select(0, held), {distance = 'sqeuclidean'})
  test.close(r.unweighted_scores[{0, 0}]:item(),
    rsa.compare(plain, all:subset(held:tolist()), {method = 'pearson'})[{0, 0}]:item(), {rtol = 1e-8})
end)

test.case('weights help where few features count, and nothing comes of nothing', function()
  torch.manual_seed(2)
  local x = torch.randn({40, 20}, float64)
  local few = x:narrow(1, 0, 3)
  local d = rsa.rdm(few, {distance = 'sqeuclidean'}):vectors()
  local noise = torch.rand({1, 780}, float64)
  local r = rsa.reweighted(x, torch.cat({d + noise, noise}, 0), {distance = 'sqeuclidean', method = 'spearman'})
  test.truthy(r.score[0]:item() > 0.95 and r.score[0]:item() > r.unweighted[0]:item() + 0.3, r.score[0]:item())
  test.truthy(math.abs(r.score[1]:item()) < 0.15, r.score[1]:item())
  test.truthy(r.weights[0]:narrow(0, 0, 3):min():item() > 5 * r.weights[0]:narrow(0, 3, 17):abs():max():item())
  test.equal(rsa.reweighted(x, d, {repeats = 1}).scores, rsa.reweighted(x, d, {repeats = 1}).scores)
  test.raises(function() rsa.reweighted(x, d, {distance = 'cosine'}) end, "expected dot or sqeuclidean, got 'cosine'")
  test.raises(function() rsa.reweighted(x:narrow(0, 0, 10), rsa.rdm(torch.randn(10, 4))) end, 'at least 15 conditions')
  test.raises(function() rsa.reweighted(x, rsa.rdm(torch.randn(10, 4))) end, 'expected 40 conditions as x has, got 10')
  test.raises(function() rsa.reweighted(x, d, {alphas = {0}}) end, 'alphas: expected numbers above 0')
  test.raises(function() rsa.reweighted(x, d, {alpha = 0}) end, "did you mean 'alphas'?")
end)
