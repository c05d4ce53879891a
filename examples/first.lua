-- Do two areas that see the same pictures agree on which of them are alike?
torch.manual_seed(0)
local pictures = torch.randn(8, 20)                         -- 8 pictures, 20 hidden properties
local V1 = pictures:matmul(torch.randn(20, 100))            -- 100 units each, with mixings of their own
local IT = torch.relu(pictures:matmul(torch.randn(20, 100)))

local pairs_above = torch.ones(8, 8):triu(1):bool()
local function dissimilarity(x) return (1 - torch.corrcoef(x))[pairs_above] end

local function ranks(x) return x:argsort():argsort():double() end
local function spearman(a, b) return torch.corrcoef(torch.stack{ranks(a), ranks(b)})[{0, 1}]:item() end

local a, b = dissimilarity(V1), dissimilarity(IT)
print(('%d pairs, dissimilarity %.2f to %.2f in V1'):format(#a, a:min():item(), a:max():item()))
print(('V1 and IT agree: rho = %.2f'):format(spearman(a, b)))

local chance = 0                                            -- labels are shuffled, never the cells of a matrix
for _ = 1, 1000 do
  local shuffled = dissimilarity(IT[torch.randperm(8)])
  if spearman(a, shuffled) >= spearman(a, b) then chance = chance + 1 end
end
print(('shuffled pictures reach that in %d of 1000 draws'):format(chance))
