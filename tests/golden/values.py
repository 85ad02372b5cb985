"""The numbers that the golden cases are made of, and how a case is run.

Every input, weight and upstream gradient is a term of one exact formula, so none of them is stored:

    value(seed, i) = float32(((i * 7919 + seed * 104729) mod 1009) / 1009.0 - 0.5)

worked out in double, i = flat index in C order; some cases multiply it by a power of two, which is exact.

Seeds    1 input    2 h_0, or a regression's target    3 c_0    4 class weights
         11 gradient of the output, 12 of h_n, 13 of c_n    100 + j  the j-th parameter in state_dict order
"""

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

INPUT, H_0, C_0, WEIGHT = 1, 2, 3, 4
TARGET = 2
D_OUTPUT, D_H_N, D_C_N = 11, 12, 13
FIRST_PARAMETER = 100

VALUE_TOLERANCE = 1e-6
GRADIENT_TOLERANCE = 1e-5

Tensors = dict[str, Tensor]
Case = Callable[[torch.dtype], Tensors]


def _terms(seed: int, shape: Iterable[int]) -> Tensor:
    """The formula's whole numbers, from 0 to 1008."""
    shape = tuple(shape)
    i = torch.arange(math.prod(shape), dtype=torch.int64)
    return ((i * 7919 + seed * 104729) % 1009).reshape(shape)


def value(seed: int, shape: Iterable[int], dtype: torch.dtype, scale: float = 1.0) -> Tensor:
    """The formula's numbers in this shape. They are float32 numbers, whatever type holds them."""
    terms = _terms(seed, shape).to(torch.float64) / 1009.0 - 0.5
    return (terms.to(torch.float32) * scale).to(dtype)


def ids(seed: int, shape: Iterable[int], count: int) -> Tensor:
    """Whole numbers from 0 to count - 1: the formula's terms mod count."""
    return _terms(seed, shape) % count


def fill_parameters(module: nn.Module, scale: float = 1.0) -> None:
    """Gives the j-th parameter of the state_dict the numbers of seed 100 + j."""
    with torch.no_grad():
        for j, parameter in enumerate(module.state_dict().values()):
            parameter.copy_(value(FIRST_PARAMETER + j, parameter.shape, parameter.dtype, scale))


def parameter_gradients(module: nn.Module) -> Tensors:
    return {f"grad.{name}": parameter.grad for name, parameter in module.named_parameters()}


def backward(outputs: dict[int, Tensor]) -> None:
    """Runs backward from the sum of output * value(seed), over all outputs; the keys are the seeds."""
    weighted = [(tensor * value(seed, tensor.shape, tensor.dtype)).sum() for seed, tensor in outputs.items()]
    sum(weighted).backward()


def golden(name: str, case: Case) -> Tensors:
    """Runs a case in double and rounds the results to float32, so that no rounding of torch's is in them and
    they are the same on every machine; then checks that torch's own float32 run agrees.

    Whole numbers become int32. The keys come back as CASE/key.
    """
    exact, single = case(torch.float64), case(torch.float32)
    for key, tensor in exact.items():
        _check_agreement(f"{name}/{key}", tensor, single[key])
    return {f"{name}/{key}": _stored(tensor) for key, tensor in exact.items()}


def _check_agreement(key: str, exact: Tensor, single: Tensor) -> None:
    tolerance = GRADIENT_TOLERANCE if "/grad." in key else VALUE_TOLERANCE
    error = (single.to(torch.float64) - exact).abs()
    if not bool((error <= tolerance + tolerance * exact.abs()).all()):
        raise SystemExit(f"{key}: torch in float32 is {error.max():.2e} away from torch in double")


def _stored(tensor: Tensor) -> Tensor:
    kind = torch.float32 if tensor.is_floating_point() else torch.int32
    return tensor.detach().to(kind).contiguous().clone()
