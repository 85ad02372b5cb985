"""Golden cases of the layers without memory: Embedding, Linear, softmax and log_softmax.

embedding.{plain,padding_idx_2,padding_idx_minus_1}    Embedding(7, 4), `ids` [batch=2, seq=5] stored
linear.{bias,nobias}.{1,2,3}d                          Linear(3, 4), input [3], [2, 3], [2, 5, 3]
{softmax,log_softmax}.dim{0,1,2}.scale{1,8,256}        input [2, 5, 3] = scale * value(1, i)
"""

from collections.abc import Iterator
from itertools import product

import torch
import torch.nn.functional as F
from torch import nn

from values import D_OUTPUT, INPUT, Case, Tensors, backward, fill_parameters, ids, parameter_gradients, value

VOCAB, FEATURE = 7, 4
PADDING = {"plain": None, "padding_idx_2": 2, "padding_idx_minus_1": -1}
LINEAR_INPUTS = {"1d": [3], "2d": [2, 3], "3d": [2, 5, 3]}
SOFTMAX_INPUT = [2, 5, 3]


def _embedding(padding_idx: int | None) -> Case:
    def run(dtype: torch.dtype) -> Tensors:
        layer = nn.Embedding(VOCAB, FEATURE, padding_idx=padding_idx, dtype=dtype)
        fill_parameters(layer)  # the padding row too: torch looks it up like any other
        words = ids(INPUT, [2, 5], VOCAB)
        output = layer(words)
        backward({D_OUTPUT: output})
        return {"ids": words, "output": output, **parameter_gradients(layer)}

    return run


def _linear(bias: bool, shape: list[int]) -> Case:
    def run(dtype: torch.dtype) -> Tensors:
        layer = nn.Linear(3, 4, bias=bias, dtype=dtype)
        fill_parameters(layer)
        x = value(INPUT, shape, dtype).requires_grad_()
        output = layer(x)
        backward({D_OUTPUT: output})
        return {"output": output, "grad.input": x.grad, **parameter_gradients(layer)}

    return run


def _softmax(function: str, dim: int, scale: float) -> Case:
    def run(dtype: torch.dtype) -> Tensors:
        x = value(INPUT, SOFTMAX_INPUT, dtype, scale).requires_grad_()
        output = getattr(F, function)(x, dim=dim)
        backward({D_OUTPUT: output})
        return {"output": output, "grad.input": x.grad}

    return run


def cases() -> Iterator[tuple[str, Case]]:
    for name, padding_idx in PADDING.items():
        yield f"embedding.{name}", _embedding(padding_idx)
    for bias, (name, shape) in product([True, False], LINEAR_INPUTS.items()):
        yield f"linear.{'bias' if bias else 'nobias'}.{name}", _linear(bias, shape)
    for function, dim, scale in product(["softmax", "log_softmax"], [0, 1, 2], [1, 8, 256]):
        yield f"{function}.dim{dim}.scale{scale}", _softmax(function, dim, float(scale))
