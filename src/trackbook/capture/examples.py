"""Which of the data that a cell used goes into a model: a few rows of it make the signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.capture.strangers import ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ROWS = 5
_TABLE = 2
"""Dimensions."""


def input_example(model: object, names: Iterable[str], namespace: Mapping[str, object]) -> object | None:
    """Copy the first rows of the data that a fitted model takes; None when none of these names holds such data.

    names: what the cell reads, in order. Data is what the model takes when it has as many columns as the model was
    fitted on, of the same names where the model knows them. Looks at attributes that scikit-learn, XGBoost and
    LightGBM give their estimators: `n_features_in_`, `feature_names_in_`.
    """
    nothing: list[str] = []
    count = ask(lambda: int(model.n_features_in_), otherwise=0)  # type: ignore[attr-defined]
    known = ask(lambda: [str(name) for name in model.feature_names_in_], otherwise=nothing)  # type: ignore[attr-defined]
    for name in names:
        data = namespace.get(name)
        if count and ask(_columns, data, otherwise=None) == (known or count):
            return ask(_first_rows, data, otherwise=None)
    return None


def _columns(data: Any) -> list[str] | int | None:  # noqa: ANN401 - whatever the user has
    """Names of a frame's columns, or how many columns an array has; None for what is no table."""
    if len(getattr(data, "shape", ())) != _TABLE:
        return None
    names = getattr(data, "columns", None)
    return [str(name) for name in names] if names is not None else int(data.shape[1])


def _first_rows(data: Any) -> object:  # noqa: ANN401
    rows = data.head(_ROWS) if hasattr(data, "head") else data[:_ROWS]
    copy = getattr(rows, "copy", None)
    return copy() if callable(copy) else rows
