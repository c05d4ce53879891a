-- Agreement of networks with people's RDMs where the area is chosen on other pictures.
local nested = {}

-- Every network of every arm as a model of its own, whose area is chosen on the pictures a resample leaves out: draws
-- [samples, networks] by arm, seeds averaged, and the noise ceiling.
function nested.draws(arms, of, how)
  local candidates, draws = {}, {}
  local function name(arm, s, k) return ('%s %d %d'):format(arm.name, s, k) end
  for _, arm in ipairs(arms) do
    for s = 1, #arm.values do
      for k = 1, arm.values:size(1) do candidates[name(arm, s, k)] = arm.values[{s - 1, k - 1}]:double() end
    end
  end
  local result = rsa.evaluate(candidates, of, {select = 'nested', over = #of > 1 and 'both' or 'conditions', samples = how.samples,
    seed = how.seed})
  local place = {}
  for i, each in ipairs(result.names) do place[each] = i - 1 end
  for a, arm in ipairs(arms) do
    local networks = {}
    for s = 1, #arm.values do
      local sum = 0
      for k = 1, arm.values:size(1) do sum = sum + result.draws:select(1, place[name(arm, s, k)]) end
      networks[s] = sum / arm.values:size(1)
    end
    draws[a] = torch.stack(networks, 1)
  end
  return draws, result.ceiling
end

-- The mean over networks of every draw, the networks drawn anew, too.
function nested.over_networks(draws, seed)
  local n = draws:size(1)
  local people = torch.randint(n, draws.shape, {generator = torch.Generator():manual_seed(seed)})
  return draws:gather(1, people):mean(1)
end

return nested
