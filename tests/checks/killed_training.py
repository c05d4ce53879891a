#!/usr/bin/env python3
"""Training that is killed with SIGKILL at random moments and started again ends with the same bits as undisturbed
training (same build, one thread). usage: killed_training.py BRAINLUA [KILLS=8]"""
import os
import random
import subprocess
import sys
import tempfile
import time

SCRIPT = """
local folder, result = ...
torch.set_num_threads(1)
torch.manual_seed(3)
local images, labels = torch.randn(96, 3, 16, 16), torch.randint(0, 5, {96})
local net = nn.Sequential {nn.Conv2d(3, 16, 3, {padding = 1}), nn.BatchNorm2d(16), nn.ReLU(), nn.Dropout(0.2),
  nn.Conv2d(16, 16, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 5)}
local learn, held = data.tensors {image = images, label = labels}:split {0.75, 0.25, seed = 1}
local optimizer = optim.AdamW(net:named_parameters(), {lr = 0.01})
train.fit {model = net, data = learn, validation = held, inputs = {'image'}, epochs = 60, batch = 8, seed = 2,
  optimizer = optimizer, schedule = optim.schedule.cosine(optimizer, {T_max = 540}), schedule_per = 'step', ema = 0.95,
  clip = 1, checkpoint = folder, checkpoint_every = 1,
  loss = function(output, batch) return losses.cross_entropy(output, batch.label) end}
local all = {}
for name, tensor in pairs(net:state_dict()) do all[#all + 1] = tensor:to 'float64':reshape(-1) end
file.save(result, {weights = torch.cat(all)})
"""


def train(brainlua, script, folder, result, kill_after=None):
    """Starts the training; kills it after that many seconds. Whether it came to its end."""
    process = subprocess.Popen([brainlua, script, folder, result], stdout=subprocess.DEVNULL)
    try:
        status = process.wait(timeout=kill_after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    if status:
        sys.exit(f'training ended with status {status}')
    return True


def main():
    brainlua = sys.argv[1]
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    draw = random.Random(11)
    with tempfile.TemporaryDirectory() as scratch:
        script, expected = os.path.join(scratch, 'train.lua'), os.path.join(scratch, 'expected.safetensors')
        with open(script, 'w') as file:
            file.write(SCRIPT)
        os.mkdir(os.path.join(scratch, 'whole'))
        started = time.time()
        train(brainlua, script, os.path.join(scratch, 'whole'), expected)
        whole = time.time() - started
        kills, runs = 0, 0
        while kills < wanted:
            folder, result = os.path.join(scratch, f'run{runs}'), os.path.join(scratch, f'run{runs}.safetensors')
            os.mkdir(folder)
            while not train(brainlua, script, folder, result, draw.uniform(0.15, 0.5) * whole if kills < wanted else None):
                kills += 1
            with open(expected, 'rb') as a, open(result, 'rb') as b:
                if a.read() != b.read():
                    sys.exit(f'run {runs}, killed until kill {kills}: other bits than the undisturbed run')
            left = sorted(os.listdir(folder))
            if left != ['best.safetensors', 'last.safetensors']:
                sys.exit(f'run {runs}: expected the best and the last state, found {left}')
            runs += 1
        print(f'{kills} kills in {runs} runs, all end with the same bits ({whole:.1f} s undisturbed)')


main()
