-- Candidates of Tab completion and where they start.
local test = require 'brain.test'
local complete = require 'brain.complete'

local function forbidden() error 'completion ran a function of the user' end

local class = {train = forbidden, eval = forbidden, __index = false}
class.__index = class
local env = setmetatable({
  torch = torch, string = string, require = require, weights = torch.zeros(3),
  config = {optimizer = {learning_rate = 1, momentum = 2}, _hidden = 1, ['not a name'] = 1},
  model = setmetatable({layers = 1}, class),
  lazy = setmetatable({real = 1}, {__index = forbidden}),
}, {__index = forbidden})

local function completes(text, expected)
  local list, start = complete(text, {env = env, locals = {weighted = 1, result = {score = 1}}})
  test.equal(list, expected, text)
  if #list > 0 then test.equal(start, #text - #text:match '[%w_]*$' + 1, text) end
end

local function includes(text, name)
  local list = complete(text, {env = env})
  for _, candidate in ipairs(list) do
    if candidate == name then return end
  end
  error(("'%s' does not offer '%s'"):format(text, name), 2)
end

test.case('globals, locals and keywords', function()
  completes('wei', {'weighted', 'weights'})
  completes('whi', {'while'})
  completes('x = wei', {'weighted', 'weights'})
  completes('f(wei', {'weighted', 'weights'})
  completes('a .. wei', {'weighted', 'weights'})
  completes('a..wei', {'weighted', 'weights'})
  completes('nothing_like_it', {})
  includes('', 'config')
end)

test.case('members', function()
  completes('config.opt', {'optimizer'})
  completes('config.', {'optimizer'})
  completes('config._', {'_hidden'})
  completes('print(config.optimizer.', {'learning_rate', 'momentum'})
  completes('result.sc', {'score'})
  completes('config.absent.x', {})
  completes('model:', {'eval', 'layers', 'train'})
  completes('lazy.re', {'real'})
  completes('lazy.absent.', {})
  completes('string.re', {'rep', 'reverse'})
  completes('f().st', {})
  completes('t[1].st', {})
end)

test.case('tensors and operators', function()
  includes('weights:su', 'sum')
  includes('weights.sh', 'shape')
  completes('weights.shape.', {})
  includes('torch.conv', 'conv2d')
  includes('torch.linalg.no', 'norm')
end)

test.case('nothing in comments, numbers and behind finished words', function()
  completes('-- wei', {})
  completes('x = 12', {})
  completes('--[[ wei', {})
end)

test.case('inside strings', function()
  local list, start = complete('require "brain.nat', {env = env})
  test.equal({list, start}, {{'brain.native'}, 10})
  test.equal(complete("require('brain.nat", {env = env}), {'brain.native'})
  list, start = complete("x = 'wei", {env = env})
  test.equal({list, start}, {{}, 6})
end)

test.case('file names where folders can be listed', function()
  local native = require 'brain.native'
  local before = native.list_directory
  native.list_directory = function(path) return path == 'data/' and {'things/', 'toy.npy'} or {'data/'} end
  local in_folder, start = complete("file.load('data/to", {env = env})
  local here = complete('file.load "da', {env = env})
  native.list_directory = before
  test.equal({in_folder, start, here}, {{'toy.npy'}, 17, {'data/'}})
end)
