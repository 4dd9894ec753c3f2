"""Tell which data a cell read: its shape, schema and a hash of its content within a time budget.

No library is imported for this: data of a library that nobody imported cannot be there.
Nothing is remembered between calls, since arrays are changed in place.
"""

from __future__ import annotations

import hashlib
import logging
import math
import os
import stat
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trackbook.records import DatasetFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from trackbook.capture.fingerprint import Table

logger = logging.getLogger(__name__)

FEWEST_ROWS = 2
FEWEST_ELEMENTS = 20
_FILE_BYTES_PER_SECOND = 500e6
_FILE_BLOCK = 1 << 20
_FILE_SPOTS, _FILE_SPOT = 64, 16_384


def describe(name: str, value: object, budget_seconds: float) -> DatasetFacts | None:
    """Describe a frame, series, array, tensor or matrix; None when it is none of these or cannot be read.

    Full content is hashed when that should fit the budget, else a sample (`sampled`). Equal content gives
    equal digests whatever its memory layout; another dtype, name, order or index gives another digest.
    """
    try:
        table = _as_table(value)
        return None if table is None else _described(name, table, budget_seconds)
    except Exception:  # foreign data types may do anything; a run without this fact is better than none
        logger.debug("could not describe %r", name, exc_info=True)
        return None


def find_datasets(names: Iterable[str], namespace: Mapping[str, object], budget_seconds: float) -> list[DatasetFacts]:
    """Describe the data among the names that a cell reads, in their order, each object once.

    Left out as too small to be data: tables under 2 rows or without columns, and arrays, series
    and tensors under 20 elements. So are a model's weights (torch's Parameter).
    The budget is shared: what costs least is hashed first, and what it leaves goes to the larger.
    When twice the budget is used up, the rest is left out.
    """
    tables: dict[str, Table] = {}
    seen: set[int] = set()
    for name in names:
        value = namespace.get(name)
        if value is None or id(value) in seen:
            continue
        seen.add(id(value))
        table = _quietly_as_table(name, value)
        if table is not None and not _is_tiny(table):
            tables[name] = table
    return _described_in_turn(tables, budget_seconds)


def _described_in_turn(tables: Mapping[str, Table], budget_seconds: float) -> list[DatasetFacts]:
    started = time.perf_counter()
    found: dict[str, DatasetFacts] = {}
    waiting = sorted(tables, key=lambda name: tables[name].size or math.inf)
    for position, name in enumerate(waiting):
        used = time.perf_counter() - started
        if used > 2 * budget_seconds and found:
            logger.debug("no time left to describe %s", ", ".join(waiting[position:]))
            break
        share = max(0.0, budget_seconds - used) / (len(waiting) - position)
        try:
            found[name] = _described(name, tables[name], share)
        except Exception:  # see describe
            logger.debug("could not describe %r", name, exc_info=True)
    return [found[name] for name in tables if name in found]


def _quietly_as_table(name: str, value: object) -> Table | None:
    try:
        if type(value).__name__ == "Parameter" and type(value).__module__.startswith("torch."):
            return None
        return _as_table(value)
    except Exception:  # see describe
        logger.debug("could not read %r", name, exc_info=True)
        return None


def _is_tiny(table: Table) -> bool:
    if table.shown_columns is not None and table.kind in {"pandas", "polars", "arrow"}:
        return table.rows < FEWEST_ROWS or table.shown_columns == 0
    if table.kind == "scipy":
        return (table.shown_rows or 0) * (table.shown_columns or 0) < FEWEST_ELEMENTS
    return table.rows < FEWEST_ELEMENTS


def _described(name: str, table: Table, budget_seconds: float) -> DatasetFacts:
    from trackbook.capture.fingerprint import fingerprint  # noqa: PLC0415 - numpy, see _as_table

    digest, sampled = fingerprint(table, budget_seconds)
    return DatasetFacts(
        name=name,
        kind=table.kind,
        digest=digest,
        sampled=sampled,
        rows=table.shown_rows,
        columns=table.shown_columns,
        schema=table.schema,
        size=table.size,
    )


def _as_table(value: Any) -> Table | None:  # noqa: ANN401 - whatever a notebook holds
    if "numpy" not in sys.modules:
        return None  # every library below brings it
    # Here and not above, so that trackbook without data does not load numpy.
    from trackbook.capture import arrays, frames, tables  # noqa: PLC0415

    readers: tuple[tuple[str, tuple[str, ...], Callable[[Any, Any], Table | None]], ...] = (
        ("numpy", ("ndarray",), lambda array, _: arrays.numpy_table(array) if array.ndim else None),
        ("pandas", ("DataFrame", "Series"), frames.pandas_table),
        ("polars", ("DataFrame", "Series"), tables.polars_table),
        ("torch", ("Tensor",), lambda tensor, torch: arrays.torch_table(tensor, torch) if tensor.ndim else None),
        ("pyarrow", ("Table", "RecordBatch"), lambda table, _: tables.arrow_table(table)),
        ("scipy.sparse", ("spmatrix", "sparray"), lambda matrix, _: arrays.scipy_table(matrix)),
    )
    for package, classes, read in readers:
        module = sys.modules.get(package)
        known = tuple(kind for name in classes if isinstance(kind := getattr(module, name, None), type))
        # By the true class: asking a proxy's __class__ would run its code.
        if issubclass(type(value), known):
            return read(value, module)
    return None


def describe_file(path_as_named: str, cwd: Path, budget_seconds: float) -> DatasetFacts | None:
    """Describe a regular file that code named, relative to `cwd`; None for anything else, URLs included.

    Within the budget the digest is the plain SHA-256 of the file, as sha256sum prints it; beyond it,
    that of its size and 64 pieces of 16 KiB spread evenly from head to tail.
    """
    try:
        path = cwd / Path(path_as_named).expanduser()
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):  # a pipe would block, a folder has no one content
            return None
        digest, sampled = _file_digest(path, facts.st_size, budget_seconds)
    except (OSError, ValueError, RuntimeError):
        return None
    name = Path(path_as_named).name
    return DatasetFacts(name, "file", digest, sampled, None, None, size=facts.st_size, path=path_as_named)


def _file_digest(path: Path, size: int, budget_seconds: float) -> tuple[str, bool]:
    deadline = time.perf_counter() + 2 * budget_seconds
    with path.open("rb", buffering=0) as file:
        if size <= budget_seconds * _FILE_BYTES_PER_SECOND:
            digest = hashlib.sha256()
            while block := file.read(_FILE_BLOCK):
                digest.update(block)
                if time.perf_counter() > deadline:
                    break  # a slow disk
            else:
                return digest.hexdigest(), False
        digest = hashlib.sha256(b"sample %d" % size)
        last = max(0, size - _FILE_SPOT)
        for start in sorted({last * spot // (_FILE_SPOTS - 1) for spot in range(_FILE_SPOTS)}):
            file.seek(start, os.SEEK_SET)
            digest.update(file.read(_FILE_SPOT))
    return digest.hexdigest(), True
