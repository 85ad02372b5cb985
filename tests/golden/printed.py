"""Models as print(model) shows them, with the shapes of their parameters and of a forward pass.

printed_models.json is a list, an object a model:

    name, batch, seq    the sizes of the data
    text                what print(model) gives
    parameters          name -> shape, in the order of torch's state_dict
    forward             path of a module without parts -> the shapes of what it was given and of what it gave,
                        the first time that it ran: {"in": [3, 7, 100], "out": [[3, 7, 256], [4, 3, 128], …]}
"""

import json
from collections.abc import Callable

import torch
from torch import Tensor, nn

BATCH, SEQ = 3, 7


class Tagger(nn.Module):
    """Stacked, both directions, dropout between the layers."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(5000, 100, padding_idx=0)
        self.lstm = nn.LSTM(100, 128, num_layers=2, batch_first=True, dropout=0.2, bidirectional=True)
        self.dropout = nn.Dropout(0.3)
        self.fc = nn.Linear(256, 6)

    def forward(self, ids: Tensor) -> Tensor:
        return self.fc(self.dropout(self.lstm(self.embedding(ids))[0]))


class SeqFirst(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.GRU(40, 20, num_layers=3, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.rnn(x)[1]


class Projected(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(10, 24, num_layers=2, batch_first=True, bidirectional=True, proj_size=5)
        self.out = nn.Linear(10, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.lstm(x)[0])


class ReluRNN(nn.Module):
    """What print does not tell: the nonlinearity of an RNN."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.RNN(8, 16, 2, nonlinearity="relu", batch_first=True)
        self.head = nn.Sequential(nn.Linear(16, 12), nn.ReLU(), nn.Dropout(0.1), nn.Linear(12, 2), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.rnn(x)[0][:, -1])


class Cells(nn.Module):
    """A list of which equal neighbours are printed once."""

    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.ModuleList([nn.LSTMCell(10, 20), *(nn.LSTMCell(20, 20) for _ in range(3))])
        self.gate = nn.GRUCell(20, 6, bias=False)
        self.last = nn.RNNCell(6, 4, nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        for cell in self.cells:
            x = cell(x)[0]
        return self.last(self.gate(x))


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(900, 32)
        self.rnn = nn.GRU(32, 48, batch_first=True, bidirectional=True)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        return self.rnn(self.embed(ids))


class Translator(nn.Module):
    """Nested modules, several RNNs in one."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.bridge = nn.Linear(96, 64)
        self.decoder = nn.LSTM(96, 64, batch_first=True)
        self.scores = nn.Linear(64, 700)

    def forward(self, ids: Tensor) -> Tensor:
        memory, _ = self.encoder(ids)
        return self.scores(self.decoder(memory)[0] + self.bridge(memory))


class WithOthers(nn.Module):
    """Modules that Runnel does not have."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(12, 16, kernel_size=(3,), padding=(1,))
        self.norm = nn.LayerNorm((16,), eps=1e-05)
        self.lstm = nn.LSTM(16, 9, batch_first=True)
        self.attention = nn.MultiheadAttention(9, 3, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.conv(x.transpose(1, 2)).transpose(1, 2))
        h = self.lstm(x)[0]
        return self.attention(h, h, h)[0]


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(14, 14, batch_first=True)
        self.act = nn.Tanh()

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.gru(x)[0]) + x


class Blocks(nn.Module):
    """Equal blocks, printed once."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Block() for _ in range(3)])

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x


class Weighted(nn.Module):
    """A list of bare parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(torch.zeros(2, 3))])
        self.rnn = nn.RNN(3, 5, batch_first=True, bidirectional=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.rnn(x)[0]


def _numbers(features: int, batch_first: bool = True) -> Tensor:
    return torch.zeros([BATCH, SEQ, features] if batch_first else [SEQ, BATCH, features])


def _ids() -> Tensor:
    return torch.zeros([BATCH, SEQ], dtype=torch.int64)


MODELS: dict[str, tuple[Callable[[], nn.Module], Tensor]] = {
    "tagger": (Tagger, _ids()),
    "seq_first": (SeqFirst, _numbers(40, batch_first=False)),
    "projected": (Projected, _numbers(10)),
    "relu_rnn": (ReluRNN, _numbers(8)),
    "cells": (Cells, torch.zeros([BATCH, 10])),
    "translator": (Translator, _ids()),
    "with_others": (WithOthers, _numbers(12)),
    "blocks": (Blocks, _numbers(14)),
    "weighted": (Weighted, _numbers(3)),
    "sequential": (
        lambda: nn.Sequential(nn.Embedding(60, 11), nn.Linear(11, 7), nn.Tanh(), nn.Linear(7, 2)),
        _ids(),
    ),
}


def _shapes(value: object) -> list[list[int]]:
    """Of a tensor, or of a tuple of them at any depth, from left to right."""
    if isinstance(value, Tensor):
        return [list(value.shape)]
    return [shape for each in value for shape in _shapes(each)] if isinstance(value, tuple) else []


def _run(model: nn.Module, data: Tensor) -> dict[str, dict]:
    seen: dict[str, dict] = {}

    def recorder(path: str) -> Callable:
        def record(_: nn.Module, given: tuple, gave: object) -> None:
            seen.setdefault(path, {"in": _shapes(given)[0], "out": _shapes(gave)})

        return record

    for path, module in model.named_modules():
        if path and not list(module.children()):
            module.register_forward_hook(recorder(path))
    with torch.no_grad():
        model.eval()(data)
    return seen


def text() -> str:
    models = []
    for name, (make, data) in MODELS.items():
        model = make()
        parameters = {key: list(value.shape) for key, value in model.state_dict().items()}
        models.append(
            {
                "name": name,
                "batch": BATCH,
                "seq": SEQ,
                "text": str(model),
                "parameters": parameters,
                "forward": _run(model, data),
            }
        )
    return "[\n" + ",\n".join(json.dumps(model) for model in models) + "\n]\n"
