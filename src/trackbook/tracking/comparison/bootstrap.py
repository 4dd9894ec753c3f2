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

_RESAMPLES, _ROWS = 50, 8192
"""A block of weights: 1.6 MB, which stays in a processor's cache."""

_SIXTEENTHS = (6, 6, 2, 2)
"""Of the weights 0, 1, 2, 3: four random bits a row give mean 1 and variance 1 exactly, as Poisson's weights have;
their third moment about the mean is 0.75 instead of 1, which thousands of rows level out."""


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
        return "a random weight a row (0 to 3, mean and variance 1)"
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
    """Weigh each row instead of drawing it; a mean is then a scalar product, and rows come in blocks."""
    import numpy as np  # noqa: PLC0415

    # Centred and scaled, so that single precision loses nothing that an interval could show.
    centre, scale = columns.mean(axis=0), columns.std(axis=0)
    scale[scale == 0] = 1.0
    small = np.ascontiguousarray(((columns - centre) / scale).T, dtype=np.float32)
    small = np.vstack([small, np.ones((1, len(columns)), dtype=np.float32)])
    sums = np.zeros((resamples, len(small)))
    fours = _weights_of_four()
    for done in range(0, resamples, _RESAMPLES):
        block = sums[done : done + _RESAMPLES]
        for start in range(0, len(columns), _ROWS):
            rows = small[:, start : start + _ROWS]
            weights = _draw_weights(len(block), rows.shape[1], fours, rng)
            for place, row in enumerate(rows):
                # One scalar product a resample: a matrix product would wake a pool of threads for each small block.
                block[:, place] += np.matmul(weights[:, None, :], row[:, None])[:, 0, 0]
    means: Floats = centre + scale * (sums[:, :-1] / sums[:, -1:])
    return means


def _weights_of_four() -> NDArray[np.complex128]:
    """For each 16 random bits the weights of four rows, as one 16-byte number that a single look-up copies."""
    import numpy as np  # noqa: PLC0415

    one = np.repeat(np.arange(len(_SIXTEENTHS), dtype=np.float32), _SIXTEENTHS)
    bits = np.arange(1 << 16)
    table = np.stack([one[(bits >> shift) & 15] for shift in (0, 4, 8, 12)], axis=1)
    return np.ascontiguousarray(table).view(np.complex128).ravel()


def _draw_weights(
    resamples: int, rows: int, fours: NDArray[np.complex128], rng: np.random.Generator
) -> NDArray[np.float32]:
    import numpy as np  # noqa: PLC0415

    across = -(-rows // 4)
    words = -(-resamples * across // 4)
    # Whole 64-bit words are ten times faster than `rng.bytes`, and "wrap" than checking each index.
    bits = rng.integers(0, 2**64 - 1, words, dtype=np.uint64, endpoint=True).view(np.uint16)[: resamples * across]
    return fours.take(bits, mode="wrap").view(np.float32).reshape(resamples, 4 * across)[:, :rows]


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
