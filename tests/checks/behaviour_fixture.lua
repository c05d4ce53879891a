-- behaviour_fixture.lua FOLDER: two small sets of pictures and decisions in the layout of model-vs-human. Three people err
-- on a third of the pictures, mostly on the same ones.
local root = assert(arg[1], 'expected a folder')
local core = require 'brain.core'
local names = {'airplane', 'bear', 'cat', 'truck'}
for _, set in ipairs {'edge', 'cue-conflict'} do
  local folder = ('%s/datasets/%s/dnn/session-1'):format(root, set)
  core.make_folders(folder)
  core.make_folders(('%s/raw-data/%s'):format(root, set))
  local rows = {{}, {}, {}}
  for i = 1, 24 do
    local shape, texture = names[i % 4 + 1], names[(i // 4) % 4 + 1]
    local image = set == 'edge' and shape .. i or ('%s%d-%s%d'):format(shape, i, texture, i)
    local after = ('0_%s_00_%s.png'):format(shape, image)
    torch.manual_seed(i)
    file.save(('%s/%04d_%s_dnn_%s'):format(folder, i, set:sub(1, 3), after), (torch.rand(32, 32, 3) * 255):byte())
    for person, list in ipairs(rows) do
      local wrong = i % 3 == 0 and i % 7 ~= person
      list[i] = ('subject-%02d,1,%d,0.5,%s,%s,0,%04d_%s_s%02d_%s'):format(person, i, wrong and texture or shape, shape, i, set:sub(1, 3),
        person, after)
    end
  end
  for person, list in ipairs(rows) do
    core.write_file(('%s/raw-data/%s/%s_subject-%02d_session_1.csv'):format(root, set, set, person),
      'subj,session,trial,rt,object_response,category,condition,imagename\n' .. table.concat(list, '\n') .. '\n')
  end
end
