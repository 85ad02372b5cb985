"""Holds `runnel run` against torch on random networks.

    python bench/peers/random_configs.py [--runnel PATH] [--count 50] [--seed 1] [--keep FOLDER]

Makes recurrent layers (RNN with tanh or relu, GRU, LSTM; layers, directions, bias, projection, batch_first;
with lengths or not, with initial states or not, batched or not) and chains
`Embedding -> recurrent layer -> last | mean | max -> Linear`, with torch's own initial weights. For each it
writes the weights under their state_dict names and the input, runs

    runnel run SPEC --weights weights.safetensors input.npz -o output.npz

and compares `output`, `h_n` and `c_n` with torch's: |runnel - torch| <= 1e-6 + 1e-6 * |torch|. One line for
each, then `N passed, M failed`; exit 1 where one failed. Needs torch, numpy and safetensors.

With lengths, `output` keeps the input's seq, whatever the longest row, and is zero behind each row's end.
"""

import argparse
import random
import shlex
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

TOLERANCE = 1e-6
CHAIN_SHARE = 0.3
SIZES = [1, 2, 3, 5, 8, 13, 16, 20, 33, 64]
REPOSITORY = Path(__file__).resolve().parents[2]


class Pooling(nn.Module):
    """One vector a sequence, from its real steps only; the padding behind them never counts.

    Input   output   [batch, seq, feature]
            h_n      [layer·direction, batch, feature / direction]
            lengths  [batch]
    Output  [batch, feature]
    """

    def __init__(self, way: str, directions: int):
        super().__init__()
        self.way, self.directions = way, directions

    def forward(self, output: Tensor, h_n: Tensor, lengths: Tensor) -> Tensor:
        if self.way == "last":
            return torch.cat(list(h_n[-self.directions :]), dim=1)
        rows = [sequence[:length] for sequence, length in zip(output, lengths, strict=True)]
        return torch.stack([row.mean(0) if self.way == "mean" else row.amax(0) for row in rows])


@dataclass
class Configuration:
    """A network, and what goes in: `input` and, where given, `h_0`, `c_0`, `lengths`."""

    spec: str
    module: nn.Module  # a recurrent layer, or a Sequential of the four modules of a chain
    inputs: dict[str, Tensor]

    def torch_results(self) -> dict[str, Tensor]:
        with torch.no_grad():
            if not isinstance(self.module, nn.Sequential):
                return self._recurrence(self.module, self.inputs["input"])
            embedding, recurrent, pooling, linear = self.module
            results = self._recurrence(recurrent, embedding(self.inputs["input"]))
            batch, seq = self.inputs["input"].shape
            lengths = self.inputs.get("lengths", torch.full((batch,), seq))
            results["output"] = linear(pooling(results["output"], results["h_n"], lengths))
            return results

    def _recurrence(self, layer: nn.RNNBase, x: Tensor) -> dict[str, Tensor]:
        states = [self.inputs[name] for name in ("h_0", "c_0") if name in self.inputs]
        arguments = [tuple(states) if isinstance(layer, nn.LSTM) else states[0]] if states else []
        if "lengths" in self.inputs:
            seq = x.shape[1 if layer.batch_first else 0]
            packed = pack_padded_sequence(x, self.inputs["lengths"], layer.batch_first, enforce_sorted=False)
            output, last = layer(packed, *arguments)
            output, _ = pad_packed_sequence(output, layer.batch_first, total_length=seq)
        else:
            output, last = layer(x, *arguments)
        h_n, *c_n = last if isinstance(last, tuple) else [last]
        return {"output": output, "h_n": h_n} | ({"c_n": c_n[0]} if c_n else {})

    def __str__(self) -> str:
        given = [f"input {list(self.inputs['input'].shape)}"]
        if "lengths" in self.inputs:
            given.append(f"lengths {self.inputs['lengths'].tolist()}")
        given += [name for name in ("h_0", "c_0") if name in self.inputs]
        return f"{self.spec}   {', '.join(given)}"


