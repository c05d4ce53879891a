# Files between brainlua and Python, both ways, one line for each row of docs/exchange.md. It needs a Python that has torch,
# safetensors, numpy, scipy, h5py, nibabel, pandas, rsatoolbox, peft and Pillow: BRAIN_EXCHANGE_PYTHON names it; without it
# the check says so and ends.
import os
import subprocess
import sys
import tempfile

brainlua = os.path.realpath(sys.argv[1])
python = os.environ.get('BRAIN_EXCHANGE_PYTHON')
if not python:
    print('exchange: left out: BRAIN_EXCHANGE_PYTHON names no Python with torch, h5py, nibabel, rsatoolbox, ...')
    sys.exit(0)
if os.environ.get('BRAIN_EXCHANGE_INNER') != '1':
    os.environ['BRAIN_EXCHANGE_INNER'] = '1'
    os.execv(python, [python, '-W', 'ignore', *sys.argv])

import json
import pickle

import h5py
import nibabel
import numpy as np
import pandas
import peft
import rsatoolbox
import safetensors.torch
import scipy.io
import torch
from PIL import Image

folder = tempfile.mkdtemp(prefix='brain-exchange-')
here = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(folder, name)


def ramp(*shape, dtype=np.float64):
    """The numbers 0, 1/8, 2/8, ... in that shape: both sides know them, and every type has them."""
    return (np.arange(np.prod(shape)) / 8).reshape(shape).astype(dtype)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Linear(3, 4)
        self.second = torch.nn.Linear(4, 2)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


def peft_model():
    torch.manual_seed(0)
    model = peft.get_peft_model(Model(), peft.LoraConfig(r=2, target_modules=['first']))
    for name, parameter in model.named_parameters():
        if 'lora_B' in name:
            parameter.data = torch.tensor(ramp(4, 2, dtype=np.float32))
    return model


# --- what Python writes ------------------------------------------------------------------------------------------------
model = Model()
for number, parameter in enumerate(model.parameters()):
    parameter.data = torch.tensor(ramp(*parameter.shape, dtype=np.float32)) + number
shared = torch.tensor(ramp(6, dtype=np.float32))
torch.save({'state_dict': model.state_dict(), 'epoch': 3, 'name': 'né', 'half': torch.tensor(ramp(4)).half(),
            'bfloat16': torch.tensor(ramp(4)).bfloat16(), 'complex': torch.tensor(ramp(2) + 1j), 'mask': torch.tensor([True, False]),
            'whole': shared, 'part': shared[2:4]}, path('py.pt'))
torch.save(model, path('py_module.pt'))
safetensors.torch.save_file({'a': torch.tensor(ramp(2, 3)), 'b.c': torch.tensor(ramp(4)).bfloat16()}, path('py.safetensors'),
                            metadata={'made': 'python'})
np.save(path('py.npy'), np.asfortranarray(ramp(2, 3)))
np.save(path('py_big.npy'), ramp(3).astype('>f4'))
np.save(path('py_words.npy'), np.array([['a', 'bcé'], ['', 'd']]))
np.savez_compressed(path('py.npz'), a=ramp(2, 3), n=np.int64(7))
scipy.io.savemat(path('py.mat'), {'x': ramp(2, 3), 'name': 'hello', 'cells': np.array([1.5, 'two'], dtype=object),
                                  's': {'a': 1.0}}, do_compression=True)
with h5py.File(path('py.h5'), 'w') as f:
    f.create_dataset('g/x', data=ramp(20, 3), compression='gzip', chunks=(5, 3))
    f['g/x'].attrs['unit'] = 'mV'
    f['words'] = ['a', 'bcé']
    f['fixed'] = np.array([b'ab', b'c'])
    f['flag'] = True
    f['complex'] = ramp(2) + 1j
    f['rows'] = np.array([(1, 2.5), (2, 3.5)], dtype=[('i', 'i4'), ('d', 'f8')])
