"""ONNX Runtime through its C API: Python's `run` costs more than a small layer does.

Inputs and outputs are the caller's memory; the session's threads spin, its default. The functions of the API are
found by their places in its table, which stay from version to version.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_size_t, c_void_p
from pathlib import Path

import numpy as np
from onnx_peer import Arrays, OnnxPeer
from worker import Call, serve

PLACES = {
    "GetErrorMessage": 2,
    "CreateEnv": 3,
    "CreateSessionFromArray": 8,
    "Run": 9,
    "CreateSessionOptions": 10,
    "SetSessionGraphOptimizationLevel": 23,
    "SetIntraOpNumThreads": 24,
    "CreateTensorWithDataAsOrtValue": 49,
    "CreateCpuMemoryInfo": 69,
    "ReleaseSession": 95,
    "ReleaseValue": 96,
    "ReleaseSessionOptions": 100,
    "AddSessionConfigEntry": 130,
}
API_VERSION = 17
WARNING, ALL_OPTIMIZATIONS, ARENA, FLOAT, INT32 = 2, 99, 1, 1, 6


class Base(ctypes.Structure):
    _fields_ = [
        ("get_api", ctypes.CFUNCTYPE(c_void_p, ctypes.c_uint32)),
        ("get_version", ctypes.CFUNCTYPE(c_char_p)),
    ]


class Api:
    """`api.CreateEnv(…)` raises with the library's words when it answers an error."""

    def __init__(self, library: Path):
        loaded = ctypes.CDLL(str(library))
        loaded.OrtGetApiBase.restype = POINTER(Base)
        table = loaded.OrtGetApiBase().contents.get_api(API_VERSION)
        self.table = ctypes.cast(table, POINTER(c_void_p))
        self.message = ctypes.CFUNCTYPE(c_char_p, c_void_p)(self.table[PLACES["GetErrorMessage"]])

    def raw(self, name: str):
        return ctypes.CFUNCTYPE(c_void_p)(self.table[PLACES[name]])

    def __getattr__(self, name: str):
        function = self.raw(name)

        def checked(*arguments) -> None:
            if status := function(*arguments):
                raise RuntimeError(f"{name}: {self.message(status).decode()}")

        return checked


class OnnxRuntime(OnnxPeer):
    def __init__(self) -> None:
        import onnx  # noqa: F401, the models need it
        import onnxruntime

        self.version = onnxruntime.__version__
        (library,) = Path(onnxruntime.__file__).parent.glob("capi/libonnxruntime.so.*")
        self.api, self.environment, self.memory = Api(library), c_void_p(), c_void_p()
        self.api.CreateEnv(c_int(WARNING), c_char_p(b"peer"), byref(self.environment))
        self.api.CreateCpuMemoryInfo(c_int(ARENA), c_int(0), byref(self.memory))
        self.session, self.held = c_void_p(), []

    def open(self, model: bytes, folder: Path, threads: int) -> None:
        api, options = self.api, c_void_p()
        for value, _ in self.held:
            api.raw("ReleaseValue")(value)
        if self.session:
            api.raw("ReleaseSession")(self.session)
        self.session, self.held = c_void_p(), []
        api.CreateSessionOptions(byref(options))
        api.SetIntraOpNumThreads(options, c_int(threads))
        api.SetSessionGraphOptimizationLevel(options, c_int(ALL_OPTIMIZATIONS))
        api.AddSessionConfigEntry(options, c_char_p(b"session.set_denormal_as_zero"), c_char_p(b"1"))
        size, data = c_size_t(len(model)), ctypes.create_string_buffer(model, len(model))
        api.CreateSessionFromArray(self.environment, data, size, options, byref(self.session))
        api.raw("ReleaseSessionOptions")(options)

    def value(self, array: np.ndarray) -> c_void_p:
        value, shape = c_void_p(), (c_int64 * array.ndim)(*array.shape)
        of = c_int(INT32 if array.dtype == np.int32 else FLOAT)
        data, size, rank = array.ctypes.data_as(c_void_p), c_size_t(array.nbytes), c_size_t(array.ndim)
        self.api.CreateTensorWithDataAsOrtValue(self.memory, data, size, shape, rank, of, byref(value))
        self.held.append((value, array))
        return value

    def run(self, inputs: Arrays, outputs: Arrays) -> Call:
        def names(of: Arrays):
            return (c_char_p * len(of))(*(name.encode() for name in of))

        def values(of: Arrays):
            return (c_void_p * len(of))(*(self.value(array) for array in of.values()))

        function, message = self.api.raw("Run"), self.api.message
        arguments = [self.session, c_void_p(), names(inputs), values(inputs), c_size_t(len(inputs))]
        arguments += [names(outputs), c_size_t(len(outputs)), values(outputs)]

        def call() -> None:
            if status := function(*arguments):
                raise RuntimeError(f"Run: {message(status).decode()}")

        return call


if __name__ == "__main__":
    serve("onnxruntime", OnnxRuntime)
