-- Made-up object discrimination in files that objectome.lua reads: drawn pictures that no simulated THINGS-EEG2 of this
-- seed shows, and people who see what the late stage of the hidden network behind its EEG sees.
local eeg = require 'brain.data.eeg'
local file = require 'brain.file'
local frame = require 'brain.frame'
local random = require 'brain.random'
local read_options = require 'brain.options'
local simulator = require 'brain.data.simulator'
local torch = require 'brain.torch'

-- public, private: images of each object; trials: per image; sharpness: how surely people choose, lapses: the share of
-- trials in which they guess.
local defaults = {objects = 8, public = 12, private = 8, trials = 80, sharpness = 6, lapses = 0.05, size = 96, seed = 0}

local first_concept = 2000000  -- beyond those of the other simulations

-- Trials of n images of the objects at `truth`: each is shown with every distractor in turn.
-- wrong: [n, objects], the probability of choosing a distractor when it is offered.
local function trials_of(ids, truth, wrong, names, o, stream)
  local columns = {image_id = {}, sample_obj = {}, dist_obj = {}, choice = {}}
  local u, p = (random.sample_with_replacement(o.seed, stream, 1 << 24, #ids * o.trials):double() / 2 ^ 24):tolist(), wrong:tolist()
  for i, id in ipairs(ids) do
    for k = 1, o.trials do
      local at = (i - 1) * o.trials + k
      local other = (truth[i] + (k - 1) % (o.objects - 1) + 1) % o.objects
      local chosen = u[at] < p[i][other + 1] and other or truth[i]
      columns.image_id[at], columns.sample_obj[at], columns.dist_obj[at] = id, names[truth[i] + 1], names[other + 1]
      columns.choice[at] = names[chosen + 1]
    end
  end
  return frame.new {{'image_id', columns.image_id}, {'sample_obj', columns.sample_obj}, {'dist_obj', columns.dist_obj},
    {'choice', columns.choice}}
end

local function simulate(root, o)
  local counts, names = {public = o.public * o.objects, private = o.private * o.objects}, simulator.category_names()
  local n = counts.public + counts.private
  local concepts = first_concept + torch.arange(n)
  local pixels, factors = simulator.pictures(o.seed, concepts, concepts * 1000 + 1, o.objects, o.size)
  local late = simulator.components(pixels, factors, n, o.seed)['..., 32:48']:double()
  local truth = concepts % o.objects
  local public = nn.functional.one_hot(truth[{('0:%d'):format(counts.public)}], o.objects):double()
  local prototypes = public.T:matmul(late[{('0:%d'):format(counts.public)}]) / public:sum(0):unsqueeze(1)
  local distance = torch.cdist(late, prototypes):square()
  local own = distance:gather(1, truth:unsqueeze(1))
  local wrong = (1 - o.lapses) * (o.sharpness * (own - distance) / own:mean()):sigmoid() + o.lapses / 2
  local first = 0
  for stream, part in ipairs {'public', 'private'} do
    local ids, objects = {}, {}
    eeg.make_folders(('%s/stimulus_objectome_%s'):format(root, part))
    for i = 1, counts[part] do
      ids[i], objects[i] = ('image%04d'):format(first + i), truth[first + i - 1]:item()
      file.save(('%s/stimulus_objectome_%s/%s.png'):format(root, part, ids[i]), pixels[first + i - 1])
    end
    trials_of(ids, objects, wrong:narrow(0, first, counts[part]), names, o, stream)
      :write(('%s/assy_dicarlo_Rajalingham2018_%s.csv'):format(root, part))
    first = first + counts[part]
  end
  file.save(root .. '/simulation.safetensors', {wrong = wrong, truth = truth})
  file.save(root .. '/simulation.json', {options = o})
end

-- data.simulate.objectome(root, options) -> root; see help 'data.simulate.objectome'.
return function(root, options)
  local o = read_options('simulate.objectome', options, defaults)
  for _, name in ipairs {'public', 'private', 'trials', 'size'} do read_options.at_least_one('simulate.objectome', name, o[name]) end
  local most = #simulator.category_names()
  if math.type(o.objects) ~= 'integer' or o.objects < 2 or o.objects > most then
    error(('simulate.objectome: objects: expected 2 to %d, got %s'):format(most, tostring(o.objects)), 0)
  end
  require 'brain.data.simulated'('simulate.objectome', root, o, simulate)
  return root
end