affine = np.array([[2.0, 0, 0, -10], [0, 2, 0, -20], [0, 0, 2.5, -30], [0, 0, 0, 1]])
nibabel.save(nibabel.Nifti1Image(ramp(3, 4, 5, dtype=np.float32), affine), path('py.nii.gz'))
nibabel.save(nibabel.MGHImage(ramp(3, 4, 5, dtype=np.float32), affine), path('py.mgz'))
surface = nibabel.gifti.GiftiImage()
surface.add_gifti_data_array(nibabel.gifti.GiftiDataArray(ramp(7, dtype=np.float32), intent='NIFTI_INTENT_SHAPE'))
nibabel.save(surface, path('py.func.gii'))
pandas.DataFrame({'n': [1, 2, 3], 'x': [0.5, np.nan, 1.25], 'word': ['a', 'b "c", d', 'é'], 'yes': [True, False, True]}).to_csv(
    path('py.csv'), index=False)
rdms = rsatoolbox.rdm.RDMs(ramp(2, 6), dissimilarity_measure='euclidean', descriptors={'roi': 'V1'},
                           rdm_descriptors={'subject': ['s1', 's02']},
                           pattern_descriptors={'picture': ['cat', 'dog', 'ape', 'house']})
rdms.save(path('py_rdms.h5'), file_type='hdf5')
rdms.save(path('py_rdms.pkl'), file_type='pkl')
models = [rsatoolbox.model.ModelFixed(name, rsatoolbox.rdm.RDMs(ramp(1, 6) + k)) for k, name in enumerate(['one', 'two'])]
result = rsatoolbox.inference.eval_fixed(models, rsatoolbox.rdm.RDMs(np.random.default_rng(0).random((3, 6))), method='corr')
result.save(path('py_result.h5'))
dataset = rsatoolbox.data.Dataset(ramp(4, 3), obs_descriptors={'stim': ['a', 'b', 'a', 'b']})
dataset.save(path('py_dataset.h5'), file_type='hdf5')
peft_model().save_pretrained(path('py_adapter'))
Image.fromarray((np.arange(60) * 4).astype(np.uint8).reshape(4, 5, 3)).save(path('py.png'))
with open(path('py.json'), 'w') as out:
    json.dump({'a': [1, 2.5, None, True], 'é': 'ü'}, out)

# --- what brainlua makes of it, and writes -------------------------------------------------------------------------------
done = subprocess.run([brainlua, os.path.join(here, 'exchange.lua'), folder], stdout=subprocess.PIPE, text=True)
sys.stdout.write(done.stdout)
failures = int(done.returncode != 0 or 'FAIL' in done.stdout)


# --- what Python makes of that -------------------------------------------------------------------------------------------
def row(name, check):
    global failures
    try:
        check()
        print(f'ok    brainlua -> {name}')
    except Exception as problem:  # every row is reported
        failures += 1
        print(f'FAIL  brainlua -> {name}: {type(problem).__name__}: {problem}')


def equal(found, expected):
    np.testing.assert_array_equal(np.asarray(found), np.asarray(expected))


def check_torch():
    found = torch.load(path('lua.pt'), weights_only=True)
    equal(found['x'], ramp(2, 3, dtype=np.float32))
    equal(found['half'].float(), ramp(4))
    equal(found['bfloat16'].float(), ramp(4))
    equal(found['list'], [1, 2.5, 'né'])
    assert found['half'].dtype == torch.float16 and found['bfloat16'].dtype == torch.bfloat16
    fresh = Model()
    fresh.load_state_dict(torch.load(path('lua_state.pt'), weights_only=True))
    for ours, theirs in zip(fresh.parameters(), model.parameters()):
        equal(ours.detach(), theirs.detach())
    assert found['tied'][0].data_ptr() == found['tied'][1].data_ptr()


def check_safetensors():
    found = safetensors.torch.load_file(path('lua.safetensors'))
    equal(found['a'], ramp(2, 3))
    equal(found['b.c'].float(), ramp(4))
    with safetensors.safe_open(path('lua.safetensors'), 'pt') as f:
        assert f.metadata() == {'made': 'lua'}, f.metadata()


