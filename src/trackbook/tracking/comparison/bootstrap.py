"""The bootstrap of means: drawing rows again and again, and the interval that follows.

Every measure we compare is a function of means over rows (a share of right
rows, a mean loss, sums of squares), so resampling means is all that is needed.

Sources: Efron & Tibshirani, "An Introduction to the Bootstrap" (1993); for
independent weights instead of drawn rows Hanley & MacGibbon, "Creating
non-parametric bootstrap samples using Poisson frequencies" (2006), Chamandy
et al., "Estimating uncertainty for massive data streams" (2012), and Praestgaard
& Wellner, "Exchangeably weighted bootstraps of the general empirical process"
(1993), by whom any weights of mean 1 and variance 1 will do.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, TypeAlias

from trackbook.tracking.comparison.student import t_quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Whole: TypeAlias = NDArray[np.int64]

MOST_DRAWN = 5_000
"""Up to so many rows each resample draws rows with replacement; beyond, each row gets a weight of its own."""

_AT_ONCE = 2_000_000
"""Numbers held at a time, about 16 MB, whatever the number of rows."""

_WEIGHTS = (0.1388076866, 0.4263115340, 0.7428153491, 2.6920654303)
"""Two random bits choose one of these, which have the mean, the variance and the third moment about the mean that
Poisson's weights have, 1 each: they are 1 + t for the roots of t⁴ - 2t² - 4t/3 + c, here c = -0.215."""

_FOUR = 4
"""Rows that one random byte weighs."""

_BLOCK = 256
"""Fours at a time: what they need is about 2 MB, which stays in a processor's cache."""


def resample_means(columns: Floats, counts: Whole | None, resamples: int, seed: int) -> Floats:
    """Draw all rows again with replacement, many times, and return the mean of each column each time.

    columns: shape (rows, columns), one line a row; with counts, shape (rows,), one line stands for
    so many equal rows. Returns shape (resamples, columns). The same seed gives the same answer.
    Memory stays below 100 MB.
    """
    import numpy as np  # noqa: PLC0415

    rng = np.random.Generator(np.random.PCG64DXSM(seed))
    if counts is not None:
        return _by_counts(columns, counts, resamples, rng)
    if len(columns) <= MOST_DRAWN:
        return _by_drawing(columns, resamples, rng)
    return _by_weights(columns, resamples, rng)


def way_of(rows: int, counts: Whole | None) -> str:
    """Say in words how `resample_means` goes about so many rows."""
    if counts is None and rows > MOST_DRAWN:
        return "a random weight a row (mean, variance and skewness 1)"
    return "rows drawn with replacement"


def _by_counts(columns: Floats, counts: Whole, resamples: int, rng: np.random.Generator) -> Floats:
    """Exact: how often each kind of row is drawn is multinomial."""
    import numpy as np  # noqa: PLC0415

    total = int(counts.sum())
    block = max(1, _AT_ONCE // len(counts))
    parts = [
        rng.multinomial(total, counts / total, size=min(block, resamples - done)) @ columns
        for done in range(0, resamples, block)
    ]
    means: Floats = np.vstack(parts) / total
    return means


def _by_drawing(columns: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    import numpy as np  # noqa: PLC0415

    rows, width = columns.shape
    means = np.empty((resamples, width))
    each = [np.ascontiguousarray(columns[:, place]) for place in range(width)]
    block = max(1, _AT_ONCE // 4 // rows)
    for done in range(0, resamples, block):
        drawn = rng.integers(0, rows, (min(block, resamples - done), rows), dtype=np.uint16)
        for place, column in enumerate(each):
            means[done : done + block, place] = column.take(drawn, mode="clip").mean(axis=1)
    return means


def _by_weights(columns: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """Weigh each row instead of drawing it.

    What four rows add to the sums is looked up for all columns at once, in a table of the 256 ways to weigh them:
    a resample of four rows then costs a random byte, a look-up and an addition.
    """
    import numpy as np  # noqa: PLC0415

    rows, width = columns.shape
    # Centred and scaled, so that single precision loses nothing that an interval could show.
    centre, scale = columns.mean(axis=0), columns.std(axis=0)
    scale[scale == 0] = 1.0
    fours = _in_fours((columns - centre) / scale)
    ways = _ways_to_weigh_four()
    sums = np.zeros((resamples, fours.shape[2]))
    for start in range(0, len(fours), _BLOCK):
        sums += _weighed(np.matmul(ways, fours[start : start + _BLOCK]), resamples, rng)
    means: Floats = centre + scale * (sums[:, :width] / (rows + sums[:, width : width + 1]))
    return means


def _in_fours(columns: Floats) -> NDArray[np.float32]:
    """Put rows in fours, shape (fours, 4, lanes); the lane after the columns is 1 where there is a row."""
    import numpy as np  # noqa: PLC0415

    rows, width = columns.shape
    lanes = 1 << width.bit_length()  # numpy copies 8, 16 or 32 bytes in one step
    padded = np.zeros((-(-rows // _FOUR) * _FOUR, lanes), dtype=np.float32)
    padded[:rows, :width], padded[:rows, width] = columns, 1
    return padded.reshape(-1, _FOUR, lanes)


def _ways_to_weigh_four() -> NDArray[np.float32]:
    """What each byte adds to or takes from a weight of one, shape (256, 4)."""
    import numpy as np  # noqa: PLC0415

    beyond = np.array(_WEIGHTS, dtype=np.float32) - 1
    return np.stack([beyond[(np.arange(256) >> shift) & 3] for shift in (0, 2, 4, 6)], axis=1)


def _weighed(tables: NDArray[np.float32], resamples: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw a way for each four rows and each resample, and add up; tables: shape (fours, 256, lanes)."""
    import numpy as np  # noqa: PLC0415

    fours, _, lanes = tables.shape
    line = np.dtype((np.void, tables.itemsize * lanes))
    # Whole 64-bit words are ten times faster than `rng.bytes`.
    words = rng.integers(0, 2**64 - 1, -(-fours * resamples // 8), dtype=np.uint64, endpoint=True)
    ways = words.view(np.uint8)[: fours * resamples].reshape(fours, resamples)
    found, total = np.empty(resamples, dtype=line), np.zeros(resamples * lanes, dtype=np.float32)
    added = found.view(np.float32)
    for table, way in zip(tables.view(line)[:, :, 0], ways, strict=True):
        table.take(way, out=found, mode="wrap")  # "wrap" does not check each index
        total += added
    return total.reshape(resamples, lanes)


def interval(drawn: Floats, rows: int, confidence: float) -> tuple[float, float]:
    """Return the ends of the percentile interval of resampled values, widened for few rows.

    drawn: shape (resamples,); values that are NaN (a resample in which a measure has no meaning) are left out.
    The plain percentile interval is too short by a factor of about sqrt(1 - 1/rows) and uses the normal's
    quantiles where Student's belong; so its percentiles are moved outward. At 1,000 rows nothing is left of it.
    In simulations a 90 % interval holds the truth in 89 to 92 % of cases from 20 rows on, with very long
    tails (a normal error times an exponential one) in 83 to 87 % at 20 to 50 rows and 88 % at 400.

    Source: Hesterberg, "What teachers should know about the bootstrap" (2015), section 5.3,
    the expanded percentile interval.
    """
    import numpy as np  # noqa: PLC0415

    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return math.nan, math.nan
    t = t_quantile((1 + confidence) / 2, rows - 1) * math.sqrt(rows / (rows - 1))
    tail = NormalDist().cdf(-t)
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)
