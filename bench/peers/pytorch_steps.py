"""Whole training steps of PyTorch, asked for line by line.

A step is what ours is: a batch gathered by a shuffled index from 60,000 samples in memory, forward,
cross-entropy, backward, Adam. Nothing is loaded or augmented. Threads come from OMP_NUM_THREADS.

    stdout   ready LABEL              once, after the imports
             absent REASON            instead, where PyTorch is missing
    stdin    run NETWORK SECONDS      a number of NETWORKS; trains from fresh weights, first a tenth
                                      of the time uncounted
    stdout   STEPS SECONDS            counted steps and the time that they took

It waits for a line without using a processor and ends with its input.
"""

import ctypes
import os
import subprocess
import sys
import time

SAMPLES, FEATURES, CLASSES = 60_000, 784, 10
WARM_UP = 0.1

# Units of the layers, activations of the hidden ones, (layer, share) of dropout, batch.
NETWORKS = [
    ([100], ["Sigmoid"], None, 128),
    ([128, 32], ["ReLU", "ReLU"], None, 32),
    ([1024, 128, 64], ["ReLU", "Tanh", "ReLU"], (1, 0.05), 64),
    ([500, 500, 500], ["Sigmoid", "Sigmoid", "Sigmoid"], None, 128),
]

AVX512_CORES = ("SkylakeX", "Cooperlake", "SapphireRapids")


def say(*words):
    print(*words, flush=True)


def debian_version():
    """The package's version without Debian's suffix, or None where it is not from Debian."""
    try:
        asked = subprocess.run(
            ["dpkg-query", "--show", "--showformat=${Version}", "python3-torch"],
            capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return asked.stdout.split("+")[0].split("-")[0] or None


def blas():
    """OpenBLAS and the kernels that it chose, asked from the library that PyTorch has loaded."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        paths = {line.split()[-1] for line in maps if "openblas" in line}
    for path in sorted(paths):
        core_of = getattr(ctypes.CDLL(path), "openblas_get_corename", None)
        if core_of is not None:
            core_of.restype = ctypes.c_char_p
            core = core_of().decode()
            return "OpenBLAS AVX-512" if core in AVX512_CORES else f"OpenBLAS {core}"
    return "unknown BLAS"


def label(torch):
    is_packaged = torch.__file__.startswith("/usr/lib/python3/dist-packages/")
    version = debian_version() if is_packaged else None
    origin = "Debian, " if version else ""
    linked = blas() if os.path.exists("/proc/self/maps") else "unknown BLAS"
    return f"PyTorch {version or torch.__version__} ({origin}{linked})"


class Training:
    """One network with its optimizer; it stays in memory between samples."""

    def __init__(self, torch, data, units, activations, dropout, batch):
        self.torch, self.batch = torch, batch
        self.inputs, self.labels = data
        layers, width = [], FEATURES
        for layer, size in enumerate(units):
            layers += [torch.nn.Linear(width, size), getattr(torch.nn, activations[layer])()]
            if dropout and dropout[0] == layer:
                layers.append(torch.nn.Dropout(dropout[1]))
            width = size
        layers.append(torch.nn.Linear(width, CLASSES))
        self.model = torch.nn.Sequential(*layers)
        self.optimizer = torch.optim.Adam(self.model.parameters(), foreach=True)
        self.loss = torch.nn.CrossEntropyLoss()

    def renew(self):
        for layer in self.model:
            if isinstance(layer, self.torch.nn.Linear):
                layer.reset_parameters()
        self.optimizer.state.clear()
        self.shuffle()

    def shuffle(self):
        self.order, self.position = self.torch.randperm(SAMPLES), 0

    def step(self):
        if self.position + self.batch > SAMPLES:
            self.shuffle()
        indices = self.order[self.position:self.position + self.batch]
        self.position += self.batch
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.model(self.inputs[indices]), self.labels[indices])
        loss.backward()
        self.optimizer.step()

    def run(self, seconds):
        """Counted steps and their time; at least one."""
        steps, began = 0, time.perf_counter()
        while True:
            self.step()
            steps += 1
            spent = time.perf_counter() - began
            if spent >= seconds:
                return steps, spent


def main():
    try:
        import torch
    except ImportError as problem:
        say("absent", problem)
        return
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    torch.manual_seed(1)
    data = (torch.rand(SAMPLES, FEATURES), torch.randint(0, CLASSES, (SAMPLES,)))
    trainings = [Training(torch, data, *network) for network in NETWORKS]
    say("ready", label(torch))
    for line in sys.stdin:
        _, network, seconds = line.split()
        training, seconds = trainings[int(network)], float(seconds)
        training.renew()
        training.run(WARM_UP * seconds)
        steps, spent = training.run(seconds)
        say(steps, spent)


if __name__ == "__main__":
    main()