def check_numpy():
    equal(np.load(path('lua.npy')), ramp(2, 3))
    found = np.load(path('lua.npz'))
    equal(found['a'], ramp(2, 3, dtype=np.float32))
    equal(found['n'], 7)


def check_scipy():
    if not os.path.exists(path('lua.mat')):
        with h5py.File(path('lua.h5')) as f:  # not written yet: MATLAB and SciPy take HDF5 or npy
            equal(f['g/x'], ramp(20, 3))
        return
    equal(scipy.io.loadmat(path('lua.mat'))['x'], ramp(2, 3))


def check_h5py():
    with h5py.File(path('lua.h5')) as f:
        equal(f['g/x'], ramp(20, 3))
        assert f['g/x'].attrs['unit'] == 'mV' and f['long'].compression == 'gzip'
        assert [w.decode() for w in f['words'][()]] == ['a', 'bcé']
        assert f['flag'][()] == True and f['flag'].dtype == bool
        equal(f['complex'], ramp(2) + 1j)
        assert f['name'][()].decode() == 'né'
    with h5py.File(path('lua_fixed.h5')) as f:
        assert f['words'].dtype.kind == 'S' and list(f['words'][()].astype('U')) == ['a', 'bcd']


def check_nibabel():
    image = nibabel.load(path('lua.nii.gz'))
    equal(image.get_fdata(), ramp(3, 4, 5) + 1)
    equal(image.affine, affine)
    image = nibabel.load(path('lua.mgz'))
    equal(image.get_fdata(), ramp(3, 4, 5) + 1)
    np.testing.assert_allclose(image.affine, affine, atol=1e-5)
    if os.path.exists(path('lua.func.gii')):
        equal(nibabel.load(path('lua.func.gii')).darrays[0].data, ramp(7) + 1)


def check_pandas():
    found = pandas.read_csv(path('lua.csv'))
    assert list(found.columns) == ['n', 'x', 'word', 'yes'] and found['n'].dtype == np.int64 and found['yes'].dtype == bool
    equal(found['n'], [1, 2, 3])
    equal(found['x'], [0.5, np.nan, 1.25])
    assert list(found['word']) == ['a', 'b "c", d', 'é']


def check_rsatoolbox():
    found = rsatoolbox.rdm.load_rdm(path('lua_rdms.h5'))
    equal(found.dissimilarities, ramp(2, 6))
    assert found.dissimilarity_measure == 'correlation' and found.descriptors == {'roi': 'IT'}
    assert list(found.pattern_descriptors['conditions']) == ['cat', 'dog', 'ape', 'house']
    assert list(found.rdm_descriptors['subject']) == ['s1', 's02']
    rsatoolbox.rdm.compare(found, rdms, 'spearman')
    dual = rsatoolbox.inference.load_results(path('lua_result.h5'))
    expected = json.load(open(path('lua_result.json')))
    np.testing.assert_allclose(dual.get_sem(), expected['standard_errors'], rtol=1e-9)
    assert [m.name for m in dual.models] == ['a', 'b'] and dual.method == 'spearman' and dual.cv_method == 'dual_bootstrap'
    dual.summary()


def check_peft():
    base = Model()
    torch.manual_seed(0)
    torch.nn.Module.load_state_dict(base, Model().state_dict())
    found = peft.PeftModel.from_pretrained(base, path('lua_adapter'))
    tensors = {name: p for name, p in found.named_parameters() if 'lora_B' in name}
    assert len(tensors) == 1
    equal(next(iter(tensors.values())).detach(), 2 * ramp(4, 2, dtype=np.float32))


def check_pillow():
    equal(np.array(Image.open(path('lua.png'))), 255 - (np.arange(60) * 4).astype(np.uint8).reshape(4, 5, 3))
    assert Image.open(path('lua.jpg')).size == (5, 4)


def check_json():
    assert json.load(open(path('lua.json'))) == {'a': [1, 2.5, True], 'é': 'ü'}


for name, check in list(globals().items()):
    if name.startswith('check_'):
        row(name[6:], check)
import shutil

shutil.rmtree(folder)
sys.exit(1 if failures else 0)
