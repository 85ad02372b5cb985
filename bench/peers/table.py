"""docs/performance.md out of the rows that compare.py has found."""

import json
import math
from collections import Counter
from pathlib import Path

from peers import COLUMNS

LABELS = list(dict.fromkeys(COLUMNS.values()))

HEAD = """# Performance

Runnel beside the libraries that a user could pick instead, float32, on one machine at one time. Written by
{command}; do not edit.

- {date}, {cpu}, {cpus}
- Runnel {targets}; {versions}
- {absent}

**Runnel** and **its µs** are medians of a call. **floor**: the share of the least time that this machine's arithmetic
and memory allow ([what is counted](../runnel/kernels/floor.h)). A ratio is a peer's time over Runnel's, above 1 where
Runnel is faster: the median over neighbouring pairs of blocks, with the middle 95 % of its bootstrap beside the best
peer's. – : the peer has no such thing, or was not asked. Outputs were compared before any timing, to 1e-4, and the
gradients of the peers with each other.
"""

SETTINGS = """
## How it was measured

Blocks of `--seconds` in the order Runnel, peer, peer, Runnel, next peer, …; `--rounds` times. Every process is pinned
to as many CPUs as it has threads; a peer that is not measured is stopped. Sequences lie [seq, batch, feature].
A training step is forward and backward from an output gradient of ones to the gradients of all parameters and of the
data; no optimizer, where the row does not say Adam. Each peer at its best:

- PyTorch: inference mode, denormals flushed, oneDNN on or off and, in a stream, the layer or its cell: whichever is
  faster in that row; ragged batches packed beforehand and left packed; fused or foreach Adam.
- ONNX Runtime, OpenVINO: through their C APIs, on memory of the caller, shapes fixed, all optimizations; OpenVINO in
  float32 and for latency. The output stays in ONNX's own layout.
- oneDNN: through its C++ API, weights packed beforehand; in training, backward's copy of them made in each step.
- RTNeural: sizes fixed when compiled, `-O3 -mavx2 -mfma`, Eigen or xsimd, whichever is faster in that row. It has one
  thread, whatever the row says.
"""


def geometric_mean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def micros(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value >= 1 else f"{value:.3f}"


def ratio(value: float) -> str:
    digits = 3 if value < 0.1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f}"


def newest(rows: list[dict], order: dict[str, int]) -> list[dict]:
    """The last row of each case and number of threads, in the order of the grid; of the last row's machine only."""
    cpu = rows[-1]["cpu"]
    last = {(row["arguments"], row["threads"]): row for row in rows if row["cpu"] == cpu}
    return sorted(last.values(), key=lambda row: (order.get(row["arguments"], len(order)), row["threads"]))


def commands(rows: list[dict]) -> str:
    """What most rows were measured by, and how many by another command."""
    counts = Counter((row["seconds"], row["rounds"]) for row in rows).most_common()
    words = [f"--seconds {seconds} --rounds {rounds}" for (seconds, rounds), _ in counts]
    others = [f", {count} rows by `{what}`" for what, (_, count) in list(zip(words, counts, strict=True))[1:]]
    return f"`./dev bench --peers {words[0]}`" + "".join(others)


def columns(row: dict) -> dict[str, dict]:
    """Label → what was found of the peer; of two builds the faster, if any was timed."""
    found: dict[str, dict] = {}
    for name, peer in row["peers"].items():
        label = COLUMNS[name]
        if label not in found or peer.get("ratio", math.inf) < found[label].get("ratio", math.inf):
            found[label] = peer
    return found


def best(row: dict) -> tuple[str, dict] | None:
    timed = {label: peer for label, peer in columns(row).items() if "ratio" in peer}
    return min(timed.items(), key=lambda item: item[1]["ratio"]) if timed else None


def cell(peer: dict | None) -> str:
    if peer and "ratio" in peer:
        return ratio(peer["ratio"])
    return "wrong" if peer and "wrong" in peer else "failed" if peer and "error" in peer else "–"


def line(words: list[str]) -> str:
    return "| " + " | ".join(words) + " |"


def table_row(row: dict) -> str:
    runnel, found, winner = row["runnel"], columns(row), best(row)
    words = [row["case"], row["kind"], str(row["threads"]), micros(runnel["median_us"])]
    words.append(f"{100 * runnel['floor_us'] / runnel['median_us']:.0f} %")
    if winner:
        label, peer = winner
        interval = f"{ratio(peer['low'])}–{ratio(peer['high'])}"
        words += [label, micros(peer["us"]), f"**{ratio(peer['ratio'])}** ({interval})"]
    else:
        words += ["–", "–", "–"]
    return line(words + [cell(found.get(label)) for label in LABELS])


