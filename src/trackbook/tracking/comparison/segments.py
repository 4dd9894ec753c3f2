"""Where one run is worse than another: segments of the data, found by a shallow tree, in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, MissingPackage
from trackbook.tracking.comparison.branches import Branch, branches
from trackbook.tracking.comparison.features import encode
from trackbook.tracking.comparison.rows import OURS, join_features
from trackbook.tracking.comparison.student import t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from trackbook.tracking.comparison.features import Feature

_SMALLEST = 20
"""Rows a segment has at least in the half that the tree grows on; of many rows a hundredth of them."""


def worst_segments(
    frame: pd.DataFrame,
    features: Any = None,  # noqa: ANN401 - names of columns, or any frame
    depth: int = 3,
    *,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Part the rows by their columns so that the runs' errors differ most, and say each part in words.

    frame: from `compare_rows`. features: names of its columns, or a frame that is joined by key; left out, all
    columns that `compare_rows` joined. Columns of the answer: segment (`age > 40 AND city = 'Oslo'`), rows, error_a
    and error_b (means), difference (error_a - error_b), low and high; a's worst first.

    A tree that looks for the worst finds something in pure noise, too. So it is grown on one half of the
    rows, and low and high are the interval of the difference in the other half, which it has not seen:
    believe a segment whose interval leaves zero out. The halves are drawn with a fixed seed.

    Numbers and dates are cut at a value, missing ones are a side of their own choice; text,
    categories and booleans are parted into sets, rare values together as "other". Columns in which
    hardly any value occurs twice (names, ids) are left out. Needs scikit-learn.
    Raises BadInput without usable columns, MissingPackage.

    Sources: Breiman et al., "Classification and Regression Trees" (1984), section 9.4 for ordered
    categories; Athey & Imbens, "Recursive partitioning for heterogeneous causal effects" (2016) for the halves.
    """
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    frame, names = _with_features(frame, features)
    lead = frame["difference"].to_numpy(dtype=float)
    grows = np.zeros(len(frame), dtype=bool)
    grows[np.random.default_rng(0).permutation(len(frame))[: (len(frame) + 1) // 2]] = True
    least = max(_SMALLEST, len(frame) // 200)
    found = [encode(name, frame[name], lead, grows, least) for name in names]
    usable = [feature for feature in found if feature is not None]
    if not usable:
        raise BadInput(f"None of the columns can part the rows: {', '.join(names) or 'there are none'}.")
    parts = _grow(usable, lead, grows, depth, least)
    rows = [_line(branch, frame, lead, members, grows, confidence) for branch, members in parts]
    columns = ["segment", "rows", "error_a", "error_b", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=columns).sort_values("difference", ascending=False, ignore_index=True)


def _with_features(frame: pd.DataFrame, features: Any) -> tuple[pd.DataFrame, list[str]]:  # noqa: ANN401
    missing = [column for column in ("key", "error_a", "error_b", "difference") if column not in frame]
    if missing:
        raise BadInput(f"The frame has no {', '.join(missing)}: give what tb.compare_rows(a, b) returns.")
    if features is None:
        return frame, [str(column) for column in frame.columns if column not in OURS]
    if isinstance(features, str):
        features = [features]
    if isinstance(features, (list, tuple)):
        unknown = [str(name) for name in features if name not in frame.columns]
        if unknown:
            raise BadInput(
                f"The frame has no column {', '.join(unknown)}. It has: {', '.join(map(str, frame.columns))}."
            )
        return frame, [str(name) for name in features]
    joined = join_features(frame[[column for column in OURS if column in frame]], features)
    return joined, [str(column) for column in joined.columns if column not in OURS]


def _grow(
    features: Sequence[Feature], lead: NDArray[Any], grows: NDArray[Any], depth: int, least: int
) -> list[tuple[Branch, NDArray[Any]]]:
    """Grow the tree on half of the rows; return each leaf and which of all rows fall into it."""
    import numpy as np  # noqa: PLC0415

    try:
        from sklearn.tree import DecisionTreeRegressor  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackage("scikit-learn", "Looking for the worst segments") from error
    table = np.column_stack([feature.codes for feature in features]).astype(np.float32)
    if depth < 1:
        raise BadInput(f"depth is {depth}, and a tree is at least 1 deep.")
    tree = DecisionTreeRegressor(max_depth=depth, min_samples_leaf=least, random_state=0)
    if int(grows.sum()) < 2 * least:  # too few rows to part
        return [(Branch(()), np.ones(len(lead), dtype=bool))]
    tree.fit(table[grows], lead[grows])
    leaves = tree.apply(table)
    return [(branch, leaves == leaf) for leaf, branch in branches(tree.tree_, features)]


def _line(
    branch: Branch,
    frame: pd.DataFrame,
    lead: NDArray[Any],
    members: NDArray[Any],
    grows: NDArray[Any],
    confidence: float,
) -> tuple[str, int, float, float, float, float, float]:
    error_a, error_b = (float(frame.loc[members, side].mean()) for side in ("error_a", "error_b"))
    low, high = _mean_interval(lead[members & ~grows], confidence)
    return branch.words, int(members.sum()), error_a, error_b, error_a - error_b, low, high


def _mean_interval(values: NDArray[Any], confidence: float) -> tuple[float, float]:
    n = len(values)
    if n < 2:  # noqa: PLR2004 - one value has no spread
        return math.nan, math.nan
    mean, half = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(n)
    half *= t_quantile((1 + confidence) / 2, n - 1)
    return mean - half, mean + half
