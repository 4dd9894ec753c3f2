"""What curves are drawn of, and how the reader wants them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.store.curves import Along, Curve

MOST_PLOTS = 4
"""Side by side; more would be too narrow to read."""

AXES: dict[Along, str] = {"step": "step", "wall": "time (UTC)", "relative": "seconds since the run began"}
"""Title of the x axis."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the reader wants the curves; each field is a keyword of `tb.compare`."""

    x: Along = "step"
    smooth: float = 0.0
    """Share of the past, 0 <= smooth < 1, at each point of the whole curve (of a very long one at each stretch that
    was read), wherever the reader looks; the raw curve stands faint behind."""

    log_x: bool = False
    log_y: bool = False
    clip: bool = False
    """Leave the lowest and highest hundredth out of the range of y."""

    band: Literal["range", "sd"] = "range"
    """Round a group's mean: its lowest and highest run, or one standard deviation."""

    window: tuple[float, float] | None = None
    """The part of x that is looked at, in its own unit; None is all of it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that share a colour, a mean and a band."""

    label: str
    """Anything a user typed."""

    colour: str
    run_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """One metric of several runs."""

    metric: str
    curves: tuple[Curve, ...]
    """Of the runs that have it."""

    names: Mapping[str, str]
    """A run id's name."""

    colours: Mapping[str, str]
    """A run id's colour."""

    groups: tuple[Group, ...] = ()
    """When curves are coloured by something that runs share; empty is one colour a run."""

    coloured: int = 2_000
    """Points that a run with a colour of its own is drawn with, in the window if there is one."""

    grey: int = 20_000
    """Points that all runs without a colour of their own are drawn with, together."""
