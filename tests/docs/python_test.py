#!/usr/bin/env python3
"""Runs the Python lines of docs/python.md as they stand there, against a freshly trained small model.

    python tests/docs/python_test.py --runnel build/release/cli/runnel       (needs torch, safetensors, numpy)
"""

import argparse
import contextlib
import io
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def lines_of(page, name):
    return re.search(rf"<!-- {name} -->\n```python\n(.*?)```", page, re.S).group(1)


def printed(code):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "docs/python.md", "exec"), {})
    return out.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runnel", default="build/release/cli/runnel")
    runnel = pathlib.Path(parser.parse_args().runnel).resolve()
    page = (pathlib.Path(__file__).parents[2] / "docs/python.md").read_text(encoding="utf-8")
    os.environ["PATH"] = f"{runnel.parent}:{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        difference = float(printed(lines_of(page, "compare")).splitlines()[-1])
        rows = "".join(f"good word{i},yes\nbad word{i},no\n" for i in range(30))
        pathlib.Path("data.csv").write_text("text,label\n" + rows, encoding="utf-8")
        subprocess.run(["runnel", "train", "data.csv", "-o", "model.safetensors", "--epochs", "1", "-q"], check=True)
        loaded = printed(lines_of(page, "load"))
    failed = 0
    for name, well in (("compare", difference < 1e-6), ("load", "All keys matched" in loaded and '"kind"' in loaded)):
        print(f"{'ok' if well else 'FAILED'}  {name}")
        failed += 0 if well else 1
    print(f"{2 - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
