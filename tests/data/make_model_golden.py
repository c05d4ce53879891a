"""Writes model_golden.tsv: what PyTorch's constructors draw for networks written here a second time with torch.nn, and
what the recurrent CORnets answer. Run with the project's Python: python tests/data/make_model_golden.py

Rows: model, key, first element, sum in float64. The key "next" is one torch.rand after the constructor: it agrees only
when as many numbers were drawn. The key "output" is the answer, in eval, to image()."""
import math
import os
from collections import OrderedDict

import torch
from torch import nn


def each(net, kind):
    return [m for m in net.modules() if isinstance(m, kind)]


def named(**layers):
    return nn.Sequential(OrderedDict(layers))


class Residual(nn.Module):
    """branch(x) + shortcut(x), enough to draw a ResNet's numbers in its order."""

    def __init__(self, cin, planes, stride, deep):
        super().__init__()
        cout = planes * (4 if deep else 1)
        down = None
        if stride != 1 or cin != cout:
            down = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))
        if deep:
            self.conv1 = nn.Conv2d(cin, planes, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(planes)
            self.conv2 = nn.Conv2d(planes, planes, 3, stride, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(planes)
            self.conv3 = nn.Conv2d(planes, cout, 1, bias=False)
            self.bn3 = nn.BatchNorm2d(cout)
        else:
            self.conv1 = nn.Conv2d(cin, planes, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(planes)
            self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(planes)
        if down:
            self.downsample = down


def resnet(counts, deep):
    width, rows = 64, OrderedDict(conv1=nn.Conv2d(3, 64, 7, 2, 3, bias=False), bn1=nn.BatchNorm2d(64))
    for r, count in enumerate(counts):
        planes, blocks = 64 << r, []
        for i in range(count):
            blocks.append(Residual(width, planes, 2 if r and not i else 1, deep))
            width = planes * (4 if deep else 1)
        rows[f'layer{r + 1}'] = nn.Sequential(*blocks)
    rows['fc'] = nn.Linear(width, 1000)
    net = nn.Sequential(rows)
    for conv in each(net, nn.Conv2d):
        nn.init.kaiming_normal_(conv.weight, mode='fan_out', nonlinearity='relu')
    return net


def alexnet():
    c = nn.Conv2d
    features = nn.Sequential(c(3, 64, 11), nn.ReLU(), nn.ReLU(), c(64, 192, 5), nn.ReLU(), nn.ReLU(), c(192, 384, 3),
                             nn.ReLU(), c(384, 256, 3), nn.ReLU(), c(256, 256, 3))
    classifier = nn.Sequential(nn.Dropout(), nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096),
                               nn.ReLU(), nn.Linear(4096, 1000))
    return named(features=features, classifier=classifier)


def vgg11_bn():
    layers, cin = [], 3
    for cout in (64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0):
        layers += [nn.Conv2d(cin, cout, 3), nn.BatchNorm2d(cout), nn.ReLU()] if cout else [nn.MaxPool2d(2)]
        cin = cout or cin
    classifier = nn.Sequential(nn.Linear(25088, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(),
                               nn.Dropout(), nn.Linear(4096, 1000))
    net = named(features=nn.Sequential(*layers), classifier=classifier)
    for m in each(net, (nn.Conv2d, nn.Linear)):
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode='fan_out', nonlinearity='relu')
        else:
            nn.init.normal_(m.weight, 0, 0.01)
        nn.init.zeros_(m.bias)
    return net


def squeezenet1_1():
    def fire(cin, squeeze, expand):
        return named(squeeze=nn.Conv2d(cin, squeeze, 1), expand1x1=nn.Conv2d(squeeze, expand, 1),
                     expand3x3=nn.Conv2d(squeeze, expand, 3))
    p = nn.Identity
    features = nn.Sequential(nn.Conv2d(3, 64, 3), p(), p(), fire(64, 16, 64), fire(128, 16, 64), p(), fire(128, 32, 128),
                             fire(256, 32, 128), p(), fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256),
                             fire(512, 64, 256))
    last = nn.Conv2d(512, 1000, 1)
    net = named(features=features, classifier=nn.Sequential(nn.Dropout(), last))
    for conv in each(net, nn.Conv2d):
        if conv is last:
            nn.init.normal_(conv.weight, 0, 0.01)
        else:
            nn.init.kaiming_uniform_(conv.weight)
        nn.init.zeros_(conv.bias)
    return net


def mobilenet_v2():
    def unit(cin, cout, kernel, groups=1):
        return nn.Sequential(nn.Conv2d(cin, cout, kernel, groups=groups, bias=False), nn.BatchNorm2d(cout), nn.ReLU6())
    features, cin = [unit(3, 32, 3)], 32
    for expand, cout, count in ((1, 16, 1), (6, 24, 2), (6, 32, 3), (6, 64, 4), (6, 96, 3), (6, 160, 3), (6, 320, 1)):
        for _ in range(count):
            wide = cin * expand
            layers = ([unit(cin, wide, 1)] if expand > 1 else []) + [unit(wide, wide, 3, wide)]
            layers += [nn.Conv2d(wide, cout, 1, bias=False), nn.BatchNorm2d(cout)]
            features.append(named(conv=nn.Sequential(*layers)))
            cin = cout
    features.append(unit(320, 1280, 1))
    net = named(features=nn.Sequential(*features), classifier=nn.Sequential(nn.Dropout(), nn.Linear(1280, 1000)))
    for m in each(net, (nn.Conv2d, nn.Linear)):
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode='fan_out')
        else:
            nn.init.normal_(m.weight, 0, 0.01)
            nn.init.zeros_(m.bias)
    return net


