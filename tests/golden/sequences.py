"""Golden cases of packing and padding. The values are value(1, i); a sequence's are value(20 + row, i).

    pack_padded.LENGTHS.{bf,sf}
        from [batch, seq, feature=2] or [seq, batch, feature=2]:
        data, batch_sizes, sorted_indices, unsorted_indices
        padded         unpacked again
        padded_to_7    unpacked with total_length=7 and padding_value=-1
        LENGTHS        unsorted [3, 5, 1], ties [2, 4, 4, 1, 2], equal [4, 4, 4], one [4],
                       short [3, 2] of a padded seq=4
    pad_sequence.{bf,sf}.{zero,minus_1}
        from sequences of 3, 5, 0 and 1 steps, feature=2, padded with 0 or -1: padded
    pack_sequence
        from sequences of 3, 5 and 1 steps: data, batch_sizes, sorted_indices, unsorted_indices

`lengths` is stored. Equal lengths keep the caller's order.
"""

from collections.abc import Iterator
from itertools import product

import torch
from torch import Tensor
from torch.nn.utils.rnn import (
    PackedSequence,
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
    pad_sequence,
)

from values import INPUT, Case, Tensors, value

FEATURE = 2
LENGTHS = {"unsorted": [3, 5, 1], "ties": [2, 4, 4, 1, 2], "equal": [4, 4, 4], "one": [4], "short": [3, 2]}
PADDED_SEQ = {"short": 4}
FIRST_SEQUENCE = 20


def _packed_parts(packed: PackedSequence) -> Tensors:
    return {
        "data": packed.data,
        "batch_sizes": packed.batch_sizes,
        "sorted_indices": packed.sorted_indices,
        "unsorted_indices": packed.unsorted_indices,
    }


def _pack_padded(name: str, batch_first: bool) -> Case:
    def run(dtype: torch.dtype) -> Tensors:
        lengths = LENGTHS[name]
        seq = PADDED_SEQ.get(name, max(lengths))
        shape = [len(lengths), seq] if batch_first else [seq, len(lengths)]
        packed = pack_padded_sequence(
            value(INPUT, [*shape, FEATURE], dtype), lengths, batch_first, enforce_sorted=False
        )
        padded, _ = pad_packed_sequence(packed, batch_first)
        padded_to_7, _ = pad_packed_sequence(packed, batch_first, padding_value=-1.0, total_length=7)
        return {
            "lengths": torch.tensor(lengths),
            **_packed_parts(packed),
            "padded": padded,
            "padded_to_7": padded_to_7,
        }

    return run


def _sequences(lengths: list[int], dtype: torch.dtype) -> list[Tensor]:
    return [value(FIRST_SEQUENCE + row, [steps, FEATURE], dtype) for row, steps in enumerate(lengths)]


def _pad_sequence(batch_first: bool, padding_value: float) -> Case:
    def run(dtype: torch.dtype) -> Tensors:
        lengths = [3, 5, 0, 1]
        padded = pad_sequence(_sequences(lengths, dtype), batch_first, padding_value)
        return {"lengths": torch.tensor(lengths), "padded": padded}

    return run


def _pack_sequence(dtype: torch.dtype) -> Tensors:
    lengths = LENGTHS["unsorted"]
    packed = pack_sequence(_sequences(lengths, dtype), enforce_sorted=False)
    return {"lengths": torch.tensor(lengths), **_packed_parts(packed)}


def cases() -> Iterator[tuple[str, Case]]:
    layouts = {"bf": True, "sf": False}
    for name, (layout, batch_first) in product(LENGTHS, layouts.items()):
        yield f"pack_padded.{name}.{layout}", _pack_padded(name, batch_first)
    for (layout, batch_first), (fill, number) in product(
        layouts.items(), {"zero": 0.0, "minus_1": -1.0}.items()
    ):
        yield f"pad_sequence.{layout}.{fill}", _pad_sequence(batch_first, number)
    yield "pack_sequence", _pack_sequence
