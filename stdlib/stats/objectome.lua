-- Object discrimination image by image: the i2n measure of Rajalingham, Issa et al. (J. Neurosci. 2018) as Brain-Score
-- computes it. A subject sees an image of one object and says which of two objects, that one or a distractor, it was.
local is_tensor = require('brain.native').is_tensor
local random = require 'brain.random'
local read_options = require 'brain.options'

local objectome = {}

local float64 = {dtype = 'float64'}

-- Places of what is shown: images by name, objects by name, each image's object.
local function check_key(owner, key)
  for _, name in ipairs {'images', 'objects', 'truth'} do
    if type(key) ~= 'table' or type(key[name]) ~= 'table' then
      error(('%s: expected a table of the lists images, objects and truth (the object of each image)'):format(owner), 0)
    end
  end
  if #key.truth ~= #key.images then error(('%s: truth: expected %d, one for each image, got %d'):format(owner, #key.images, #key.truth), 0) end
  local image, object, truth = {}, {}, {}
  for i, name in ipairs(key.images) do image[name] = i - 1 end
  for i, name in ipairs(key.objects) do object[name] = i - 1 end
  for i, name in ipairs(key.truth) do
    truth[i] = object[name] or error(("%s: truth: '%s' is none of the objects"):format(owner, tostring(name)), 0)
  end
  return image, object, torch.tensor(truth, {dtype = 'int64'})
end

local function own(truth, objects) return nn.functional.one_hot(truth, objects):bool() end

-- Trials as places: image, shown object, distractor, chosen object, each int64 [trials].
local function places_of(owner, trials, image, object)
  local ids = trials.stimulus_id or trials.image_id
  for _, name in ipairs {'sample_obj', 'dist_obj', 'choice'} do
    if not trials[name] then error(("%s: trials have no column '%s'"):format(owner, name), 0) end
  end
  if not ids then error(("%s: trials have no column 'stimulus_id' or 'image_id'"):format(owner), 0) end
  local lists = {{}, {}, {}, {}}
  for i, id in ipairs(ids) do
    if image[id] then
      local n = #lists[1] + 1
      lists[1][n] = image[id]
      for k, name in ipairs {'sample_obj', 'dist_obj', 'choice'} do
        lists[k + 1][n] = object[trials[name][i]] or error(("%s: trial %d: %s: '%s' is none of the objects"):format(owner, i, name,
          tostring(trials[name][i])), 0)
      end
    end
  end
  if #lists[1] == 0 then error(owner .. ': none of the trials shows one of the images', 0) end
  for k, list in ipairs(lists) do lists[k] = torch.tensor(list, {dtype = 'int64'}) end
  return lists
end

-- How often each object was taken for the image's among the trials at `drawn` that offered it: [images, objects], NaN for
-- the image's own object and where it was never offered.
local function rates_of_trials(places, drawn, truth, objects)
  local image, sample, distractor, choice = table.unpack(places)
  if drawn then
    image, sample, distractor, choice = image[drawn], sample[drawn], distractor[drawn], choice[drawn]
  end
  local n = #truth * objects
  local offered = torch.bincount(torch.cat {image * objects + sample, image * objects + distractor}, {minlength = n}):double()
  local chosen = torch.bincount(image * objects + choice, {minlength = n}):double()
  return (chosen / offered):view(-1, objects):masked_fill(own(truth, objects), 0 / 0)
end

-- p(distractor) / (p(distractor) + p(object)): probabilities [images, objects] -> rates, NaN for the image's own object.
local function rates_of_probabilities(p, truth)
  local right = p:gather(1, truth:unsqueeze(1))
  return (p / (p + right)):masked_fill(own(truth, p:size(1)), 0 / 0)
end

-- d' = z(hit) - z(false alarm) of every image and distractor, within +-cap: hits are 1 - rate; the false alarms of object a
-- for distractor b are the mean rate of a over the images of b. Then less its mean over the images of the same object.
local function dprimes(rates, truth, cap)
  local images, objects = table.unpack(rates.shape)
  local of = own(truth, objects):double()
  local known = rates:isfinite():double()
  local alarms = of.T:matmul(rates:nan_to_num(0)) / of.T:matmul(known)  -- [shown, taken]
  local reverse = alarms.T:index_select(0, truth)                      -- of (image of a, b): alarms[b][a]
  local d = (torch.special.ndtri(1 - rates) - torch.special.ndtri(reverse)):clamp(-cap, cap)
  local there = d:isfinite():double()
  local mean = of.T:matmul(d:nan_to_num(0)) / of.T:matmul(there)
  return (d - mean:index_select(0, truth)):view(images, objects)
end

-- x: probabilities of choice [images, objects], or trials. -> d' [images, objects], NaN where there is none.
function objectome.dprimes(x, key, options)
  local o = read_options('i2n_dprimes', options, {cap = 5})
  local image, object, truth = check_key('i2n_dprimes', key)
  if is_tensor(x) then
    if x.ndim ~= 2 or #x ~= #key.images or x:size(1) ~= #key.objects then
      error(('i2n_dprimes: probabilities: expected [%d images, %d objects], got %s'):format(#key.images, #key.objects, x.shape), 0)
    end
    return dprimes(rates_of_probabilities(x:double(), truth), truth, o.cap)
  end
  return dprimes(rates_of_trials(places_of('i2n_dprimes', x, image, object), nil, truth, #key.objects), truth, o.cap)
end

-- Pearson correlation over the entries that both matrices have.
function objectome.correlation(a, b)
  local both = a:isfinite():logical_and(b:isfinite())
  return torch.corrcoef(torch.stack {a[both], b[both]})[{0, 1}]:item()
end

-- Consistency of a model's probabilities [images, objects] with people's trials: raw, the mean correlation of d' with those
-- of a random half of the trials; ceiling, that of the halves with each other; score = raw / sqrt(ceiling).
function objectome.i2n(probabilities, trials, key, options)
  local o = read_options('i2n', options, {splits = 2, seed = 0, cap = 5})
  read_options.at_least_one('i2n', 'splits', o.splits)
  local model = objectome.dprimes(probabilities, key, {cap = o.cap})
  local image, object, truth = check_key('i2n', key)
  local places = places_of('i2n', trials, image, object)
  local n, raw, ceiling = #places[1], 0, 0
  for split = 0, o.splits - 1 do
    local order, halves = random.permutation(o.seed, split, n), {}
    for k, half in ipairs {order:narrow(0, 0, n // 2), order:narrow(0, n // 2, n - n // 2)} do
      halves[k] = dprimes(rates_of_trials(places, half, truth, #key.objects), truth, o.cap)
    end
    raw = raw + objectome.correlation(model, halves[1]) / o.splits
    ceiling = ceiling + objectome.correlation(halves[1], halves[2]) / o.splits
  end
  return {raw = raw, ceiling = ceiling, score = ceiling > 0 and raw / math.sqrt(ceiling) or 0 / 0}
end

return objectome
