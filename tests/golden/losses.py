"""Golden cases of the losses: `loss`, `grad.input`, and the `target` and weights that went in.

    cross_entropy.LAYOUT.{plain,weight}.IGNORE.{hard,smooth}.REDUCTION      smooth: label_smoothing 0.1
    nll_loss.LAYOUT.{plain,weight}.IGNORE.REDUCTION
    binary_cross_entropy_with_logits.{plain,pos_weight}.{moderate,large}.REDUCTION
    {mse_loss,l1_loss,huber_loss_1,huber_loss_quarter}.REDUCTION            huber: delta 1 and 0.25

    LAYOUT     rows: input [batch=6, class=5], target [batch=6]
               seq: input [batch=2, seq=4, class=5], target [batch=2, seq=4]. Runnel's order of axes: torch
               itself wants [batch, class, seq], so the input is transposed on its way in
    IGNORE     all: no target is ignored; ignore_1: ignore_index = 1; ignore_default: some targets are -100
    REDUCTION  none (backward from the sum of loss * value(11, i)), mean, sum

The input is 4 * value(1, i); for `large` 256 * value(1, i), where exp would overflow, with targets 0 and 1.
"""

from collections.abc import Callable, Iterator
from itertools import product

import torch
import torch.nn.functional as F
from torch import Tensor

from values import D_OUTPUT, INPUT, TARGET, WEIGHT, Case, Tensors, backward, ids, value

CLASSES = 5
LAYOUTS = {"rows": [6], "seq": [2, 4]}
IGNORES = ["all", "ignore_1", "ignore_default"]
REDUCTIONS = ["none", "mean", "sum"]
ELEMENTS = [3, 4]
INPUT_SCALE = 4.0
BINARY_SCALES = {"moderate": 4.0, "large": 256.0}

REGRESSIONS = {
    "mse_loss": F.mse_loss,
    "l1_loss": F.l1_loss,
    "huber_loss_1": lambda x, y, reduction: F.huber_loss(x, y, reduction=reduction, delta=1.0),
    "huber_loss_quarter": lambda x, y, reduction: F.huber_loss(x, y, reduction=reduction, delta=0.25),
}


def _positive(shape: list[int], dtype: torch.dtype) -> Tensor:
    """Weights from 0.5 to 1.5."""
    return (value(WEIGHT, shape, torch.float32) + 1.0).to(dtype)


def _results(x: Tensor, loss: Tensor, given: Tensors) -> Tensors:
    """Runs backward from the loss itself or, where it is not reduced, from its sum with seed 11's weights."""
    if loss.dim() == 0:
        loss.backward()
    else:
        backward({D_OUTPUT: loss})
    return {"loss": loss, "grad.input": x.grad, **given}


def _class_targets(layout: str, ignore: str) -> Tensor:
    target = ids(TARGET, LAYOUTS[layout], CLASSES)
    if ignore == "ignore_default":
        target.view(-1)[1::3] = -100
    return target


def _class_loss(function: Callable, layout: str, weight: str, ignore: str, options: dict) -> Case:
    def run(dtype: torch.dtype) -> Tensors:
        x = value(INPUT, LAYOUTS[layout] + [CLASSES], dtype, INPUT_SCALE).requires_grad_()
        target = _class_targets(layout, ignore)
        given = {"target": target}
        arguments = dict(options)
        if weight == "weight":
            arguments["weight"] = given["weight"] = _positive([CLASSES], dtype)
        if ignore == "ignore_1":
            arguments["ignore_index"] = 1
        loss = function(x.transpose(1, -1), target, **arguments)
        return _results(x, loss, given)

    return run


def _binary(weight: str, size: str, reduction: str) -> Case:
    def run(dtype: torch.dtype) -> Tensors:
        x = value(INPUT, ELEMENTS, dtype, BINARY_SCALES[size]).requires_grad_()
        target = (value(TARGET, ELEMENTS, torch.float32) + 0.5).to(dtype)
        if size == "large":
            target = target.round()
        given = {"target": target}
        if weight == "pos_weight":
            given["pos_weight"] = _positive(ELEMENTS[-1:], dtype)
        loss = F.binary_cross_entropy_with_logits(
            x, target, pos_weight=given.get("pos_weight"), reduction=reduction
        )
        return _results(x, loss, given)

    return run


def _regression(function: Callable, reduction: str) -> Case:
    def run(dtype: torch.dtype) -> Tensors:
        x = value(INPUT, ELEMENTS, dtype, INPUT_SCALE)
        target = value(TARGET, ELEMENTS, dtype, INPUT_SCALE / 2)
        # Every fifth difference is exactly zero: l1 has its kink there.
        target.view(-1)[::5] = x.view(-1)[::5]
        x.requires_grad_()
        return _results(x, function(x, target, reduction=reduction), {"target": target})

    return run


def cases() -> Iterator[tuple[str, Case]]:
    for layout, weight, ignore, reduction in product(LAYOUTS, ["plain", "weight"], IGNORES, REDUCTIONS):
        options = {"reduction": reduction}
        for smoothing, amount in {"hard": 0.0, "smooth": 0.1}.items():
            yield (
                f"cross_entropy.{layout}.{weight}.{ignore}.{smoothing}.{reduction}",
                _class_loss(F.cross_entropy, layout, weight, ignore, {**options, "label_smoothing": amount}),
            )
        yield (
            f"nll_loss.{layout}.{weight}.{ignore}.{reduction}",
            _class_loss(F.nll_loss, layout, weight, ignore, options),
        )
    for weight, size, reduction in product(["plain", "pos_weight"], BINARY_SCALES, REDUCTIONS):
        yield (
            f"binary_cross_entropy_with_logits.{weight}.{size}.{reduction}",
            _binary(weight, size, reduction),
        )
    for (name, function), reduction in product(REGRESSIONS.items(), REDUCTIONS):
        yield f"{name}.{reduction}", _regression(function, reduction)
