"""What the two peers that read ONNX models have in common."""

from pathlib import Path

import numpy as np
from worker import Call, NotFor, Peer

Arrays = dict[str, np.ndarray]


class OnnxPeer(Peer):
    def open(self, model: bytes, folder: Path, threads: int) -> None:
        """Compiles the model in place of the one before."""
        raise NotImplementedError

    def run(self, inputs: Arrays, outputs: Arrays) -> Call:
        """A call of the model that reads and writes the arrays themselves."""
        raise NotImplementedError

    def prepare(self, case: dict, folder: Path, threads: int) -> tuple[Arrays, dict[str, Call]]:
        from onnx_model import layout_of_torch, onnx_bytes
        from safetensors.numpy import load_file

        if case["mode"] == "train":
            raise NotFor("no training")
        self.open(onnx_bytes(case, load_file(folder / "weights.safetensors")), folder, threads)
        x = np.load(folder / "x.npy")
        inputs = {"x": x[: case["seq"]].copy()}
        if case["packed"]:
            inputs["lengths"] = np.load(folder / "lengths.npy").astype(np.int32)
        if case["mode"] == "stream":
            return self.stream(case, x, inputs)
        directions = 2 if case["bidirectional"] else 1
        output = np.zeros([case["seq"], directions, case["batch"], case["hidden_size"]], np.float32)
        call = self.run(inputs, {"output": output})
        call()
        return {"output": layout_of_torch(output)}, {"C API": call}

    def stream(self, case: dict, x: np.ndarray, inputs: Arrays) -> tuple[Arrays, dict[str, Call]]:
        """Two runs in turn: each writes the state that the other reads."""
        if case["num_layers"] > 1:
            raise NotFor("no stream of several layers")
        shape = [1, case["batch"], case["hidden_size"]]
        names = ["h", "c"] if case["cell"] == "LSTM" else ["h"]
        states = [{name: np.zeros(shape, np.float32) for name in names} for _ in range(2)]
        first, second = (
            self.run(
                inputs | {f"{name}_0": values for name, values in states[i].items()},
                {f"{name}_n": values for name, values in states[1 - i].items()},
            )
            for i in range(2)
        )
        turn = 0

        def step() -> None:
            nonlocal turn
            turn = 1 - turn
            (first if turn else second)()

        outputs = []
        for row in x:
            inputs["x"][0] = row
            step()
            outputs.append(states[turn]["h"][0].copy())
        return {"output": np.stack(outputs)}, {"C API": step}
