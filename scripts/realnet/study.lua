-- The data of the study: THINGS-EEG2 as it is downloaded, or a simulation in the same files.
local study = {}

-- The simulated study: small pictures, few of them, with known answers. signal = 0 makes one with nothing to find.
local function simulate(run, size)
  local opt = run.options
  local how = {subjects = opt.subjects > 0 and opt.subjects or 6, concepts = opt.concepts, images_per_concept = opt.pictures,
    test_concepts = 64, size = size, signal = opt.signal, seed = opt.seed}
  local root = ('runs/realnet/simulated-%d-%d-%d-%d-%g-%d'):format(how.subjects, how.concepts, how.images_per_concept, size,
    how.signal, how.seed)
  return root, data.simulate.things_eeg2(root, how)
end

-- The category of each picture: what the simulation says of its concept, or the concept itself.
local function categories_of(record, answers, part)
  local list = {}
  for i, label in ipairs(record.labels:tolist()) do
    list[i] = answers and answers.categories[part][label + 1] or record.concepts[label + 1]
  end
  return list
end

-- {root, subjects, read(subject), pictures = {train, test}, categories = {train, test}, answers}
function study.open(run, size)
  local opt = run.options
  local self = {root = opt.data}
  if opt.data == 'demo' then self.root, self.answers = simulate(run, size) end
  self.subjects = {}
  for i, subject in ipairs(data.things_eeg2_subjects(self.root)) do
    if opt.subjects == 0 or i <= opt.subjects then self.subjects[i] = subject end
  end
  if #self.subjects == 0 then error(('%s: expected folders sub-01, sub-02, ... with THINGS-EEG2'):format(self.root), 0) end
  function self.read(subject, options)
    local how = {subject = subject, window = {0, 0.2}}
    for name, value in pairs(options or {}) do how[name] = value end
    return data.things_eeg2(self.root, how)
  end
  self.first = self.read(self.subjects[1])
  self.categories = {train = categories_of(self.first.train, self.answers, 'train'),
    test = categories_of(self.first.test, self.answers, 'test')}
  return self
end

-- The mean EEG of all subjects, as a record of its own.
function study.together(records)
  local together = {subject = 0}
  for _, part in ipairs {'train', 'test'} do
    local sum = 0
    for _, record in ipairs(records) do sum = sum + record[part].eeg end
    together[part] = {eeg = sum / #records, labels = records[1][part].labels}
  end
  return together
end

-- Numbers of categories from 0 [pictures], in the order in which they first come, and how many there are.
function study.numbered(categories)
  local number, n, places = {}, 0, {}
  for i, name in ipairs(categories) do
    if not number[name] then n, number[name] = n + 1, n end
    places[i] = number[name]
  end
  return torch.tensor(places), n
end

-- A column of pictures as the network wants them: squashed to size x size, its own mean and deviation.
function study.column(files, network, size)
  local how = models.transform(network)
  how.resize, how.crop = {size, size}, nil
  return data.image_column(files, {transform = how, cache = '2GB'})
end

-- Times that are shown, their places, and among them those over which agreement is summed up (50 to 350 ms).
function study.times(all)
  local place = all:ge(-0.1 - 1e-9):logical_and(all:lt(0.495)):nonzero():view(-1)
  local shown = all[place]
  local window = shown:ge(0.05 - 1e-9):logical_and(shown:lt(0.35 + 1e-9)):nonzero():view(-1)
  return {shown = shown, place = place, window = window}
end

return study
