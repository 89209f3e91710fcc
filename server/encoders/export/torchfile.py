"""Tensors of a file that torch.save wrote in its form of before 1.6, without torch and without running what it names.

    magic | protocol | sizes of the writer | tensors by name, as views of storages | names of storages | storages

All but the last are pickles. A pickle may name any function to be called: here only the four that such a file needs are
known, and every other is refused. A storage is its count of numbers (int64) and the numbers.
"""

import pickle
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class _View(NamedTuple):
    """A tensor: numbers of a storage from `offset` on, at `strides` in numbers, not in bytes."""

    storage: tuple
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        known = {("collections", "OrderedDict"): OrderedDict, ("torch._utils", "_rebuild_tensor_v2"): _view}
        if (module, name) in known:
            return known[module, name]
        if module == "torch" and name in TYPES:
            return TYPES[name]
        raise ValueError(f"torchfile: expected tensors alone, got {module}.{name}")

    def persistent_load(self, pid: tuple) -> tuple:
        return pid


def _view(storage: tuple, offset: int, shape: tuple, strides: tuple, *_gradients: object) -> _View:
    return _View(storage, offset, shape, strides)


def tensors_in(path: Path) -> Mapping[str, np.ndarray]:
    """Raises ValueError for a file of another form."""
    with path.open("rb") as file:
        if _Reader(file).load() != MAGIC:
            raise ValueError(f"torchfile: expected a file of torch.save of before 1.6, got another in {path}")
        _protocol, sizes = _Reader(file).load(), _Reader(file).load()
        if not sizes["little_endian"]:
            raise ValueError("torchfile: expected numbers in little-endian order, got others")
        views: Mapping[str, _View] = _Reader(file).load()
        types = {key: dtype for _, dtype, key, _, _, _ in (view.storage for view in views.values())}
        storages = {key: _numbers(file, types[key]) for key in _Reader(file).load()}
    return {name: _tensor(view, storages[view.storage[2]]) for name, view in views.items()}


def _numbers(file: BinaryIO, dtype: np.dtype) -> np.ndarray:
    count = int.from_bytes(file.read(8), "little")
    return np.frombuffer(file.read(count * dtype.itemsize), dtype)


def _tensor(view: _View, numbers: np.ndarray) -> np.ndarray:
    last = view.offset + sum((size - 1) * step for size, step in zip(view.shape, view.strides))
    if last >= numbers.size:
        raise ValueError(f"torchfile: expected a tensor within its storage of {numbers.size} numbers, got one to {last}")
    steps = [step * numbers.itemsize for step in view.strides]
    return np.lib.stride_tricks.as_strided(numbers[view.offset :], view.shape, steps).copy()
