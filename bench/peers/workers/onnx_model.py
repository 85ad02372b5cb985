"""A recurrent layer of PyTorch as an ONNX model, all shapes fixed.

    inputs   x [seq, batch, feature]; lengths [batch] int32 where the batch is ragged;
             of a stream h_0 and, for LSTM, c_0 [layer·direction, batch, hidden]
    outputs  output [seq, direction, batch, hidden] as ONNX has it; of a stream h_n and c_n like h_0

ONNX orders the gates of LSTM i o f c, PyTorch i f g o; of GRU z r h, PyTorch r z n.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ORDER = {"LSTM": [0, 3, 1, 2], "GRU": [1, 0, 2]}
OPSET, IR = 17, 8


def gates_reordered(weight: np.ndarray, cell: str) -> np.ndarray:
    order = ORDER[cell]
    return np.concatenate([np.split(weight, len(order))[gate] for gate in order])


class ModelOfLayer:
    def __init__(self, case: dict, weights: dict[str, np.ndarray]):
        self.case, self.weights = case, weights
        self.nodes, self.constants, self.inputs, self.outputs = [], [], [], []
        self.suffixes = ["", "_reverse"] if case["bidirectional"] else [""]

    def constant(self, name: str, values: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def stacked(self, layer: int, name: str) -> np.ndarray:
        """Of both directions: [direction, gate·hidden, …]"""
        parts = [self.weights[f"{name}_l{layer}{suffix}"] for suffix in self.suffixes]
        return np.stack([gates_reordered(part, self.case["cell"]) for part in parts])

    def value(self, kind: list, name: str, shape: list[int], of: int = TensorProto.FLOAT) -> str:
        kind.append(helper.make_tensor_value_info(name, of, shape))
        return name

    def state_inputs(self) -> list[str]:
        if self.case["mode"] != "stream":
            return []
        shape = [len(self.suffixes), self.case["batch"], self.case["hidden_size"]]
        names = ["h", "c"] if self.case["cell"] == "LSTM" else ["h"]
        for name in names:
            self.value(self.outputs, f"{name}_n", shape)
        return [self.value(self.inputs, f"{name}_0", shape) for name in names]

    def layer(self, index: int, x: str, lengths: str, states: list[str]) -> str:
        cell, hidden = self.case["cell"], self.case["hidden_size"]
        biases = np.concatenate([self.stacked(index, "bias_ih"), self.stacked(index, "bias_hh")], axis=1)
        arguments = [
            x,
            self.constant(f"W{index}", self.stacked(index, "weight_ih")),
            self.constant(f"R{index}", self.stacked(index, "weight_hh")),
            self.constant(f"B{index}", biases),
            lengths,
            *states,
        ]
        last = index == self.case["num_layers"] - 1
        y = "output" if last else f"y{index}"
        names = [y] + [f"{state[0]}_n" for state in states]
        direction = "bidirectional" if self.case["bidirectional"] else "forward"
        options = {"linear_before_reset": 1} if cell == "GRU" else {}
        while arguments[-1] == "":
            arguments.pop()
        node = helper.make_node(cell, arguments, names, hidden_size=hidden, direction=direction, **options)
        self.nodes.append(node)
        return y

    def joined(self, index: int, y: str) -> str:
        """[seq, direction, batch, hidden] → [seq, batch, direction·hidden], what the next layer reads."""
        case, joined = self.case, f"x{index + 1}"
        if not case["bidirectional"]:
            axis = self.constant(f"axis{index}", np.array([1], np.int64))
            self.nodes.append(helper.make_node("Squeeze", [y, axis], [joined]))
            return joined
        self.nodes.append(helper.make_node("Transpose", [y], [f"{y}t"], perm=[0, 2, 1, 3]))
        shape = np.array([case["seq"], case["batch"], 2 * case["hidden_size"]], np.int64)
        named = self.constant(f"shape{index}", shape)
        self.nodes.append(helper.make_node("Reshape", [f"{y}t", named], [joined]))
        return joined

    def build(self) -> onnx.ModelProto:
        case = self.case
        shape = [case["seq"], case["batch"], case["input_size"]]
        x = self.value(self.inputs, "x", shape)
        lengths = ""
        if case["packed"]:
            lengths = self.value(self.inputs, "lengths", [case["batch"]], TensorProto.INT32)
        self.value(self.outputs, "output", [case["seq"], len(self.suffixes), case["batch"], case["hidden_size"]])
        states = self.state_inputs()
        for index in range(case["num_layers"]):
            y = self.layer(index, x, lengths, states)
            x = self.joined(index, y) if y != "output" else y
        graph = helper.make_graph(self.nodes, "layer", self.inputs, self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
        onnx.checker.check_model(model)
        return model


def onnx_bytes(case: dict, weights: dict[str, np.ndarray]) -> bytes:
    return ModelOfLayer(case, weights).build().SerializeToString()


def layout_of_torch(output: np.ndarray) -> np.ndarray:
    """[seq, direction, batch, hidden] → [seq, batch, direction·hidden]"""
    seq, directions, batch, hidden = output.shape
    return output.transpose(0, 2, 1, 3).reshape(seq, batch, directions * hidden)
