"""Makes the golden files: what torch computes, for the tests to hold Runnel against.

    python tests/golden/make.py [FOLDER]        FOLDER: where the files go, unless beside this script

README.md says what stands in them.
"""

import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

TORCH_VERSION = "2.13"
INSTALL = f"""tests/golden/make.py needs torch {TORCH_VERSION}, numpy and safetensors: {{found}}.
Install them with

    python3 -m venv .venv && .venv/bin/pip install torch=={TORCH_VERSION}.0 numpy safetensors \\
        --extra-index-url https://download.pytorch.org/whl/cpu

and run this again with .venv/bin/python."""

try:
    import torch
    from safetensors.torch import save
except ImportError as error:
    sys.exit(INSTALL.format(found=f"{error.name} is not installed"))
if not torch.__version__.startswith(TORCH_VERSION + "."):
    sys.exit(INSTALL.format(found=f"this is torch {torch.__version__}"))

sys.dont_write_bytecode = True  # no __pycache__ among the golden files
# These import torch, so they wait for the check above.
import layers  # noqa: E402
import losses  # noqa: E402
import optimizers  # noqa: E402
import printed  # noqa: E402
import recurrent  # noqa: E402
import sequences  # noqa: E402
from values import Case, golden  # noqa: E402

MAX_BYTES = 3_000_000


def files() -> Iterator[tuple[str, Iterator[tuple[str, Case]]]]:
    for layer in recurrent.LAYERS:
        yield layer, recurrent.layer_cases(layer)
    yield "cells", recurrent.cell_cases()
    yield "layers", layers.cases()
    yield "losses", losses.cases()
    yield "optimizers", optimizers.cases()
    yield "sequences", sequences.cases()


def main() -> None:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    warnings.filterwarnings("ignore", "LSTM with projections is not supported with oneDNN")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for name, cases in files():
        results = [golden(case_name, case) for case_name, case in cases]
        tensors = {key: tensor for result in results for key, tensor in result.items()}
        path = folder / f"{name}.safetensors"
        path.write_bytes(save(tensors))
        total += path.stat().st_size
        print(
            f"{path.name:24} {len(results):4} cases {len(tensors):6} tensors {path.stat().st_size:10,} bytes"
        )
    path = folder / "printed_models.json"
    path.write_text(printed.text())
    total += path.stat().st_size
    print(f"{path.name:24} {len(printed.MODELS):4} models {'':14} {path.stat().st_size:10,} bytes")
    print(f"{'together':24} {'':25} {total:10,} bytes")
    if total > MAX_BYTES:
        sys.exit(f"the golden files may have {MAX_BYTES:,} bytes together")


if __name__ == "__main__":
    main()