def main_table(rows: list[dict]) -> list[str]:
    head = ["case", "mode", "threads", "Runnel µs", "floor", "best peer", "its µs", "best ÷ Runnel", *LABELS]
    marks = ["---", "---"] + ["---:"] * 3 + ["---"] + ["---:"] * (2 + len(LABELS))
    return [line(head), line(marks), *map(table_row, rows)]


def means_of(rows: list[dict], words: list[str]) -> str:
    winners = [winner[1]["ratio"] for row in rows if (winner := best(row))]
    words = words + [str(len(rows)), f"**{ratio(geometric_mean(winners))}**" if winners else "–"]
    for label in LABELS:
        timed = [peer["ratio"] for row in rows if "ratio" in (peer := columns(row).get(label, {}))]
        words.append(f"{ratio(geometric_mean(timed))} ({len(timed)})" if timed else "–")
    return line(words)


def means_table(rows: list[dict]) -> list[str]:
    lines = [line(["mode", "threads", "rows", "best ÷ Runnel", *LABELS])]
    lines.append(line(["---"] + ["---:"] * (3 + len(LABELS))))
    for kind in dict.fromkeys(row["kind"] for row in rows):
        for threads in sorted({row["threads"] for row in rows if row["kind"] == kind}):
            group = [row for row in rows if (row["kind"], row["threads"]) == (kind, threads)]
            lines.append(means_of(group, [kind, str(threads)]))
    return [*lines, means_of(rows, ["all", ""])]


def said_of(row: dict) -> str:
    return f"{row['case']}, {row['kind']}, {row['threads']} thread{'s' if row['threads'] > 1 else ''}"


def is_disturbed(row: dict) -> bool:
    before, after = row["mhz"]
    return row["others"] > 0.05 or row["steal"] > 0.02 or abs(after - before) > 0.05 * before


def remarks(rows: list[dict]) -> list[str]:
    """What a reader must know about single rows."""
    lines = []
    for row in rows:
        if (winner := best(row)) and winner[1]["ratio"] < 1:
            sure = "" if winner[1]["high"] < 1 else ", within the noise"
            lines.append(f"- {winner[0]} is faster: {said_of(row)} ({ratio(winner[1]['ratio'])}{sure})")
    for row in rows:
        for label, peer in columns(row).items():
            if trouble := peer.get("wrong") or peer.get("error"):
                lines.append(f"- {label} was left out: {said_of(row)}: {trouble}")
    disturbed = [row for row in rows if is_disturbed(row)]
    if len(disturbed) > 5:
        lines.append(f"- {len(disturbed)} of {len(rows)} rows were disturbed; the worst:")
    disturbed.sort(key=lambda row: -row["others"] - row["steal"])
    for row in disturbed[:5]:
        shares = f"{row['others']:.0%} of the time by other processes, {row['steal']:.0%} by the host"
        lines.append(f"- Disturbed, {shares}: {said_of(row)}")
    return lines or ["- No row has a faster peer, a wrong output, or was disturbed."]


def head(rows: list[dict]) -> str:
    last = rows[-1]
    versions = {COLUMNS[name]: version for row in rows for name, version in row["versions"].items()}
    missing = {COLUMNS[name]: why for name, why in last["absent"].items() if COLUMNS[name] not in versions}
    dates = sorted(row["date"][:10] for row in rows)
    programs = len({row["program"] for row in rows})
    return HEAD.format(
        command=commands(rows),
        date=dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}",
        cpu=last["cpu"],
        cpus=f"{last['cpus']} CPUs" + (f"; {programs} builds of Runnel" if programs > 1 else ""),
        targets=", ".join(sorted({row["runnel"]["target"] for row in rows})),
        versions=", ".join(f"{label} {version}" for label, version in versions.items()) or "no peer",
        absent="; ".join(f"absent: {label} ({why})" for label, why in missing.items()) or "no peer is absent",
    )


def text_job(path: Path) -> list[str]:
    """What text_job.py has left there."""
    if not path.exists():
        return []
    job = json.loads(path.read_text(encoding="utf-8"))
    lines = ["", "## The demo's job", "", job["said"], ""]
    lines += [line(["", "accuracy", "training", "sequences/s", "peak memory"]), line(["---"] + ["---:"] * 4)]
    for name, found in job["results"].items():
        words = [name, f"{100 * found['accuracy']:.2f} %", f"{found['seconds']:.1f} s"]
        lines.append(line([*words, f"{found['sequences_per_second']:,.0f}", f"{found['memory_mb']:.0f} MB"]))
    return lines


def write_page(results: list[dict], order: list[str], page: Path, job: Path) -> None:
    if not results:
        raise SystemExit("There are no results yet")
    rows = newest(results, {arguments: place for place, arguments in enumerate(order)})
    lines = [head(rows), *main_table(rows)]
    lines += ["", "Geometric means of the ratios, with the number of rows that a peer has:", "", *means_table(rows)]
    lines += ["", "## Remarks", "", *remarks(rows), *text_job(job)]
    lines.append(SETTINGS.rstrip())
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
