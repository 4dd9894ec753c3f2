"""The runs as a table to look at: what varies, where one looks for it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

_FIRST = ("name", "attempt", "status", "started_at", "duration")
_LAST = ("experiment", "notebook", "git_commit", "note", "error", "run_id")


def compact(frame: pd.DataFrame) -> pd.DataFrame:
    """Choose and order the columns of a runs frame for reading; the rows stay as they are.

    Left out are columns that say nothing: empty ones, and of several runs the
    params and attributes in which all agree.
    """
    many = len(frame) > 1
    metrics = [name for name in frame.columns if str(name).startswith("metrics.")]
    params = [name for name in frame.columns if str(name).startswith("params.")]
    tags = [name for name in frame.columns if str(name).startswith("tags.")]
    chosen: list[Hashable] = [name for name in _FIRST if name in frame.columns]
    chosen += [name for name in metrics if _says_something(frame[name])]
    chosen += [name for name in params if (_varies(frame[name]) if many else _says_something(frame[name]))]
    chosen += [name for name in tags if _says_something(frame[name])]
    chosen += [
        name
        for name in _LAST
        if name in frame.columns and (name == "run_id" or (_says_something(frame[name]) and _varies(frame[name])))
    ]
    return frame[chosen]


def _says_something(column: pd.Series) -> bool:
    return bool((column.notna() & (column.astype(str) != "")).any())


def _varies(column: pd.Series) -> bool:
    """Tell whether two runs differ; lists and dicts are compared as written."""
    return len(set(column.map(repr))) > 1
