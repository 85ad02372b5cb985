"""OpenVINO through its C API: Python's `infer` costs more than a small layer does.

In float32 (its default is bfloat16 where the processor has it), for latency, all shapes fixed: with a free time or
batch axis it would drop the lengths without a word.
"""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_size_t, c_void_p
from pathlib import Path

import numpy as np
from onnx_peer import Arrays, OnnxPeer
from worker import Call, serve

F32, I32 = 4, 9  # ov_element_type_e
PROPERTIES = {
    "INFERENCE_PRECISION_HINT": "f32",
    "PERFORMANCE_HINT": "LATENCY",
    "NUM_STREAMS": "1",
    "CPU_DENORMALS_OPTIMIZATION": "YES",
}


class Shape(ctypes.Structure):
    _fields_ = [("rank", c_int64), ("dims", POINTER(c_int64))]


class OpenVino(OnnxPeer):
    def __init__(self) -> None:
        import onnx  # noqa: F401, the models need it
        import openvino

        self.version = openvino.__version__.split("-")[0]
        (library,) = Path(openvino.__file__).parent.glob("libs/libopenvino_c.so.*")
        self.library = ctypes.CDLL(str(library))
        self.library.ov_get_last_err_msg.restype = c_char_p
        self.core, self.compiled, self.held = c_void_p(), c_void_p(), []
        self.do("ov_core_create", byref(self.core))

    def do(self, name: str, *arguments) -> None:
        if status := getattr(self.library, name)(*arguments):
            message = self.library.ov_get_last_err_msg() or b""
            raise RuntimeError(f"{name}: {status} {message.decode()}")

    def open(self, model: bytes, folder: Path, threads: int) -> None:
        for free, pointer in reversed(self.held):
            getattr(self.library, free)(pointer)
        path, read, self.compiled = folder / "model.onnx", c_void_p(), c_void_p()
        path.write_bytes(model)
        self.do("ov_core_read_model", self.core, c_char_p(str(path).encode()), c_void_p(), byref(read))
        properties = PROPERTIES | {"INFERENCE_NUM_THREADS": str(threads)}
        words = [c_char_p(word.encode()) for pair in properties.items() for word in pair]
        device, count = c_char_p(b"CPU"), c_size_t(len(words))
        self.do("ov_core_compile_model", self.core, read, device, count, byref(self.compiled), *words)
        self.held = [("ov_model_free", read), ("ov_compiled_model_free", self.compiled)]

    def run(self, inputs: Arrays, outputs: Arrays) -> Call:
        request = c_void_p()
        self.do("ov_compiled_model_create_infer_request", self.compiled, byref(request))
        self.held.append(("ov_infer_request_free", request))
        arrays = inputs | outputs
        for name, array in arrays.items():
            shape, tensor = Shape(array.ndim, (c_int64 * array.ndim)(*array.shape)), c_void_p()
            of = c_int(I32 if array.dtype == np.int32 else F32)
            data = array.ctypes.data_as(c_void_p)
            self.do("ov_tensor_create_from_host_ptr", of, shape, data, byref(tensor))
            self.held.append(("ov_tensor_free", tensor))
            self.do("ov_infer_request_set_tensor", request, c_char_p(name.encode()), tensor)
        infer = self.library.ov_infer_request_infer

        def call(_alive: Arrays = arrays) -> None:
            if status := infer(request):
                raise RuntimeError(f"ov_infer_request_infer: {status}")

        return call


if __name__ == "__main__":
    serve("openvino", OpenVino)
