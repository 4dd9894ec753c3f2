"""Columns as a tree wants them: each value as a number whose order can be cut, and back into words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Feature:
    """One column, its values numbered."""

    name: str
    codes: NDArray[Any]
    """Shape (rows,): the place in `values`; NaN where an ordered value is missing."""

    values: Sequence[Any]
    """Sorted numbers and dates; categories in the order they are cut, with None for missing and OTHER for rare ones."""

    ordered: bool
    """True of numbers and dates, False of categories."""

    some_missing: bool
    """True when an ordered column has missing values; of categories they are a value of their own."""


class _Other:
    """All rare values of a column together."""

    def __repr__(self) -> str:
        return "other"


OTHER = _Other()


def encode(name: str, column: pd.Series, lead: NDArray[Any], grows: NDArray[Any], least: int) -> Feature | None:
    """Number the values of a column; None for one that cannot part the rows.

    lead: what the tree looks at, and grows: which rows it may look at, for the order of categories.
    least: rows below which a category is a rare one.
    """
    import pandas as pd  # noqa: PLC0415

    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind) or isinstance(kind, pd.CategoricalDtype):
        return _categories(name, column, lead, grows, least)
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind):
        return _ordered(name, column)
    if pd.api.types.is_datetime64_any_dtype(kind) or pd.api.types.is_timedelta64_dtype(kind):
        return _ordered(name, column)
    return _categories(name, column, lead, grows, least)


def _ordered(name: str, column: pd.Series) -> Feature | None:
    """Number by rank: single precision, which trees use, would blur large or close values."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    places, values = pd.factorize(column, sort=True)
    if len(values) < 2 and (places >= 0).all():  # noqa: PLR2004 - one value parts nothing
        return None
    codes = np.where(places < 0, np.nan, places.astype(float))
    return Feature(name, codes, list(values), ordered=True, some_missing=bool((places < 0).any()))


def _categories(name: str, column: pd.Series, lead: NDArray[Any], grows: NDArray[Any], least: int) -> Feature | None:
    """Order categories by the mean of what the tree looks at: the best two sets are then neighbours (Breiman 1984)."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    plain = column.astype(object)
    try:
        places, found = pd.factorize(plain)
    except TypeError:  # lists, dicts and the like
        return None
    values: list[Any] = [None, OTHER, *found]
    places = places + 2
    places[places == 1] = 0  # factorize's -1 is a missing value
    often = np.bincount(places[grows], minlength=len(values)) >= least
    often[:2] = True
    places[~often[places]] = 1
    counts, sums = (np.bincount(places[grows], weights, minlength=len(values)) for weights in (None, lead[grows]))
    means = np.where(counts > 0, sums / np.maximum(counts, 1), lead[grows].mean())
    there = np.unique(places)
    if len(there) < 2:  # noqa: PLR2004 - one value parts nothing
        return None
    order = there[np.argsort(means[there], kind="stable")]
    rank = np.zeros(len(values))
    rank[order] = np.arange(len(order))
    return Feature(name, rank[places], [values[place] for place in order], ordered=False, some_missing=False)


def between(low: Any, high: Any) -> Any:  # noqa: ANN401 - a number or a date
    """Return the shortest number that parts two neighbours, low <= it < high; of dates and infinities the lower one."""
    if not isinstance(low, float) or not math.isfinite(low) or not math.isfinite(high):
        return low
    for digits in range(1, 18):
        cut = float(f"{low + (high - low) / 2:.{digits}g}")
        if low <= cut < high:
            return int(cut) if cut.is_integer() and abs(cut) < 2**53 else cut
    return low
