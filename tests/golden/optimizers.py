"""Golden cases of the optimizers, of clipping and of the learning-rate schedules.

Two parameters, p0 (3, 4) = value(100, i) and p1 (5) = value(101, i). At step t = 1 … 20 the gradient of
parameter p is value(1000 + 10 t + p, i). A case is called OPTIMIZER.VARIANT, with the options of the table
below (what is not named has torch's default), and stores both parameters after steps 1, 2, 5 and 20:
CASE/step5.p1.

Clipping works on the gradients of t = 0, seeds 1000 and 1001: CASE/total_norm, CASE/p0, CASE/p1.
    clip_grad_norm.{1,2,inf}.{above,below}      max_norm 100 (nothing changes) and 0.25
    clip_grad_value                             clip_value 0.25

A schedule's case stores `lr`: the learning rates in force during steps 0 … 29, from a base of 0.1, with the
scheduler stepped after each. ReduceLROnPlateau is stepped with the stored `metric`.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer, RMSprop, SparseAdam
from torch.optim import lr_scheduler as schedules

from values import FIRST_PARAMETER, Case, Tensors, value

SHAPES = [[3, 4], [5]]
STEPS, STORED_STEPS = 20, (1, 2, 5, 20)
FIRST_GRADIENT = 1000
BASE_LR, SCHEDULE_STEPS = 0.1, 30

ADAM_OPTIONS = {
    "default": {},
    "lr": {"lr": 0.01},
    "betas": {"lr": 0.01, "betas": (0.8, 0.95)},
    "eps": {"lr": 0.01, "eps": 1e-3},
    "weight_decay": {"lr": 0.01, "weight_decay": 0.1},
    "amsgrad": {"lr": 0.01, "betas": (0.8, 0.5), "amsgrad": True},  # a short memory: the maximum matters
    "all": {"lr": 0.01, "betas": (0.8, 0.5), "eps": 1e-3, "weight_decay": 0.1, "amsgrad": True},
}

OPTIMIZERS = {
    "sgd": (
        SGD,
        {
            "default": {},
            "plain": {"lr": 0.1},
            "momentum": {"lr": 0.1, "momentum": 0.9},
            "dampening": {"lr": 0.1, "momentum": 0.9, "dampening": 0.5},
            "nesterov": {"lr": 0.1, "momentum": 0.9, "nesterov": True},
            "weight_decay": {"lr": 0.1, "weight_decay": 0.1},
            "maximize": {"lr": 0.1, "maximize": True},
            "all": {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "maximize": True},
        },
    ),
    "adam": (Adam, ADAM_OPTIONS),
    "adamw": (AdamW, ADAM_OPTIONS),
    "rmsprop": (
        RMSprop,
        {
            "default": {},
            "alpha": {"lr": 0.01, "alpha": 0.9},
            "eps": {"lr": 0.01, "eps": 1e-3},
            "centered": {"lr": 0.01, "centered": True},
            "momentum": {"lr": 0.01, "momentum": 0.9},
            "weight_decay": {"lr": 0.01, "weight_decay": 0.1},
            "all": {
                "lr": 0.01,
                "alpha": 0.9,
                "eps": 1e-3,
                "centered": True,
                "momentum": 0.9,
                "weight_decay": 0.1,
            },
        },
    ),
}

SPARSE_OPTIMIZERS = {
    "sparse_sgd": (SGD, {"plain": {"lr": 0.1}}),
    "sparse_adam": (
        SparseAdam,
        {
            "default": {},
            "all": {"lr": 0.01, "betas": (0.8, 0.95), "eps": 1e-3, "maximize": True},
        },
    ),
}

CLIP_NORMS = {"1": 1.0, "2": 2.0, "inf": float("inf")}
CLIP_MAXIMA = {"above": 100.0, "below": 0.25}

SCHEDULES = {
    "step_lr": lambda o: schedules.StepLR(o, step_size=7, gamma=0.5),
    "cosine_annealing_lr.whole": lambda o: schedules.CosineAnnealingLR(o, T_max=30, eta_min=0.01),
    "cosine_annealing_lr.waves": lambda o: schedules.CosineAnnealingLR(o, T_max=8),
    "one_cycle_lr.cos": lambda o: _one_cycle(o, "cos"),
    "one_cycle_lr.linear": lambda o: _one_cycle(o, "linear"),
    "linear_lr.default": lambda o: schedules.LinearLR(o),
    "linear_lr.warm_up": lambda o: schedules.LinearLR(o, start_factor=0.1, total_iters=10),
}

# Falls, then stands still, then falls too little (by less than one part in 10,000), then falls, then rises.
METRIC = [
    4.0,
    3.0,
    2.5,
    2.5,
    2.75,
    2.5,
    2.625,
    2.49998,
    2.49997,
    2.49996,
    2.0,
    1.75,
    1.75,
    1.75,
    1.75,
    1.75,
    1.5,
    1.625,
    1.75,
    1.875,
    2.0,
    2.125,
    2.25,
    2.375,
    2.5,
    2.625,
    2.75,
    2.875,
    3.0,
    3.125,
]

PLATEAUS = {
    "default": {},
    "patience": {"factor": 0.5, "patience": 2},
    "cooldown": {"factor": 0.5, "patience": 1, "cooldown": 3},
    "min_lr": {"factor": 0.5, "patience": 0, "min_lr": 0.02},
    "threshold_abs": {"factor": 0.5, "patience": 1, "threshold": 0.5, "threshold_mode": "abs"},
}


def _parameters(dtype: torch.dtype) -> list[nn.Parameter]:
    return [nn.Parameter(value(FIRST_PARAMETER + p, shape, dtype)) for p, shape in enumerate(SHAPES)]


def _set_gradients(parameters: list[nn.Parameter], step: int) -> None:
    for p, parameter in enumerate(parameters):
        parameter.grad = value(FIRST_GRADIENT + 10 * step + p, parameter.shape, parameter.dtype)


def _set_sparse_gradients(parameters: list[nn.Parameter], step: int) -> None:
    """Row `step` and the next one, counted round the parameter."""
    _set_gradients(parameters, step)
    for parameter in parameters:
        rows = torch.tensor(sorted({(step + k) % len(parameter) for k in range(2)}))
        parameter.grad = torch.sparse_coo_tensor(rows[None], parameter.grad[rows], parameter.shape)


def _optimizer(kind: type[Optimizer], options: dict, set_gradients=_set_gradients) -> Case:
    def run(dtype: torch.dtype) -> Tensors:
        parameters = _parameters(dtype)
        optimizer = kind(parameters, **options)
        stored = {}
        for step in range(1, STEPS + 1):
            set_gradients(parameters, step)
            optimizer.step()
            if step in STORED_STEPS:
                stored |= {f"step{step}.p{p}": q.detach().clone() for p, q in enumerate(parameters)}
        return stored

    return run


def _gradients_after(clip: Callable[[list[nn.Parameter]], Tensor | None], dtype: torch.dtype) -> Tensors:
    parameters = _parameters(dtype)
    _set_gradients(parameters, 0)
    total_norm = clip(parameters)
    norm = {} if total_norm is None else {"total_norm": total_norm}
    return {**norm, **{f"p{p}": parameter.grad for p, parameter in enumerate(parameters)}}


def _clip_norm(norm_type: float, max_norm: float) -> Case:
    return lambda dtype: _gradients_after(lambda p: nn.utils.clip_grad_norm_(p, max_norm, norm_type), dtype)


def _clip_value(dtype: torch.dtype) -> Tensors:
    return _gradients_after(lambda p: nn.utils.clip_grad_value_(p, 0.25), dtype)


def _one_cycle(optimizer: Optimizer, strategy: str) -> schedules.OneCycleLR:
    return schedules.OneCycleLR(
        optimizer, max_lr=BASE_LR, total_steps=SCHEDULE_STEPS, anneal_strategy=strategy, cycle_momentum=False
    )


def _rates(
    make: Callable[[Optimizer], object], dtype: torch.dtype, metric: list[float] | None = None
) -> Tensor:
    optimizer = SGD(_parameters(dtype), lr=BASE_LR)
    schedule = make(optimizer)
    rates = []
    for step in range(SCHEDULE_STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step + 1 < SCHEDULE_STEPS:  # OneCycleLR allows total_steps - 1 steps
            schedule.step(*([metric[step]] if metric else []))
    return torch.tensor(rates, dtype=torch.float64)


def _plateau(options: dict) -> Case:
    def run(dtype: torch.dtype) -> Tensors:
        metric = torch.tensor(METRIC, dtype=torch.float32).tolist()  # what is stored is what was used
        rates = _rates(lambda o: schedules.ReduceLROnPlateau(o, mode="min", **options), dtype, metric)
        return {"metric": torch.tensor(metric, dtype=torch.float64), "lr": rates}

    return run


def _schedule(make: Callable[[Optimizer], object]) -> Case:
    return lambda dtype: {"lr": _rates(make, dtype)}


def cases() -> Iterator[tuple[str, Case]]:
    for name, (kind, variants) in OPTIMIZERS.items():
        for variant, options in variants.items():
            yield f"{name}.{variant}", _optimizer(kind, options)
    for name, (kind, variants) in SPARSE_OPTIMIZERS.items():
        for variant, options in variants.items():
            yield f"{name}.{variant}", _optimizer(kind, options, _set_sparse_gradients)
    for norm, norm_type in CLIP_NORMS.items():
        for side, max_norm in CLIP_MAXIMA.items():
            yield f"clip_grad_norm.{norm}.{side}", _clip_norm(norm_type, max_norm)
    yield "clip_grad_value", _clip_value
    for name, make in SCHEDULES.items():
        yield name, _schedule(make)
    for variant, options in PLATEAUS.items():
        yield f"reduce_lr_on_plateau.{variant}", _plateau(options)
