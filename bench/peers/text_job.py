#!/usr/bin/env python3
"""The demo's job, by Runnel and by PyTorch: the same split, the same network, the same training, side by side.

    pip install torch==2.13.0 numpy
    ./dev demo                                   # makes demo-output/{train,dev,test}.csv
    python bench/peers/text_job.py --runnel build/release/cli/runnel --data demo-output

For each seed, Runnel and PyTorch train in turn in processes of their own, with the same number of threads; the best
epoch by dev loss counts. Printed for both: test accuracy, seconds and sequences a second of training, peak memory of
the process. PyTorch gets what serves it best here: batches sorted by length within chunks, packed; fused Adam;
denormals flushed. The seconds of both are those of training alone, without reading files and without the dev set.
--write FILE leaves a summary for docs/performance.md (bench/peers/table.py reads build/peers/text_job.json).
"""

import argparse
import collections
import csv
import importlib.metadata
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

CHAIN = "Embedding(100) -> Dropout(0.3) -> LSTM(128) -> last -> Dropout(0.3) -> Linear"
BATCH, LR, CLIP, DIM, HIDDEN, DROPOUT, CHUNK = 64, 2e-3, 5.0, 100, 128, 0.3, 50
# Words with their apostrophes, and every other visible character by itself, as Runnel's tokenizer cuts them.
TOKEN = re.compile(r"[^\W_]+(?:['’](?<=[^\W\d_]['’])(?=[^\W\d_])[^\W_]+)*|[^\w\s]|_")


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = [[one_apostrophe(token) for token in TOKEN.findall(row["text"].lower())] for row in rows]
    return texts, [row["label"] for row in rows]


def one_apostrophe(token):
    """Inside a word ’ is written '; by itself it is a sign like another."""
    return token.replace("’", "'") if len(token) > 1 else token


def torch_job(data, seed, epochs, threads):
    """Trains and measures in this process; prints one line of JSON."""
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(seed)
    parts = {name: read(os.path.join(data, name + ".csv")) for name in ("train", "dev", "test")}
    counts = collections.Counter(token for text in parts["train"][0] for token in text)
    words = ["<pad>", "<unk>"] + sorted(counts, key=lambda token: (-counts[token], token.encode()))
    ids = {word: i for i, word in enumerate(words)}
    labels = sorted(set(parts["train"][1]) | set(parts["dev"][1]))
    numbers = {label: i for i, label in enumerate(labels)}
    coded = {}
    for name, (texts, names) in parts.items():
        coded[name] = [
            (torch.tensor([ids.get(token, 1) for token in text] or [1]), numbers.get(label, -1))
            for text, label in zip(texts, names)
        ]

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(len(words), DIM)
            self.dropout = nn.Dropout(DROPOUT)
            self.lstm = nn.LSTM(DIM, HIDDEN, batch_first=True)
            self.linear = nn.Linear(HIDDEN, len(labels))

        def forward(self, padded, lengths):
            x = self.dropout(self.embedding(padded))
            _, (h_n, _) = self.lstm(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
            return self.linear(self.dropout(h_n[-1]))

    def batch_of(examples):
        sequences = [sequence for sequence, _ in examples]
        lengths = torch.tensor([len(sequence) for sequence in sequences])
        return pad_sequence(sequences, batch_first=True), lengths, torch.tensor([label for _, label in examples])

    def measure(name):
        network.eval()
        loss = right = 0
        examples = [example for example in coded[name] if example[1] >= 0]
        examples.sort(key=lambda example: len(example[0]))
        with torch.inference_mode():
            for first in range(0, len(examples), 256):
                padded, lengths, targets = batch_of(examples[first : first + 256])
                scores = network(padded, lengths)
                loss += nn.functional.cross_entropy(scores, targets, reduction="sum").item()
                right += (scores.argmax(1) == targets).sum().item()
        network.train()
        return loss / len(examples), right / len(coded[name])

    network = Network()
    optimizer = torch.optim.Adam(network.parameters(), lr=LR, fused=True)
    best, best_state, seconds = float("inf"), None, 0.0
    for _ in range(epochs):
        start = time.monotonic()
        order = torch.randperm(len(coded["train"])).tolist()
        batches = []
        for first in range(0, len(order), CHUNK * BATCH):
            chunk = sorted(order[first : first + CHUNK * BATCH], key=lambda i: len(coded["train"][i][0]))
            batches += [chunk[i : i + BATCH] for i in range(0, len(chunk), BATCH)]
        for place in torch.randperm(len(batches)).tolist():
            padded, lengths, targets = batch_of([coded["train"][i] for i in batches[place]])
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(padded, lengths), targets).backward()
            nn.utils.clip_grad_norm_(network.parameters(), CLIP)
            optimizer.step()
        seconds += time.monotonic() - start
        dev_loss, _ = measure("dev")
        if dev_loss < best:
            best, best_state = dev_loss, {k: v.clone() for k, v in network.state_dict().items()}
    network.load_state_dict(best_state)
    _, accuracy = measure("test")
    print(json.dumps({"accuracy": accuracy, "seconds": seconds, "words": len(words)}))


