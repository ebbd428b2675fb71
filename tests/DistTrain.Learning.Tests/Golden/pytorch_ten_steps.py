#!/usr/bin/env python3
"""Ten steps of four tiny networks in PyTorch, in binary64, as numbers to compare with.

Run with PyTorch 1.13 or later (Debian: python3-torch):

    python3 pytorch_ten_steps.py > pytorch_ten_steps.json

Data and first parameters have closed forms (multiples of 1/128, exact in binary32), repeated in
PyTorchTests.cs. Every step has a batch of its own. The conventions are DistTrain's: one loss is
the weighted sum over the batch divided by its samples, class weights or not (as Keras); L2 and
weight decay act on weights, not on biases; the clip factor is limit / norm, without the 1e-6 that
clip_grad_norm_ adds to the norm.
"""
import json
import textwrap

import torch
import torch.nn.functional as F

STEPS, BATCH = 10, 12
WIDTHS = [6, 9, 8, 4]

CASES = [
    dict(name="adam, tanh, relu, cross-entropy", hidden=["tanh", "relu"], loss="cross-entropy",
         optimizer="adam"),
    dict(name="adamw, gelu, binary cross-entropy", hidden=["gelu", "gelu"],
         loss="binary-cross-entropy", optimizer="adamw"),
    dict(name="momentum, l2, sigmoid, sse", hidden=["sigmoid", "sigmoid"], loss="sse",
         optimizer="momentum"),
    dict(name="sgd, clip-norm, leaky_relu, class weights", hidden=["leaky_relu", "leaky_relu"],
         loss="cross-entropy", optimizer="sgd", clip_norm=0.5, class_weights=[1, 2.5, 0.25, 3]),
]

ACTIVATIONS = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "gelu": F.gelu,
    "sigmoid": torch.sigmoid,
    "leaky_relu": F.leaky_relu,
}


def closed_form(index, multiplier, modulus, divisor):
    return torch.tensor([(i * multiplier + 11) % modulus - modulus // 2 for i in index],
                        dtype=torch.float64) / divisor


def first_parameters():
    """Layer by layer, weight (in x out) then bias, numbered through."""
    parameters, offset = [], 0
    for inputs, outputs in zip(WIDTHS, WIDTHS[1:]):
        for shape in [(inputs, outputs), (outputs,)]:
            count = shape[0] * (shape[1] if len(shape) == 2 else 1)
            values = closed_form(range(offset, offset + count), 37, 101, 128)
            parameters.append(values.reshape(shape).requires_grad_())
            offset += count
    return parameters


def batch_of(step):
    samples = range(step * BATCH, (step + 1) * BATCH)
    x = torch.stack([closed_form(range(s * WIDTHS[0], (s + 1) * WIDTHS[0]), 53, 97, 64)
                     for s in samples])
    labels = torch.tensor([(s * 7 + s // 5) % WIDTHS[-1] for s in samples])
    return x, labels


def optimizer_of(case, parameters):
    weights, biases = parameters[0::2], parameters[1::2]
    def groups(decay):
        return [dict(params=weights, weight_decay=decay), dict(params=biases, weight_decay=0)]
    return {
        "adam": lambda: torch.optim.Adam(parameters, lr=0.01),
        "adamw": lambda: torch.optim.AdamW(groups(0.1), lr=0.02, betas=(0.8, 0.95), eps=1e-6),
        "momentum": lambda: torch.optim.SGD(groups(0.05), lr=0.05, momentum=0.9),
        "sgd": lambda: torch.optim.SGD(parameters, lr=0.3),
    }[case["optimizer"]]()


def loss_of(case, x, labels, parameters):
    for layer, name in enumerate(case["hidden"]):
        x = ACTIVATIONS[name](x @ parameters[2 * layer] + parameters[2 * layer + 1])
    logits = x @ parameters[-2] + parameters[-1]
    one_hot = F.one_hot(labels, WIDTHS[-1]).to(torch.float64)
    if case["loss"] == "cross-entropy":
        weights = case.get("class_weights")
        weights = None if weights is None else torch.tensor(weights, dtype=torch.float64)
        return F.cross_entropy(logits, labels, weight=weights, reduction="sum") / BATCH
    if case["loss"] == "binary-cross-entropy":
        return F.binary_cross_entropy_with_logits(logits, one_hot)
    return F.mse_loss(torch.sigmoid(logits), one_hot, reduction="sum") / BATCH


def clip(limit, parameters):
    norm = torch.sqrt(sum((p.grad ** 2).sum() for p in parameters)).item()
    if norm > limit:
        for p in parameters:
            p.grad *= limit / norm
    return norm > limit


def run(case):
    parameters = first_parameters()
    optimizer = optimizer_of(case, parameters)
    losses, clipped = [], 0
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(case, *batch_of(step), parameters)
        loss.backward()
        if "clip_norm" in case:
            clipped += clip(case["clip_norm"], parameters)
        optimizer.step()
        losses.append(loss.item())
    flat = torch.cat([p.detach().reshape(-1) for p in parameters]).tolist()
    return dict(name=case["name"], clippedSteps=clipped, losses=losses, parameters=flat)


def numbers(values):
    return textwrap.fill(", ".join(repr(v) for v in values), 96, break_long_words=False)


def main():
    print("{")
    print(f'"source": {json.dumps("PyTorch " + torch.__version__ + ", binary64")},')
    print('"cases": [')
    for i, case in enumerate(CASES):
        result = run(case)
        print(f'{{"name": {json.dumps(result["name"])}, '
              f'"clippedSteps": {result["clippedSteps"]},')
        print(f'"losses": [\n{numbers(result["losses"])}],')
        print(f'"parameters": [\n{numbers(result["parameters"])}]}}' + "," * (i < len(CASES) - 1))
    print("]\n}")


if __name__ == "__main__":
    main()