class ViT(nn.Module):
    def __init__(self, patch=32, width=768, layers=12, hidden=3072):
        super().__init__()
        self.conv_proj = nn.Conv2d(3, width, patch, patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.encoder = nn.Module()
        self.encoder.pos_embedding = nn.Parameter(torch.empty(1, (224 // patch) ** 2 + 1, width).normal_(std=0.02))
        blocks = OrderedDict()
        for i in range(layers):
            block = nn.Module()
            block.ln_1 = nn.LayerNorm(width, eps=1e-6)
            block.self_attention = nn.MultiheadAttention(width, 12, batch_first=True)
            block.ln_2 = nn.LayerNorm(width, eps=1e-6)
            block.mlp = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Dropout(0), nn.Linear(hidden, width))
            for linear in each(block.mlp, nn.Linear):
                nn.init.xavier_uniform_(linear.weight)
                nn.init.normal_(linear.bias, std=1e-6)
            blocks[f'encoder_layer_{i}'] = block
        self.encoder.layers = nn.Sequential(blocks)
        self.heads = named(head=nn.Linear(width, 1000))
        nn.init.trunc_normal_(self.conv_proj.weight, std=math.sqrt(1 / (3 * patch * patch)))
        nn.init.zeros_(self.conv_proj.bias)
        nn.init.zeros_(self.heads.head.weight)
        nn.init.zeros_(self.heads.head.bias)


def efficientnet_lite0():
    def conv(cin, cout, kernel, groups=1):
        return nn.Conv2d(cin, cout, kernel, groups=groups, bias=False)
    stages, cin = [], 32
    for cout, kernel, count in ((16, 3, 1), (24, 3, 2), (40, 5, 2), (80, 3, 3), (112, 5, 3), (192, 5, 4), (320, 3, 1)):
        stage = []
        for _ in range(count):
            wide = 6 * cin
            if not stages:
                stage.append(named(conv_dw=conv(cin, cin, kernel, cin), conv_pw=conv(cin, cout, 1)))
            else:
                stage.append(named(conv_pw=conv(cin, wide, 1), conv_dw=conv(wide, wide, kernel, wide),
                                   conv_pwl=conv(wide, cout, 1)))
            cin = cout
        stages.append(nn.Sequential(*stage))
    # The stem is made before the blocks in the source; all are drawn anew below, in this order.
    net = named(conv_stem=conv(3, 32, 3), blocks=nn.Sequential(*stages), conv_head=conv(320, 1280, 1),
                classifier=nn.Linear(1280, 1000))
    for m in each(net, (nn.Conv2d, nn.Linear)):
        if isinstance(m, nn.Conv2d):
            fan_out = m.kernel_size[0] * m.kernel_size[1] * m.out_channels // m.groups
            nn.init.normal_(m.weight, 0, math.sqrt(2 / fan_out))
        else:
            nn.init.uniform_(m.weight, -1 / math.sqrt(1000), 1 / math.sqrt(1000))
            nn.init.zeros_(m.bias)
    return net


def cornet_s():
    def area(cin, cout, times):
        wide = 4 * cout
        layers = OrderedDict(conv_input=nn.Conv2d(cin, cout, 1, bias=False), skip=nn.Conv2d(cout, cout, 1, 2, bias=False),
                             conv1=nn.Conv2d(cout, wide, 1, bias=False), conv2=nn.Conv2d(wide, wide, 3, bias=False),
                             conv3=nn.Conv2d(wide, cout, 1, bias=False))
        return nn.Sequential(layers)
    v1 = named(conv1=nn.Conv2d(3, 64, 7, bias=False), conv2=nn.Conv2d(64, 64, 3, bias=False))
    net = named(V1=v1, V2=area(64, 128, 2), V4=area(128, 256, 4), IT=area(256, 512, 2),
                decoder=named(linear=nn.Linear(512, 1000)))
    for conv in each(net, nn.Conv2d):
        conv.weight.data.normal_(0, math.sqrt(2 / (conv.kernel_size[0] * conv.kernel_size[1] * conv.out_channels)))
    return net


def decoder():
    return named(avgpool=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten(), linear=nn.Linear(512, 1000))


def cornet_z():
    def area(cin, cout, kernel=3, stride=1):
        return named(conv=nn.Conv2d(cin, cout, kernel, stride, kernel // 2), nonlin=nn.ReLU(), pool=nn.MaxPool2d(3, 2, 1))
    net = named(V1=area(3, 64, 7, 2), V2=area(64, 128), V4=area(128, 256), IT=area(256, 512), decoder=decoder())
    for m in each(net, (nn.Conv2d, nn.Linear)):
        nn.init.xavier_uniform_(m.weight)
        nn.init.zeros_(m.bias)
    return net


class RecurrentCORnet(nn.Module):
    """Written from the definition: state_k(t) = f_k(below(t) + state_k(t - 1)), with nothing below V2 to IT at t = 0."""

    def __init__(self, parallel):
        super().__init__()
        self.parallel = parallel
        for name, cin, cout, kernel, stride in (('V1', 3, 64, 7, 4), ('V2', 64, 128, 3, 2), ('V4', 128, 256, 3, 2),
                                                ('IT', 256, 512, 3, 2)):
            area = nn.Module()
            area.conv_input = nn.Conv2d(cin, cout, kernel, stride, kernel // 2)
            area.norm_input = nn.GroupNorm(32, cout)
            area.conv1 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
            area.norm1 = nn.GroupNorm(32, cout)
            setattr(self, name, area)
        self.decoder = decoder()

    def forward(self, image):
        areas = [self.V1, self.V2, self.V4, self.IT]
        states = [0, torch.zeros(1, 128, 28, 28), torch.zeros(1, 256, 14, 14), torch.zeros(1, 512, 7, 7)]
        for t in range(5):
            before = [image] + states[:]
            for k, area in enumerate(areas):
                below = image if k == 0 else before[k] if self.parallel else states[k - 1]
                x = states[k]
                if k == 0 or t > 0:
                    x = x + torch.relu(area.norm_input(area.conv_input(below)))
                states[k] = torch.relu(area.norm1(area.conv1(x)))
        return self.decoder(states[3])


def image():
    i = torch.arange(3 * 224 * 224, dtype=torch.float64)
    return torch.sin(0.37 * i + 1e-5 * i * i).float().reshape(1, 3, 224, 224)


def main():
    models = {'torchvision/resnet18': lambda: resnet((2, 2, 2, 2), False),
              'torchvision/resnet50': lambda: resnet((3, 4, 6, 3), True),
              'torchvision/alexnet': alexnet, 'torchvision/vgg11_bn': vgg11_bn, 'torchvision/squeezenet1_1': squeezenet1_1,
              'torchvision/mobilenet_v2': mobilenet_v2, 'torchvision/vit_b_32': ViT,
              'timm/efficientnet_lite0': efficientnet_lite0, 'cornet/cornet_s': cornet_s, 'cornet/cornet_z': cornet_z,
              'cornet/cornet_r': lambda: RecurrentCORnet(False), 'cornet/cornet_rt': lambda: RecurrentCORnet(True)}
    rows = []
    for name, make in models.items():
        torch.manual_seed(3)
        net = make()
        after = torch.rand(1)
        drawn = {k: v for k, v in net.state_dict().items() if v.is_floating_point() and v.dim() > 1 and v.abs().sum() > 0}
        keys = list(drawn)
        chosen = [keys[i * (len(keys) - 1) // 5] for i in range(6)]
        for key in chosen:
            rows.append((name, key, float(drawn[key].flatten()[0]), float(drawn[key].double().sum())))
        rows.append((name, 'next', float(after), float(after)))
        if name.split('_')[-1] in ('z', 'r', 'rt'):
            with torch.no_grad():
                y = net.eval()(image())
            rows.append((name, 'output', float(y.flatten()[0]), float(y.double().sum())))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'model_golden.tsv'), 'w') as f:
        for row in rows:
            f.write('%s\t%s\t%.9g\t%.17g\n' % row)


main()
