"""Runnel beside the libraries that a user could pick instead, case by case.

    ./dev bench --peers [--filter REGEX] [--seconds 0.2] [--rounds 4]
    python bench/peers/compare.py --table            # only writes docs/performance.md anew

Every case of bench/grid.txt at 1 and 2 threads. First the outputs: each peer computes the same weights and input, and
must agree with `runnel run` to 1e-4; for a training step the peers' gradients must agree with each other too. Then the
times, in the order Runnel, peer, peer, Runnel, next peer, …, several rounds: of each neighbouring pair the ratio, of
the ratios the median and a bootstrap interval. All processes are pinned to as many CPUs as they have threads; a peer
that is not measured is stopped.

Results are added to build/peers/results.jsonl row by row. A row that is there for this very program and machine is not
measured again, so a run that was broken off goes on; --fresh measures all. The table takes the newest of each row.
"""

import argparse
import datetime
import hashlib
import json
import os
import random
import re
import shlex
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from cases import Case, read_grid
from peers import Peers, Worker, pinned
from safetensors.numpy import save_file
from table import write_page

REPOSITORY = Path(__file__).resolve().parents[2]
TOLERANCE = 1e-4
RESAMPLES = 2000


def median(values: list[float]) -> float:
    return float(np.median(values))


def bootstrap(ratios: list[float]) -> tuple[float, float]:
    """The middle 95 % of the medians of resampled ratios."""
    chance = random.Random(1)
    medians = sorted(median(chance.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
    return medians[int(0.025 * RESAMPLES)], medians[int(0.975 * RESAMPLES)]


class Machine:
    """What disturbs a measurement: time that the host stole, other processes here, another clock."""

    def __init__(self, peers: Peers):
        self.peers = peers
        self.start = self.state()

    def state(self) -> dict[str, float]:
        words = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        tick = os.sysconf("SC_CLK_TCK")
        user, nice, system, *_, steal = (int(word) / tick for word in words[:8])
        used = os.times()
        ours = self.peers.cpu_seconds() + used.user + used.system + used.children_user + used.children_system
        clocks = [float(clock) for clock in re.findall(r"cpu MHz\s*: ([\d.]+)", Path("/proc/cpuinfo").read_text())]
        state = {"time": time.monotonic(), "busy": user + nice + system, "steal": steal, "ours": ours}
        return state | {"mhz": max(clocks, default=0)}

    def shares(self) -> dict:
        """Of the machine's processor time since the beginning; and the clock, then and now."""
        now = self.state()
        delta = {name: now[name] - self.start[name] for name in now}
        total = delta["time"] * os.cpu_count()
        return {
            "steal": round(delta["steal"] / total, 3),
            "others": round(max(0.0, delta["busy"] - delta["ours"]) / total, 3),
            "mhz": [self.start["mhz"], now["mhz"]],
        }


class Runnel:
    def __init__(self, program: Path, seconds: float):
        self.program, self.seconds = program, seconds
        self.digest = hashlib.sha256(program.read_bytes()).hexdigest()[:12]

    def call(self, words: list[str], threads: int) -> str:
        command = pinned([str(self.program), *words], threads)
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            raise SystemExit(f"{shlex.join(command)}\n{ran.stderr}")
        return ran.stdout

    def output(self, case: Case, folder: Path) -> np.ndarray:
        given = {"input": case.x()} | ({"lengths": case.lengths()} if case.packed else {})
        np.savez(folder / "input.npz", **given)
        weights, results = folder / "weights.safetensors", folder / "output.npz"
        files = ["--weights", str(weights), str(folder / "input.npz"), "-o", str(results)]
        self.call(["run", case.spec, *files], 1)
        with np.load(results) as arrays:
            return arrays["output"]

    def time(self, case: Case, threads: int) -> dict:
        words = ["bench", *case.arguments(), "--threads", str(threads), "--seconds", str(self.seconds), "--json"]
        measured = json.loads(self.call(words, threads))
        if measured["multiply_adds"] != case.multiply_adds():
            counted = f"{measured['multiply_adds']} multiply-adds, the peers {case.multiply_adds()}"
            raise SystemExit(f"{case}: Runnel counts {counted}: they would not do the same work")
        return measured


def write_inputs(case: Case, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    save_file(case.weights(), folder / "weights.safetensors")
    np.save(folder / "x.npy", case.x())
    np.save(folder / "lengths.npy", case.lengths())


def difference(got: np.ndarray, wanted: np.ndarray, lengths: np.ndarray | None) -> tuple[float, bool]:
    """The largest distance, and whether it is near enough; of a ragged batch the real steps count."""
    if got.shape != wanted.shape:
        return float("inf"), False
    distance = np.abs(got.astype(np.float64) - wanted)
    scale = max(1.0, float(np.abs(wanted).max()))  # a gradient is a sum of many terms
    if lengths is not None:
        distance[np.arange(len(got))[:, None] >= lengths] = 0
    return float(distance.max()), bool((distance <= TOLERANCE * scale + TOLERANCE * np.abs(wanted)).all())


class Comparison:
    """One case at one number of threads."""

    def __init__(self, case: Case, threads: int, peers: Peers, runnel: Runnel):
        self.case, self.threads, self.peers, self.runnel = case, threads, peers, runnel
        self.folder = peers.folder / "case"
        self.found: dict[str, dict] = {}
        self.gradients: dict[str, np.ndarray] = {}  # of the first peer that trains

    def run(self, rounds: int) -> dict:
        write_inputs(self.case, self.folder)
        wanted = self.runnel.output(self.case, self.folder)
        for name in self.peers.names():
            if worker := self.peers.worker(name, self.threads):
                self.found[name] = self.prepare(name, worker, wanted)
        machine = Machine(self.peers)
        blocks = self.measure([name for name, found in self.found.items() if "setting" in found], rounds)
        best = {"median_us": median([block["median_us"] for block in blocks])}
        best |= {key: blocks[0][key] for key in ("limit", "target", "bytes", "gflops")}
        best["floor_us"] = median([block["floor_us"] for block in blocks])
        best["min_us"] = min(block["min_us"] for block in blocks)
        return {"runnel": best, "peers": self.found} | machine.shares()

    def prepare(self, name: str, worker: Worker, wanted: np.ndarray) -> dict:
        case = asdict(self.case) | {"packed": self.case.packed}
        answer = worker.ask(do="prepare", case=case, folder=str(self.folder), threads=self.threads)
        if "outputs" not in answer:
            return answer
        results = {result: np.load(path) for result, path in answer["outputs"].items()}
        lengths = self.case.lengths() if self.case.packed else None
        distance, near = difference(results.pop("output"), wanted, lengths)
        if not near:
            return {"wrong": f"output differs by {distance:.1e}"}
        self.gradients = self.gradients or results
        for gradient, values in results.items():
            off, near = difference(values, self.gradients[gradient], None)
            if not near:
                return {"wrong": f"{gradient} differs by {off:.1e}"}
        return {"setting": answer["setting"], "difference": distance}

    def measure(self, names: list[str], rounds: int) -> list[dict]:
        """Runnel, peer, peer, Runnel, next peer, next peer, Runnel, …; fills in what was found."""
        times: dict[str, list[float]] = {name: [] for name in names}
        ratios: dict[str, list[float]] = {name: [] for name in names}
        blocks = []
        for round_ in range(rounds):
            blocks.append(self.runnel.time(self.case, self.threads))
            for name in names[round_ % len(names) :] + names[: round_ % len(names)] if names else []:
                pair = [self.ask_time(name), self.ask_time(name)]
                blocks.append(self.runnel.time(self.case, self.threads))
                if None in pair:
                    continue
                times[name] += pair
                ratios[name] += [pair[i] / blocks[i - 2]["median_us"] for i in range(2)]
        for name in names:
            if "error" not in self.found[name]:
                low, high = bootstrap(ratios[name])
                self.found[name] |= {"us": median(times[name]), "ratio": median(ratios[name])}
                self.found[name] |= {"low": low, "high": high, "pairs": len(ratios[name])}
        return blocks

    def ask_time(self, name: str) -> float | None:
        if "error" in self.found[name]:
            return None
        answer = self.peers.workers[name, self.threads].ask(do="time", seconds=self.runnel.seconds)
        if "error" in answer:
            self.found[name] = {"error": answer["error"]}
            return None
        return answer["median_us"]


def cpu_model() -> str:
    found = re.search(r"Model name:\s*(.+)", subprocess.run(["lscpu"], capture_output=True, text=True).stdout)
    return found[1].strip() if found else "unknown"


def summary(result: dict) -> str:
    runnel = result["runnel"]
    words = [f"{runnel['median_us']:.4g} µs, {100 * runnel['floor_us'] / runnel['median_us']:.0f} % of the floor"]
    for name, found in result["peers"].items():
        if "ratio" in found:
            words.append(f"{name} {found['ratio']:.2f}")
        elif "not_for" not in found:
            words.append(f"{name} {found.get('wrong') or found.get('error')}")
    return "; ".join(words) + (f"; others took {result['others']:.0%}" if result["others"] > 0.05 else "")


def read_results(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def measure_all(arguments: argparse.Namespace, results: Path) -> None:
    runnel = Runnel(arguments.runnel.resolve(), arguments.seconds)
    peers = Peers(results.parent.resolve(), set(arguments.only) if arguments.only else None)
    cases, left_out = read_grid(arguments.grid)
    for line in left_out:
        print(f"Left out: {line}")
    cpu, rows = cpu_model(), []
    have = {(row["arguments"], row["threads"], row["program"], row["cpu"]) for row in read_results(results)}
    for case, threads in cases:
        words = shlex.join(case.arguments())
        for count in [threads] if threads else arguments.threads:
            known = (words, count, runnel.digest, cpu) in have and not arguments.fresh
            if not known and re.search(arguments.filter, f"{' '.join(case.arguments())} --threads {count}"):
                rows.append((case, words, count))
    try:
        for number, (case, words, count) in enumerate(rows, 1):
            print(f"{number}/{len(rows)}  {case}, {case.kind}, {count} thread{'s' if count > 1 else ''}", flush=True)
            result = Comparison(case, count, peers, runnel).run(arguments.rounds)
            print(f"    {summary(result)}", flush=True)
            row = {"arguments": words, "threads": count, "case": str(case), "kind": case.kind}
            row |= {"program": runnel.digest, "cpu": cpu, "cpus": os.cpu_count()}
            row |= {"date": f"{datetime.datetime.now():%Y-%m-%d %H:%M}"}
            row |= {"seconds": arguments.seconds, "rounds": arguments.rounds, "versions": dict(peers.versions)}
            with results.open("a") as file:
                print(json.dumps(row | {"absent": peers.absent} | result), file=file)
    finally:
        peers.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runnel", type=Path, default=REPOSITORY / "build/release/cli/runnel")
    parser.add_argument("--grid", type=Path, default=REPOSITORY / "bench/grid.txt")
    parser.add_argument("--results", type=Path, default=REPOSITORY / "build/peers/results.jsonl")
    parser.add_argument("--page", type=Path, default=REPOSITORY / "docs/performance.md")
    parser.add_argument("--filter", default="", help="a regular expression on the arguments of the cases")
    parser.add_argument("--only", nargs="+", metavar="PEER", help="torch onnxruntime openvino onednn …")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2][: os.cpu_count()])
    parser.add_argument("--seconds", type=float, default=0.2, help="of a block of calls (0.2)")
    parser.add_argument("--rounds", type=int, default=4, help="each gives two ratios a peer (4)")
    parser.add_argument("--fresh", action="store_true", help="measure also what results has")
    parser.add_argument("--table", action="store_true", help="only write the page")
    arguments = parser.parse_args()
    arguments.results.parent.mkdir(parents=True, exist_ok=True)
    if not arguments.table:
        if not arguments.runnel.is_file():
            parser.error(f"there is no {arguments.runnel}: build it (./dev build), or name it with --runnel")
        measure_all(arguments, arguments.results)
    order = [shlex.join(case.arguments()) for case, _ in read_grid(arguments.grid)[0]]
    job = arguments.results.parent / "text_job.json"
    write_page(read_results(arguments.results), order, arguments.page, job)
    print(f"Written to {arguments.page}")


if __name__ == "__main__":
    sys.exit(main())
