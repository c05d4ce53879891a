-- Spearman of 2 models with the correlation RDMs of 1000 spheres of radius 3, 40 conditions; with and without finding
-- the spheres.
local recipe = require 'brain.bench.recipe'
local rsa = require 'brain.rsa'

return function(measure)
  local x = recipe.normal(1, {40, 1000}, 'float64') + 0.5 * recipe.normal(2, {40, 1}, 'float64')
  local models = {}
  for k = 0, 1 do
    models[k + 1] = rsa.rdm(recipe.normal(20 + k, {40, 10}, 'float64'), {distance = 'sqeuclidean'}):vectors()
  end
  models = torch.cat(models, 0)
  local mask = torch.ones({10, 10, 10})
  local known = rsa.neighbourhoods(mask, {radius = 3})
  local function add(name, options)
    local function run() return rsa.searchlight(x, models, options) end
    measure('brainlua:' .. name, {run = run, check = function()
      local similarity, hoods = run()
      return {centres = #hoods, voxels = hoods.places.shape[1] / #hoods,
        rho0_mean = similarity:select(1, 0):mean():item(), rho1_first = similarity[{0, 1}]:item()}
    end})
  end
  add('rdms_and_spearman', {neighbourhoods = known})
  add('with_neighbours', {mask = mask, radius = 3})
end
