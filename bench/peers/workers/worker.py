"""The loop that every worker in Python runs: a line of JSON in, a line of JSON out.

    first line out      {"version": "2.13.0"}, or {"absent": "why"} and the end
    {"do": "prepare", "case": {…}, "folder": "…", "threads": 2}
                        → {"outputs": {"output": "….npy", …}, "setting": "…"}, or {"not_for": "why"}
    {"do": "time", "seconds": 0.3}
                        → {"median_us": …, "min_us": …, "calls": …}

The folder holds weights.safetensors (PyTorch's names), x.npy [seq, batch, feature], lengths.npy [batch]. What comes
back: `output` [seq, batch, feature], of a training step also the gradients, `d_x` and `d_weight_ih_l0` …

The C++ drivers speak the same (driver.h).
"""

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

SHORT, BLOCK, LEAST_SAMPLES = 20e-6, 50e-6, 10  # as `runnel bench` times: cli/stopwatch.cc
TRIAL, TRIAL_SAMPLES = 0.15, 3  # seconds and calls, at least, that each way of calling a peer is tried for

Call = Callable[[], object]


class NotFor(Exception):
    """The peer has no such layer; the text says what."""


def measure(call: Call, seconds: float, least: int = LEAST_SAMPLES) -> dict[str, float]:
    """Calls until the time is spent, after a warm-up of a fifth of it; short calls are timed several together."""
    gc.collect()
    gc.disable()
    clock = time.perf_counter
    call()
    start, calls = clock(), 0
    while calls < 2 or clock() - start < seconds / 5:
        call()
        calls += 1
    mean = (clock() - start) / calls
    together = range(int(BLOCK / mean) + 1 if mean < SHORT else 1)
    samples: list[float] = []
    start = before = clock()
    while len(samples) < least or before - start < seconds:
        for _ in together:
            call()
        after = clock()
        samples.append((after - before) / len(together))
        before = after
    gc.enable()
    return {
        "median_us": float(np.median(samples)) * 1e6,
        "min_us": min(samples) * 1e6,
        "calls": len(samples) * len(together),
    }


def fastest(ways: dict[str, Call]) -> tuple[str, Call]:
    """A peer that can be called in several ways is measured in its fastest."""
    if len(ways) == 1:
        return next(iter(ways.items()))
    times = {name: measure(call, TRIAL, TRIAL_SAMPLES)["median_us"] for name, call in ways.items()}
    name = min(times, key=times.__getitem__)
    return name, ways[name]


class Peer:
    """What a worker implements; `prepare` answers the results and the ways to call it."""

    version = ""

    def prepare(
        self, case: dict, folder: Path, threads: int
    ) -> tuple[dict[str, np.ndarray], dict[str, Call]]:
        raise NotImplementedError


def serve(name: str, make_peer: Callable[[], Peer]) -> None:
    """`make_peer` imports what it needs, so that its absence can be told."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer

    def answer(**words: object) -> None:
        print(json.dumps(words), file=answers, flush=True)

    try:
        peer = make_peer()
    except (ImportError, OSError) as reason:
        answer(absent=str(reason))
        return
    answer(version=peer.version)
    call: Call | None = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "time":
                answer(**measure(call, request["seconds"]))
                continue
            call = None
            folder = Path(request["folder"])
            results, ways = peer.prepare(request["case"], folder, request["threads"])
            files = {}
            for result, values in results.items():
                files[result] = str(folder / f"{name}.{result}.npy")
                np.save(files[result], values)
            setting, call = fastest(ways)
            answer(outputs=files, setting=setting)
        except NotFor as reason:
            answer(not_for=str(reason))
        except Exception as reason:  # told to whoever asked, who goes on with the next peer
            answer(error=f"{type(reason).__name__}: {reason}")
