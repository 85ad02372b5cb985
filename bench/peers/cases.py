"""What is compared: one case a line, in the words of `runnel bench`.

    'LSTM(100, 256)' --batch 32 --seq 50 --train
    'GRU(100, 256)' --batch 32 --lengths uniform:1:50
    'LSTM(64, 64)' --stream --batch 64

Also the data of a case: weights under PyTorch's names, an input, and the lengths that `runnel bench` draws.
"""

import argparse
import ast
import shlex
from dataclasses import dataclass
from pathlib import Path

import numpy as np

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
POSITIONS = ["input_size", "hidden_size", "num_layers"]
STREAM_STEPS = 8  # outputs of a stream are compared over so many steps, its state carried
LENGTH_STREAM = 2  # the random stream from which `runnel bench` draws lengths


class NotForPeers(Exception):
    """The case cannot be put to the peers; the text says why."""


@dataclass(frozen=True)
class Case:
    """One recurrent layer and how it is called; `mode` is inference, train or stream."""

    spec: str
    cell: str
    input_size: int
    hidden_size: int
    num_layers: int
    bidirectional: bool
    mode: str
    batch: int
    seq: int
    least: int = 0  # of uniform lengths; 0: every sequence has `seq` steps
    adam: bool = False
    seed: int = 0

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    @property
    def packed(self) -> bool:
        return self.least > 0

    @property
    def kind(self) -> str:
        """The word of the table: inference, training, packed inference, packed training, stream."""
        word = {"train": "training"}.get(self.mode, self.mode)
        return ("packed " if self.packed else "") + word + (" with Adam" if self.adam else "")

    def __str__(self) -> str:
        if self.mode == "stream":
            return f"{self.spec} · {self.batch} stream{'s' if self.batch > 1 else ''}"
        steps = f"{self.least}…{self.seq}" if self.packed else f"{self.seq}"
        return f"{self.spec} · batch {self.batch} · seq {steps}"

    def arguments(self) -> list[str]:
        """Of `runnel bench`, the same whatever way the line was written."""
        words = [self.spec, "--batch", str(self.batch)]
        words += [] if self.mode == "stream" else ["--seq", str(self.seq)]
        words += ["--lengths", f"uniform:{self.least}:{self.seq}"] if self.packed else []
        words += [] if self.mode == "inference" else [f"--{self.mode}"]
        return words + (["--adam"] if self.adam else []) + (["--seed", str(self.seed)] if self.seed else [])

    def layer_input(self, layer: int) -> int:
        return self.input_size if layer == 0 else self.directions * self.hidden_size

    def multiply_adds(self) -> int:
        """Of the weight matrices, for one call; what Runnel reports must be the same, or the work is not."""
        a_step = sum(
            self.directions * GATES[self.cell] * self.hidden_size * (self.layer_input(layer) + self.hidden_size)
            for layer in range(self.num_layers)
        )
        return int(self.lengths().sum()) * a_step * (3 if self.mode == "train" else 1)

    def lengths(self) -> np.ndarray:
        """As `runnel bench` draws them."""
        if not self.packed:
            return np.full(self.batch, self.seq, np.int64)
        draw = (philox4x32_10(i, LENGTH_STREAM, self.seed) for i in range(self.batch))
        return np.array([self.least + word % (self.seq - self.least + 1) for word in draw], np.int64)

    def weights(self) -> dict[str, np.ndarray]:
        """Uniform in ±1/√hidden, as PyTorch initialises a recurrent layer."""
        chance, bound = np.random.default_rng(1), self.hidden_size**-0.5
        rows, weights = GATES[self.cell] * self.hidden_size, {}
        for layer in range(self.num_layers):
            for suffix in ["", "_reverse"][: self.directions]:
                shapes = {"weight_ih": (rows, self.layer_input(layer)), "weight_hh": (rows, self.hidden_size)}
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                for name, shape in shapes.items():
                    values = chance.uniform(-bound, bound, shape)
                    weights[f"{name}_l{layer}{suffix}"] = values.astype(np.float32)
        return weights

    def x(self) -> np.ndarray:
        """[seq, batch, feature] in ±1; of a stream, the first steps."""
        seq = STREAM_STEPS if self.mode == "stream" else self.seq
        shape = (seq, self.batch, self.input_size)
        return np.random.default_rng(2).uniform(-1, 1, shape).astype(np.float32)


def philox4x32_10(index: int, stream: int, key: int) -> int:
    """The first two words of a block, as one number of 64 bits (runnel/base/random.h).

    `below` rejects a word that would make the result uneven: for small ranges one of 2⁵⁸, which is left out here.
    """
    low = 0xFFFFFFFF
    counter = [index & low, index >> 32, stream & low, stream >> 32]
    keys = [key & low, key >> 32]
    for _ in range(10):
        first, second = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [
            (second >> 32) ^ counter[1] ^ keys[0],
            second & low,
            (first >> 32) ^ counter[3] ^ keys[1],
            first & low,
        ]
        keys = [(keys[0] + 0x9E3779B9) & low, (keys[1] + 0xBB67AE85) & low]
    return counter[0] << 32 | counter[1]


def read_spec(spec: str) -> dict[str, object]:
    """`GRU(3, 4, bidirectional=True)` → cell, input_size, …"""
    try:
        call = ast.parse(spec, mode="eval").body
        assert isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        options = {name: ast.literal_eval(value) for name, value in zip(POSITIONS, call.args)}
        options |= {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    except (SyntaxError, AssertionError, ValueError):
        raise NotForPeers("the peers are given one recurrent layer, no chain") from None
    unknown = set(options) - set(POSITIONS) - {"bidirectional"}
    if call.func.id not in ("LSTM", "GRU") or unknown:
        raise NotForPeers(f"the peers are given LSTM and GRU with {', '.join(POSITIONS)}, bidirectional")
    return {"num_layers": 1, "bidirectional": False} | options | {"cell": call.func.id}


def line_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="a line of the grid", add_help=False)
    parser.add_argument("spec")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--seq", type=int)
    parser.add_argument("--lengths")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int)
    for flag in ("--train", "--stream", "--adam"):
        parser.add_argument(flag, action="store_true")
    return parser


def read_line(line: str) -> tuple[Case, int | None]:
    """A case, and its threads where the line names them. The defaults are those of `runnel bench`."""
    given = line_parser().parse_args(shlex.split(line, comments=True))
    least, most = 0, None
    if given.lengths:
        least, most = (int(number) for number in given.lengths.removeprefix("uniform:").split(":"))
        if least < 1:
            raise NotForPeers("some peers cannot take an empty sequence")
    case = Case(
        spec=given.spec,
        mode="train" if given.train else "stream" if given.stream else "inference",
        batch=given.batch or (1 if given.stream else 32),
        seq=1 if given.stream else given.seq or most or 50,
        least=least,
        adam=given.adam,
        seed=given.seed,
        **read_spec(given.spec),
    )
    if most and most != case.seq:
        raise NotForPeers("--seq is not the longest of --lengths")
    return case, given.threads


def read_grid(path: Path) -> tuple[list[tuple[Case, int | None]], list[str]]:
    """The cases of a file, and a sentence for each line that cannot be put to the peers."""
    cases, left_out = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            cases.append(read_line(line))
        except NotForPeers as reason:
            left_out.append(f"{line.strip()}: {reason}")
    return cases, left_out
