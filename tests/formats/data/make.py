"""Writes the files beside it with NumPy, torch and safetensors (run once with numpy 2.4, torch 2.13, safetensors 0.8).

The tests of runnel/formats read them, and compare what Runnel writes with them byte for byte.
"""

import io
import pathlib

import numpy as np
import torch
from safetensors.torch import save

HERE = pathlib.Path(__file__).parent
INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64"]


def write(name, content):
    (HERE / name).write_bytes(content)


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def every_dtype():
    """[[lowest, highest, 0], [1, 2, 3]] for integers; halves exact in float16 for floats."""
    arrays = {"bool": np.array([[True, False, True], [False, False, True]])}
    for name in INTEGERS:
        limits = np.iinfo(name)
        arrays[name] = np.array([[limits.min, limits.max, 0], [1, 2, 3]], dtype=name)
    for name in FLOATS:
        arrays[name] = np.array([[0.5, -1.25, np.inf], [-0.0, 2.0**-24, 65504]], dtype=name)
    return arrays


def npz(saver, arrays):
    out = io.BytesIO()
    saver(out, **arrays)
    return out.getvalue()


class Stream(io.RawIOBase):
    """A pipe: sizes come after the data, because nothing can be written again."""

    def __init__(self):
        self.content = b""

    def writable(self):
        return True

    def write(self, data):
        self.content += bytes(data)
        return len(data)


grid = np.arange(24, dtype="float32").reshape(2, 3, 4)
write("c_order.npy", npy(grid))
write("fortran_order.npy", npy(np.asfortranarray(grid)))
write("big_endian.npy", npy(grid.astype(">f4")))
write("big_endian_fortran.npy", npy(np.asfortranarray(grid.astype(">i8"))))
write("version_2.npy", npy(grid, (2, 0)))
write("version_3.npy", npy(grid, (3, 0)))
write("scalar.npy", npy(np.array(2.5)))
write("one_axis.npy", npy(np.array([1, 2, 3], dtype="int32")))
write("empty.npy", npy(np.zeros((0, 5), dtype="float64")))
write("objects.npy", npy(np.array([None, "x"], dtype=object)))
write("structure.npy", npy(np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")])))
write("complex.npy", npy(np.zeros(2, dtype="complex64")))
write("text.npy", npy(np.array(["ab", "c"])))

write("every_dtype.npz", npz(np.savez, every_dtype()))
write("deflated.npz", npz(np.savez_compressed, {"x": grid, "layer/é": np.arange(3)}))
write("no_arrays.npz", npz(np.savez, {}))
stream = Stream()
np.savez_compressed(stream, x=grid)
write("streamed.npz", stream.content)

tensors = {name: torch.from_numpy(array) for name, array in every_dtype().items()}
tensors["bfloat16"] = torch.tensor([[0.5, -1.25, torch.inf], [-0.0, 2.0**-24, 65280]], dtype=torch.bfloat16)
tensors["scalar"] = torch.tensor(2.5)
tensors["empty"] = torch.zeros(0, 5)
tensors['a "name"\nand é'] = torch.arange(3)
write("every_dtype.safetensors", save(tensors, metadata={"note": 'ü "quoted"\n\x1b/'}))
write("two.safetensors", save({"weight": torch.arange(6.0).reshape(2, 3), "bias": torch.arange(2)}))
write("no_tensors.safetensors", save({}))
