-- models.decide: decisions among a few categories from the 1000 classes of ImageNet. A category's probability is the mean
-- over its classes (Geirhos et al., NeurIPS 2018 and ICLR 2019).
local is_tensor = require('brain.native').is_tensor
local read_options = require 'brain.options'

-- The sixteen categories of Geirhos et al.: places among the classes, with ranges as text.
local sixteen = {
  airplane = '404', bear = '294-297', bicycle = '444 671',
  bird = '8 10-16 18-20 22-24 80-83 87-96 98-100 127-133 135-145', boat = '472 554 625 814 914',
  bottle = '440 720 737 898 899 901 907', car = '436 511 817', cat = '281-286', chair = '423 559 765 857', clock = '409 530 892',
  dog = '152-191 193-203 205-226 228-241 243-250 252-257 259 261-263 265-268', elephant = '385 386', keyboard = '508 878',
  knife = '499', oven = '766', truck = '555 569 656 675 717 734 864 867',
}

local function places_of(text)
  local places = {}
  for word in text:gmatch '%S+' do
    local first, last = word:match '^(%d+)%-?(%d*)$'
    for place = tonumber(first), tonumber(last) or tonumber(first) do places[#places + 1] = place end
  end
  return places
end

-- models.decide(logits, {categories}) -> decisions (list of names), probabilities [n, categories], names of the categories
return function(logits, options)
  local o = read_options('decide', options, {categories = sixteen})
  if not is_tensor(logits) or logits.ndim ~= 2 or not logits:is_floating_point() then
    error(('decide: logits: expected floating point [n, classes], got %s'):format(
      is_tensor(logits) and ('%s %s'):format(logits.dtype, logits.shape) or type(logits)), 0)
  end
  local names, columns = {}, {}
  for name in pairs(o.categories) do names[#names + 1] = name end
  table.sort(names)
  local probabilities = logits:double():softmax(1)
  for i, name in ipairs(names) do
    local places = o.categories[name]
    if type(places) == 'string' then places = places_of(places) end
    for _, place in ipairs(places) do
      if math.type(place) ~= 'integer' or place < 0 or place >= logits:size(1) then
        error(("decide: categories: '%s': expected places among the %d classes, found %s"):format(name, logits:size(1),
          tostring(place)), 0)
      end
    end
    columns[i] = probabilities:index_select(1, torch.tensor(places, {dtype = 'int64'}):to(logits.device)):mean(1)
  end
  probabilities = torch.stack(columns, 1)
  local decisions = {}
  for i, place in ipairs(probabilities:argmax(1):tolist()) do decisions[i] = names[place + 1] end
  return decisions, probabilities, names
end
