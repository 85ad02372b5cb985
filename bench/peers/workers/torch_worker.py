"""PyTorch, as a user has it at its best: inference mode, flushed denormals, oneDNN on or off, whichever is faster.

Ragged batches are packed beforehand, and their output stays packed. A stream calls the layer or, where it is one
layer, its cell. A training step is forward and the gradients of all parameters and of x, with an output gradient of
ones.
"""

from pathlib import Path

import numpy as np
from worker import Call, Peer, serve


class TorchPeer(Peer):
    def __init__(self) -> None:
        import torch

        self.torch, self.version = torch, torch.__version__
        self.inference_mode = None  # entered once a case, since entering costs a microsecond
        torch.set_flush_denormal(True)

    def prepare(
        self, case: dict, folder: Path, threads: int
    ) -> tuple[dict[str, np.ndarray], dict[str, Call]]:
        from safetensors.torch import load_file

        torch = self.torch
        if self.inference_mode:
            self.inference_mode.__exit__(None, None, None)
        torch.set_num_threads(threads)
        layer = getattr(torch.nn, case["cell"])(
            case["input_size"],
            case["hidden_size"],
            case["num_layers"],
            bidirectional=case["bidirectional"],
        )
        layer.load_state_dict(load_file(folder / "weights.safetensors"))
        self.inference_mode = torch.inference_mode(case["mode"] != "train")
        self.inference_mode.__enter__()
        x = torch.from_numpy(np.load(folder / "x.npy"))
        lengths = torch.from_numpy(np.load(folder / "lengths.npy")) if case["packed"] else None
        if case["mode"] == "stream":
            results, ways = self.stream(layer, x, case)
        elif case["mode"] == "train":
            results, ways = self.training(layer, x, lengths, case["adam"])
        else:
            results, ways = self.inference(layer, x, lengths)
        return results, self.with_and_without_onednn(ways)

    def with_and_without_onednn(self, ways: dict[str, Call]) -> dict[str, Call]:
        """The switch costs a microsecond, so it is thrown only when the call before had the other setting."""
        onednn = self.torch._C._set_mkldnn_enabled
        both, last = {}, [None]

        def switched(call: Call, on: bool) -> Call:
            def switching() -> object:
                if last[0] is not on:
                    onednn(on)
                    last[0] = on
                return call()

            return switching

        for name, call in ways.items():
            both[f"{name}, oneDNN on"] = switched(call, True)
            both[f"{name}, oneDNN off"] = switched(call, False)
        return both

    def packed(self, x, lengths):
        return self.torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)

    def padded(self, packed, seq: int):
        return self.torch.nn.utils.rnn.pad_packed_sequence(packed, total_length=seq)[0]

    def inference(self, layer, x, lengths):
        layer.eval()
        given = x if lengths is None else self.packed(x, lengths)
        output = layer(given)[0]
        padded = output if lengths is None else self.padded(output, x.shape[0])
        return {"output": padded.numpy()}, {"layer": lambda: layer(given)}

    def stream(self, layer, x, case: dict):
        torch, step_input = self.torch, x[:1]
        layer.eval()
        state, outputs = None, []
        for step in x.split(1):
            output, state = layer(step, state)
            outputs.append(output)
        ways = {"layer": self.stepping(lambda held: layer(step_input, held)[1], state)}
        if case["num_layers"] == 1:
            cell = getattr(torch.nn, case["cell"] + "Cell")(case["input_size"], case["hidden_size"])
            cell.load_state_dict({name.removesuffix("_l0"): w for name, w in layer.state_dict().items()})
            cell.eval()
            row = step_input[0]
            first = tuple(s[0] for s in state) if isinstance(state, tuple) else state[0]
            ways["cell"] = self.stepping(lambda held: cell(row, held), first)
        return {"output": torch.cat(outputs).numpy()}, ways

    def stepping(self, step, state) -> Call:
        """A call that goes on from the state of the call before."""

        def one() -> None:
            nonlocal state
            state = step(state)

        return one

    def training(self, layer, x, lengths, adam: bool):
        torch = self.torch
        layer.train()
        packed = None if lengths is None else self.packed(x, lengths)
        leaf = (x if packed is None else packed.data).detach().clone().requires_grad_()
        given = leaf if packed is None else packed._replace(data=leaf)
        leaves = [leaf, *layer.parameters()]

        def forward():
            output = layer(given)[0]
            return output, output if packed is None else output.data

        output, values = forward()
        ones = torch.ones_like(values)
        gradients = torch.autograd.grad(values, leaves, ones)
        names = ["x", *(name for name, _ in layer.named_parameters())]
        results = {f"d_{name}": gradient for name, gradient in zip(names, gradients)}
        results["output"] = output.detach() if packed is None else self.padded(output, x.shape[0]).detach()
        if packed is not None:
            results["d_x"] = self.padded(packed._replace(data=results["d_x"]), x.shape[0])
        ways = {"gradients": lambda: torch.autograd.grad(forward()[1], leaves, ones)}
        if adam:
            ways = {
                f"Adam, {kind}": self.adam_step(layer, forward, ones, {kind: True})
                for kind in ("fused", "foreach")
            }
        return {name: result.numpy() for name, result in results.items()}, ways

    def adam_step(self, layer, forward, ones, kind: dict[str, bool]) -> Call:
        optimizer = self.torch.optim.Adam(layer.parameters(), lr=1e-6, **kind)

        def step() -> None:
            optimizer.zero_grad()
            forward()[1].backward(ones)
            optimizer.step()

        return step


if __name__ == "__main__":
    serve("torch", TorchPeer)
