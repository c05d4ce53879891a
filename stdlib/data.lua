-- Data sets: readers, simulators.
local data = {simulate = {}}

data.things_eeg2 = require('brain.data.things_eeg2').read
data.things_eeg2_subjects = require('brain.data.things_eeg2').subjects
data.simulate.things_eeg2 = require 'brain.data.simulate_things_eeg2'

return data
