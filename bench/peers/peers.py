"""The peers as processes: one that stays for each peer and number of threads, stopped whenever it is not asked."""

import ctypes
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

WORKERS = Path(__file__).resolve().parent / "workers"
PATIENCE = 180  # seconds until a peer that does not answer is given up
PR_SET_PDEATHSIG = 1

# Peer → column of the table. Two builds of one library share a column, which shows the faster.
COLUMNS = {
    "torch": "PyTorch",
    "onnxruntime": "ONNX Runtime",
    "openvino": "OpenVINO",
    "onednn": "oneDNN",
    "rtneural-eigen": "RTNeural",
    "rtneural-xsimd": "RTNeural",
}
PYTHON_WORKERS = {"torch": "torch_worker.py", "onnxruntime": "onnx_worker.py", "openvino": "openvino_worker.py"}


class Absent(Exception):
    """The peer is not here; the text says what is missing."""


def cpus_for(threads: int) -> list[int]:
    """The last of the CPUs that we may use: the first has most of the system's own work."""
    allowed = sorted(os.sched_getaffinity(0))
    if threads > len(allowed):
        raise SystemExit(f"{threads} threads need as many CPUs; there are {len(allowed)}")
    return allowed[-threads:]


def pinned(command: list[str], threads: int) -> list[str]:
    return ["taskset", "-c", ",".join(map(str, cpus_for(threads))), *command]


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Worker:
    """`ask` wakes the process, waits for its answer and stops it again. Raises Absent when it cannot be."""

    def __init__(self, command: list[str], threads: int, log: Path):
        log.parent.mkdir(parents=True, exist_ok=True)
        # OpenMP's threads spin for milliseconds before they sleep, unless the environment says otherwise.
        environment = os.environ | {"OMP_NUM_THREADS": str(threads), "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("OMP_WAIT_POLICY", None)
        with log.open("w") as errors:
            self.process = subprocess.Popen(
                pinned(command, threads),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                preexec_fn=die_with_parent,
            )
        greeting = self.answer()
        if "version" not in greeting:
            self.close()
            raise Absent(greeting.get("absent") or greeting["error"])
        self.version = greeting["version"]
        self.stop()

    def ask(self, **request: object) -> dict:
        if self.process.poll() is not None:
            return {"error": "the process has ended"}
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write((json.dumps(request) + "\n").encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            return {"error": "the process has ended"}
        answer = self.answer()
        self.stop()
        return answer

    def answer(self) -> dict:
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline() if ready else b""
        if line:
            return json.loads(line)
        self.close()
        return {"error": f"no answer in {PATIENCE} s" if not ready else "the process has ended"}

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGSTOP)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()

    def cpu_seconds(self) -> float:
        """Of processor time that it has used."""
        with suppress(OSError):
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0


@dataclass
class Peers:
    """All peers that are here, each started when it is first needed."""

    folder: Path  # for programs and logs
    only: set[str] | None = None
    absent: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    workers: dict[tuple[str, int], Worker] = field(default_factory=dict)

    def names(self) -> list[str]:
        return [name for name in COLUMNS if (not self.only or name in self.only) and name not in self.absent]

    def worker(self, name: str, threads: int) -> Worker | None:
        """None when the peer is absent."""
        worker = self.workers.get((name, threads))
        if worker and worker.process.poll() is None:
            return worker
        try:
            log = self.folder / "log" / f"{name}-{threads}.txt"
            worker = Worker(self.command(name), threads, log)
        except Absent as reason:
            self.absent[name] = str(reason)
            print(f"{COLUMNS[name]} ({name}) is absent: {reason}", flush=True)
            return None
        self.versions[name] = worker.version
        self.workers[name, threads] = worker
        return worker

    def command(self, name: str) -> list[str]:
        if name in PYTHON_WORKERS:
            return [sys.executable, str(WORKERS / PYTHON_WORKERS[name])]
        return [str(build_onednn(self.folder) if name == "onednn" else build_rtneural(self.folder, name))]

    def cpu_seconds(self) -> float:
        return sum(worker.cpu_seconds() for worker in self.workers.values())

    def close(self) -> None:
        for worker in self.workers.values():
            worker.close()


# ---------------------------------------------------------------------------------------------------------------
# Peers in C++


def compiled(folder: Path, name: str, source: Path, options: list[str]) -> Path:
    """The program, made anew when its source or its options have changed."""
    program, recipe = folder / "bin" / name, folder / "bin" / f"{name}.recipe"
    compiler = os.environ.get("CXX", "g++")
    if not shutil.which(compiler):
        raise Absent(f"there is no compiler {compiler}")
    command = [compiler, "-std=c++20", "-O3", "-DNDEBUG", str(source), "-o", str(program), *options]
    newest = max(file.stat().st_mtime for file in (source, WORKERS / "driver.h"))
    fresh = program.exists() and program.stat().st_mtime > newest and recipe.exists()
    if fresh and recipe.read_text() == str(command):
        return program
    program.parent.mkdir(parents=True, exist_ok=True)
    print(f"Compiling the driver of {name}", flush=True)
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        first = next((line for line in ran.stderr.splitlines() if "error" in line), "the linker failed")
        raise Absent(f"its driver does not compile: {first}")
    recipe.write_text(str(command))
    return program


def build_onednn(folder: Path) -> Path:
    prefix = Path(os.environ.get("ONEDNN_DIR", sys.prefix))
    if not (prefix / "include/oneapi/dnnl/dnnl.hpp").exists():
        raise Absent(f"there is no include/oneapi/dnnl/dnnl.hpp in {prefix}; ONEDNN_DIR names another place")
    library = prefix / "lib"
    options = ["-fopenmp", f"-isystem{prefix / 'include'}", f"-L{library}", "-ldnnl", f"-Wl,-rpath,{library}"]
    return compiled(folder, "onednn", WORKERS / "onednn_driver.cc", options)


def build_rtneural(folder: Path, name: str) -> Path:
    """With the options of RTNeural's own build for AVX."""
    if not os.environ.get("RTNEURAL_DIR"):
        raise Absent("RTNEURAL_DIR names no checkout of it")
    root, eigen = Path(os.environ["RTNEURAL_DIR"]), name == "rtneural-eigen"
    include = root / ("modules/Eigen" if eigen else "modules/xsimd/include")
    if not include.is_dir():
        raise Absent(f"there is no {include}")
    version = re.search(r"VERSION ([\d.]+)", (root / "CMakeLists.txt").read_text().partition("project")[2])
    options = [f"-isystem{path}" for path in (root, include, root / "modules/json")]
    options += [f"-DRTNEURAL_USE_{'EIGEN' if eigen else 'XSIMD'}=1", "-DRTNEURAL_DEFAULT_ALIGNMENT=32"]
    options += ["-DEIGEN_STACK_ALLOCATION_LIMIT=0", "-mavx2", "-mfma"]
    options += [f'-DRTNEURAL_VERSION="{version[1] if version else "?"}"']
    return compiled(folder, name, WORKERS / "rtneural_driver.cc", options)
