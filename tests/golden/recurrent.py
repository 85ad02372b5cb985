"""Golden cases of the recurrent layers and cells: outputs, final states and all gradients.

A layer's case is called  LAYER.l{1,2,3}.{uni,bi}.{bias,nobias}.FORM.{h0,zeros}  where FORM is one of

    bf.padded  bf.packed  sf.padded  sf.packed  unbatched     bf = batch first, sf = seq first

and a cell's  CELL.{bias,nobias}.{batched,unbatched}.{h0,zeros}. `h0` gives an LSTM both h_0 and c_0.

The input is 4 * value(1, i), large enough that tanh bends and relu meets both signs. A parameter of a GRU or
an LSTM is 2 * value(100 + j, i): with less, gradients of a third layer are lost below the tolerance. For an
RNN, where rounding grows faster, it is value(100 + j, i).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from values import (
    C_0,
    D_C_N,
    D_H_N,
    D_OUTPUT,
    H_0,
    INPUT,
    Case,
    Tensors,
    backward,
    fill_parameters,
    parameter_gradients,
    value,
)

INPUT_SIZE, HIDDEN_SIZE, PROJ_SIZE = 3, 4, 2
BATCH, SEQ = 3, 5
LENGTHS = [3, 5, 1]
INPUT_SCALE = 4.0
RNN_SCALE, GATED_SCALE = 1.0, 2.0

LAYERS = {
    "rnn_tanh": (nn.RNN, {"nonlinearity": "tanh"}),
    "rnn_relu": (nn.RNN, {"nonlinearity": "relu"}),
    "gru": (nn.GRU, {}),
    "lstm": (nn.LSTM, {}),
    "lstm_proj": (nn.LSTM, {"proj_size": PROJ_SIZE}),
}

CELLS = {
    "rnn_tanh_cell": (nn.RNNCell, {"nonlinearity": "tanh"}),
    "rnn_relu_cell": (nn.RNNCell, {"nonlinearity": "relu"}),
    "gru_cell": (nn.GRUCell, {}),
    "lstm_cell": (nn.LSTMCell, {}),
}

FORMS = ["bf.padded", "bf.packed", "sf.padded", "sf.packed", "unbatched"]


@dataclass(frozen=True)
class LayerCase:
    layer: str
    num_layers: int
    bidirectional: bool
    bias: bool
    form: str
    states_given: bool

    @property
    def name(self) -> str:
        direction = "bi" if self.bidirectional else "uni"
        end = _name_end(self.bias, self.form, self.states_given)
        return f"{self.layer}.l{self.num_layers}.{direction}.{end}"

    def __call__(self, dtype: torch.dtype) -> Tensors:
        module, options = LAYERS[self.layer]
        batch_first = self.form.startswith("bf")
        layer = module(
            INPUT_SIZE,
            HIDDEN_SIZE,
            self.num_layers,
            bias=self.bias,
            batch_first=batch_first,
            bidirectional=self.bidirectional,
            dtype=dtype,
            **options,
        )
        fill_parameters(layer, _parameter_scale(layer))
        batch = [] if self.form == "unbatched" else [BATCH]
        steps = batch + [SEQ] if batch_first else [SEQ] + batch
        x = value(INPUT, steps + [INPUT_SIZE], dtype, INPUT_SCALE).requires_grad_()
        states = _initial_states(layer, batch, dtype) if self.states_given else {}

        arguments = [_as_layer_takes_it(states, isinstance(layer, nn.LSTM))] if states else []
        if self.form.endswith("packed"):
            packed, last = layer(
                pack_padded_sequence(x, LENGTHS, batch_first, enforce_sorted=False), *arguments
            )
            output, _ = pad_packed_sequence(packed, batch_first)
        else:
            output, last = layer(x, *arguments)
        return _results(layer, {"output": output, **_final_states(last)}, {"input": x, **states})


@dataclass(frozen=True)
class CellCase:
    cell: str
    bias: bool
    form: str
    states_given: bool

    @property
    def name(self) -> str:
        return f"{self.cell}.{_name_end(self.bias, self.form, self.states_given)}"

    def __call__(self, dtype: torch.dtype) -> Tensors:
        module, options = CELLS[self.cell]
        cell = module(INPUT_SIZE, HIDDEN_SIZE, bias=self.bias, dtype=dtype, **options)
        fill_parameters(cell, _parameter_scale(cell))
        batch = [] if self.form == "unbatched" else [BATCH]
        x = value(INPUT, batch + [INPUT_SIZE], dtype, INPUT_SCALE).requires_grad_()
        has_memory = isinstance(cell, nn.LSTMCell)
        states = {}
        if self.states_given:
            shape = batch + [HIDDEN_SIZE]
            states["h_0"] = value(H_0, shape, dtype).requires_grad_()
            if has_memory:
                states["c_0"] = value(C_0, shape, dtype).requires_grad_()
        arguments = [_as_layer_takes_it(states, has_memory)] if states else []
        return _results(cell, _final_states(cell(x, *arguments)), {"input": x, **states})


def layer_cases(layer: str) -> Iterator[tuple[str, Case]]:
    for choice in product([1, 2, 3], [False, True], [True, False], FORMS, [True, False]):
        case = LayerCase(layer, *choice)
        yield case.name, case


def cell_cases() -> Iterator[tuple[str, Case]]:
    for choice in product(CELLS, [True, False], ["batched", "unbatched"], [True, False]):
        case = CellCase(*choice)
        yield case.name, case


def _name_end(bias: bool, form: str, states_given: bool) -> str:
    return f"{'bias' if bias else 'nobias'}.{form}.{'h0' if states_given else 'zeros'}"


def _parameter_scale(module: nn.Module) -> float:
    return RNN_SCALE if isinstance(module, (nn.RNN, nn.RNNCell)) else GATED_SCALE


def _initial_states(layer: nn.RNNBase, batch: list[int], dtype: torch.dtype) -> Tensors:
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    states = {"h_0": value(H_0, [rows, *batch, layer.proj_size or HIDDEN_SIZE], dtype).requires_grad_()}
    if isinstance(layer, nn.LSTM):
        states["c_0"] = value(C_0, [rows, *batch, HIDDEN_SIZE], dtype).requires_grad_()
    return states


def _as_layer_takes_it(states: Tensors, has_memory: bool) -> Tensor | tuple[Tensor, Tensor]:
    return (states["h_0"], states["c_0"]) if has_memory else states["h_0"]


def _final_states(last: Tensor | tuple[Tensor, Tensor]) -> Tensors:
    return {"h_n": last[0], "c_n": last[1]} if isinstance(last, tuple) else {"h_n": last}


def _results(module: nn.Module, outputs: Tensors, inputs: Tensors) -> Tensors:
    """Runs backward from all outputs, and gives the outputs and the gradients of inputs and parameters."""
    seeds = {"output": D_OUTPUT, "h_n": D_H_N, "c_n": D_C_N}
    backward({seeds[name]: tensor for name, tensor in outputs.items()})
    gradients = {f"grad.{name}": tensor.grad for name, tensor in inputs.items()}
    return {**outputs, **gradients, **parameter_gradients(module)}