def written(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def constructor(name: str, *arguments: object, **options: object) -> str:
    """The call as a person writes it: `GRU(3, 4, batch_first=True)`."""
    words = [written(argument) for argument in arguments]
    words += [f"{option}={written(value)}" for option, value in options.items()]
    return f"{name}({', '.join(words)})"


def random_recurrent(chance: random.Random, input_size: int, **fixed: object) -> tuple[str, nn.RNNBase]:
    """A recurrent layer and its constructor, in which only what is not the default is written."""
    name, module = chance.choice([("RNN", nn.RNN), ("GRU", nn.GRU), ("LSTM", nn.LSTM)])
    hidden_size = chance.choice(SIZES)
    options = {}
    if name == "RNN" and chance.random() < 0.5:
        options["nonlinearity"] = chance.choice(["relu", "tanh"])
    if chance.random() < 0.6:
        options["num_layers"] = chance.choice([1, 2, 3])
    if chance.random() < 0.5:
        options["bidirectional"] = True
    if chance.random() < 0.3:
        options["bias"] = False
    if chance.random() < 0.5:
        options["batch_first"] = True
    if name == "LSTM" and hidden_size > 1 and chance.random() < 0.4:
        options["proj_size"] = chance.randint(1, hidden_size - 1)
    options |= fixed
    layer = module(input_size, hidden_size, **options)
    arguments = [input_size, hidden_size]
    if "num_layers" in options and chance.random() < 0.5:  # as often by its place as by name
        arguments.append(options.pop("num_layers"))
    return constructor(name, *arguments, **options), layer


def random_lengths(chance: random.Random, batch: int, seq: int) -> dict[str, Tensor]:
    if chance.random() < 0.5:
        return {}
    return {"lengths": torch.tensor([chance.randint(1, seq) for _ in range(batch)])}


def random_states(chance: random.Random, layer: nn.RNNBase, batch: list[int]) -> dict[str, Tensor]:
    if chance.random() < 0.5:
        return {}
    rows = layer.num_layers * (2 if layer.bidirectional else 1)
    states = {"h_0": torch.randn(rows, *batch, layer.proj_size or layer.hidden_size)}
    if isinstance(layer, nn.LSTM):
        states["c_0"] = torch.randn(rows, *batch, layer.hidden_size)
    return states


def random_layer(chance: random.Random) -> Configuration:
    input_size = chance.choice(SIZES)
    spec, layer = random_recurrent(chance, input_size)
    batch, seq = chance.randint(1, 6), chance.randint(1, 12)
    if chance.random() < 0.2:
        inputs = {"input": torch.randn(seq, input_size), **random_states(chance, layer, [])}
        return Configuration(spec, layer, inputs)
    steps = [batch, seq] if layer.batch_first else [seq, batch]
    inputs = {"input": torch.randn(*steps, input_size)}
    inputs |= random_lengths(chance, batch, seq) | random_states(chance, layer, [batch])
    return Configuration(spec, layer, inputs)


def random_chain(chance: random.Random) -> Configuration:
    vocab, embedding_dim, classes = chance.randint(2, 50), chance.choice(SIZES), chance.randint(1, 9)
    recurrent_spec, recurrent = random_recurrent(chance, embedding_dim, batch_first=True)
    directions = 2 if recurrent.bidirectional else 1
    features = directions * (recurrent.proj_size or recurrent.hidden_size)
    way = chance.choice(["last", "mean", "max"])
    module = nn.Sequential(
        nn.Embedding(vocab, embedding_dim), recurrent, Pooling(way, directions), nn.Linear(features, classes)
    )
    spec = [constructor("Embedding", vocab, embedding_dim), recurrent_spec, way]
    spec.append(constructor("Linear", features, classes))
    batch, seq = chance.randint(1, 6), chance.randint(1, 12)
    inputs = {"input": torch.randint(vocab, (batch, seq))}
    inputs |= random_lengths(chance, batch, seq) | random_states(chance, recurrent, [batch])
    return Configuration(" -> ".join(spec), module, inputs)


def random_configuration(seed: int, number: int) -> Configuration:
    """The same seed and number give the same network, weights and input, whatever the count."""
    chance = random.Random(f"{seed}.{number}")
    torch.manual_seed(chance.getrandbits(32))
    return random_chain(chance) if chance.random() < CHAIN_SHARE else random_layer(chance)


def disagreements(expected: dict[str, Tensor], got: dict[str, np.ndarray]) -> tuple[float, list[str]]:
    """The largest distance, and a sentence for each result that is missing, misshapen or too far away."""
    largest, faults = (
        0.0,
        [f"{name} should not be there" for name in sorted({"c_n"} & set(got) - set(expected))],
    )
    for name, tensor in expected.items():
        want = tensor.numpy()
        if name not in got:
            faults.append(f"{name} is missing")
        elif got[name].shape != want.shape:
            faults.append(f"{name} has shape {list(got[name].shape)}, torch's {list(want.shape)}")
        else:
            distance = np.abs(got[name].astype(np.float64) - want)
            largest = max(largest, float(distance.max()))
            if not (distance <= TOLERANCE + TOLERANCE * np.abs(want)).all():  # NaN is too far as well
                faults.append(f"{name} is {distance.max():.2e} away from torch's")
    return largest, faults


def compare(configuration: Configuration, runnel: Path, folder: Path) -> tuple[float, list[str]]:
    folder.mkdir(parents=True, exist_ok=True)
    weights, given, results = folder / "weights.safetensors", folder / "input.npz", folder / "output.npz"
    results.unlink(missing_ok=True)
    save_file(configuration.module.state_dict(), weights)
    np.savez(given, **{name: tensor.numpy() for name, tensor in configuration.inputs.items()})
    command = [runnel, "run", configuration.spec, "--weights", weights, given, "-o", results]
    ran = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    largest, faults = 0.0, []
    if ran.returncode != 0:
        faults = [f"exit {ran.returncode}", *ran.stderr.splitlines()]
    elif not results.exists():
        faults = ["no output file"]
    else:
        with np.load(results) as got:
            largest, faults = disagreements(configuration.torch_results(), dict(got))
    return largest, [*faults, shlex.join(str(word) for word in command)] if faults else []


def main() -> None:
    parser = argparse.ArgumentParser(description="Holds `runnel run` against torch on random networks.")
    parser.add_argument("--runnel", type=Path, default=REPOSITORY / "build/release/cli/runnel")
    parser.add_argument("--count", type=int, default=50, help="how many networks (50)")
    parser.add_argument("--seed", type=int, default=1, help="which networks (1)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave all files in FOLDER/NUMBER")
    arguments = parser.parse_args()
    if not arguments.runnel.is_file():
        parser.error(f"there is no {arguments.runnel}: build it (./dev build), or name it with --runnel")
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", "LSTM with projections is not supported with oneDNN")

    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(arguments.count):
            configuration = random_configuration(arguments.seed, number)
            folder = (arguments.keep or Path(scratch)) / str(number)
            largest, faults = compare(configuration, arguments.runnel.resolve(), folder)
            failed += bool(faults)
            print(f"{number:3}  {'FAILED' if faults else 'ok':6}  {largest:.1e}  {configuration}", flush=True)
            for fault in faults:
                print(f"       {fault}")
    if failed and not arguments.keep:
        print("The files are gone; --keep FOLDER leaves them.")
    print(f"{arguments.count - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
