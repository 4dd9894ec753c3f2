"""Quantiles of Student's t, so that an interval of seeds needs no statistics package."""

from __future__ import annotations

import math
from statistics import NormalDist

_MANY = 100
"""Degrees of freedom from which the expansion is exact to eight digits."""


def t_quantile(share: float, freedom: float) -> float:
    """Return the t below which a share of Student's distribution lies.

    share: 0 < share < 1. freedom: at least 1; a fraction, as Welch's test has, is rounded
    down, which makes an interval a little wider.

    Source: Abramowitz & Stegun (1964), 26.7.3 and 26.7.4 for the distribution, 26.7.5 for the expansion.
    """
    whole = max(1, math.floor(freedom))
    if share < 0.5:  # noqa: PLR2004 - the middle
        return -t_quantile(1 - share, whole)
    if whole >= _MANY:
        return _expanded(NormalDist().inv_cdf(share), whole)
    low, high = 0.0, 1.0
    while _below(high, whole) < share and high < 1e300:  # noqa: PLR2004 - beyond it squares are infinite
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if _below(middle, whole) < share else (low, middle)
        if high - low <= 1e-13 * high:
            break
    return (low + high) / 2


def _below(t: float, freedom: int) -> float:
    """Share of Student's distribution below t >= 0, as a finite sum."""
    angle = math.atan2(t, math.sqrt(freedom))
    cosine, sine = math.cos(angle), math.sin(angle)
    term = total = cosine if freedom % 2 else 1.0
    for odd in range(3 if freedom % 2 else 2, freedom - 1, 2):
        term *= cosine * cosine * ((odd - 1) / odd)
        total += term
    if freedom == 1:
        within = 2 * angle / math.pi
    elif freedom % 2:
        within = 2 / math.pi * (angle + sine * total)
    else:
        within = sine * total
    return 0.5 + within / 2


def _expanded(z: float, freedom: int) -> float:
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    total: float = z + sum(term / freedom**power for power, term in enumerate(terms, start=1))
    return total