def run(command):
    """Runs to the end: standard output, and the most memory that the process held, in MB."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"failed: {command}")
        out.seek(0)
        return out.read(), usage.ru_maxrss / 1024


def runnel_job(args, seed):
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "model.safetensors")
        part = lambda name: os.path.join(args.data, name + ".csv")
        common = ["--threads", str(args.threads), "--json"]
        printed, memory = run([args.runnel, "train", part("train"), "--dev", part("dev"), "-o", model, "--model", CHAIN,
                               "--epochs", str(args.epochs), "--patience", "0", "--seed", str(seed)] + common)
        lines = [json.loads(line) for line in printed.splitlines()]
        measured = json.loads(run([args.runnel, "evaluate", model, part("test")] + common)[0])
        seconds = sum(line["seconds"] for line in lines if "epoch" in line)
        return {"accuracy": measured["accuracy"], "seconds": seconds, "words": lines[0]["vocabulary"]}, memory


def summary(args, sequences, results):
    """Mean accuracy, median time, largest memory of each, as the table's page wants them."""
    found = {}
    names = {"runnel": "Runnel", "torch": f"PyTorch {importlib.metadata.version('torch')}"}
    for name, rows in results.items():
        accuracy, seconds, memory = zip(*rows)
        found[names[name]] = {
            "accuracy": statistics.mean(accuracy),
            "seconds": statistics.median(seconds),
            "sequences_per_second": sequences / statistics.median(seconds),
            "memory_mb": max(memory),
        }
    said = (f"`bench/peers/text_job.py`: {sequences // args.epochs:,} texts, {args.epochs} epochs; threads: {args.threads}, "
            f"seeds: {', '.join(map(str, args.seeds))}. Mean accuracy on unseen texts, median time, most memory.")
    return {"said": said, "results": found}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runnel", default="build/release/cli/runnel")
    parser.add_argument("--data", default="demo-output")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=["runnel", "torch"], help="leave out the other")
    parser.add_argument("--write", metavar="FILE", help="a summary as JSON")
    parser.add_argument("--torch-child", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.torch_child is not None:
        torch_job(args.data, args.torch_child, args.epochs, args.threads)
        return
    sequences = len(read(os.path.join(args.data, "train.csv"))[0]) * args.epochs
    results = {name: [] for name in ([args.only] if args.only else ["runnel", "torch"])}
    print(f"{'':8} seed  accuracy  training  sequences/s  peak memory  words")
    for seed in args.seeds:
        child = [sys.executable, __file__, "--torch-child", str(seed), "--data", args.data,
                 "--epochs", str(args.epochs), "--threads", str(args.threads)]
        jobs = {"runnel": lambda: runnel_job(args, seed),
                "torch": lambda: (lambda out: (json.loads(out[0]), out[1]))(run(child))}
        for name in results:
            result, memory = jobs[name]()
            results[name].append((result["accuracy"], result["seconds"], memory))
            print(f"{name:8} {seed:4}  {100 * result['accuracy']:6.2f} %  {result['seconds']:6.1f} s  "
                  f"{sequences / result['seconds']:11.0f}  {memory:8.0f} MB  {result['words']}", flush=True)
    for name, rows in results.items():
        accuracy, seconds, memory = zip(*rows)
        print(f"{name}: mean accuracy {100 * statistics.mean(accuracy):.2f} %, median training "
              f"{statistics.median(seconds):.1f} s, peak memory {max(memory):.0f} MB")
    if args.write:
        with open(args.write, "w", encoding="utf-8") as file:
            json.dump(summary(args, sequences, results), file)


if __name__ == "__main__":
    main()
