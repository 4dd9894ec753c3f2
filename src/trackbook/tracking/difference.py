"""What differs between two runs, as records; `diff` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    from trackbook.meaning import Better
    from trackbook.tracking.comparison.verdict import Verdict

OnlyIn = Literal["a", "b", ""]
"""The one run that has something; empty when both have it."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs."""

    run_id: str
    name: str
    status: str
    duration: float | None
    """Seconds; None while it runs."""

    error: str = ""
    """The error's last line; empty without one."""


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A param, a tag or a fact that is not the same in both."""

    name: str
    a: object
    """None when only b has it."""

    b: object
    """None when only a has it."""

    only_in: OnlyIn = ""
    is_default: bool = False
    """True when neither user set it: an estimator's own default."""


@dataclass(frozen=True, slots=True)
class MetricDifference:
    """Last values of one metric; equal ones are listed too."""

    name: str
    a: float | None
    """None when a has no such metric."""

    b: float | None
    """None when b has no such metric."""

    better: Better | None = None
    """Which way is up; None when nobody knows."""

    @property
    def delta(self) -> float | None:
        """How far b is from a, b - a; None when one of them is missing."""
        return None if self.a is None or self.b is None else self.b - self.a

    @property
    def is_same(self) -> bool:
        """Tell whether both have the same value; NaN equals NaN."""
        return self.a == self.b or (self.a is not None and self.a != self.a and self.b is not None and self.b != self.b)

    @property
    def verdict(self) -> Literal["better", "worse", ""]:
        """Whether b is better than a; empty when equal, missing, NaN, or when nobody knows."""
        if self.better is None or self.a is None or self.b is None or not (self.a < self.b or self.a > self.b):
            return ""
        return "better" if (self.b > self.a) == (self.better == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class DataFacts:
    """One data set as one run saw it."""

    name: str
    digest: str
    sampled: bool
    """True when the digest is that of a sample."""

    rows: int | None
    columns: int | None


@dataclass(frozen=True, slots=True)
class DataDifference:
    """One data set in both runs; equal ones are listed too, since "same data" is an answer."""

    name: str
    """Its role (train, test) where the user gave one, else the variable's or file's name."""

    a: DataFacts | None
    b: DataFacts | None

    @property
    def is_same(self) -> bool:
        """Tell whether both runs read the same content."""
        return self.a is not None and self.b is not None and self.a.digest == self.b.digest


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two runs, a the first and b the second; everything reads from a to b."""

    a: Side
    b: Side
    params: tuple[ValueChange, ...]
    """Those that differ, the set ones before the defaults."""

    metrics: tuple[MetricDifference, ...]
    """All metrics of both."""

    tags: tuple[ValueChange, ...]
    data: tuple[DataDifference, ...]
    """All data sets of both."""

    code: str
    """Unified diff of the cells as executed; empty when equal."""

    git: tuple[ValueChange, ...]
    """Of commit, branch and edits those that differ."""

    patch: str
    """Unified diff between the two uncommitted patches; empty when equal."""

    environment: tuple[ValueChange, ...]
    """Of python, implementation and platform those that differ; empty when one of the runs has none."""

    packages: tuple[ValueChange, ...]
    """Versions that changed, packages that came or went."""

    predictions: Verdict | None = None
    """Whether b is better than a, where both kept predictions that can be compared."""

    @property
    def is_same(self) -> bool:
        """Tell whether nothing but the name, the time and how long it took tells the runs apart."""
        return not self.differing

    @property
    def differing(self) -> tuple[str, ...]:
        """What differs, by name of the field: params, metrics, tags, data, code, git, environment, status."""
        found = {
            "params": bool(self.params),
            "metrics": any(not metric.is_same for metric in self.metrics),
            "tags": bool(self.tags),
            "data": any(not data.is_same for data in self.data),
            "code": bool(self.code),
            "git": bool(self.git or self.patch),
            "environment": bool(self.environment or self.packages),
            "status": self.a.status != self.b.status,
        }
        return tuple(name for name, differs in found.items() if differs)

    def __repr__(self) -> str:
        from trackbook.tracking.difference_text import difference_text  # noqa: PLC0415 - it is built on these records

        return difference_text(self)

    def _repr_html_(self) -> str:
        from trackbook.tracking.difference_html import difference_html  # noqa: PLC0415 - as above

        return difference_html(self)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each thing compared: what, name, a, b, delta, verdict, same.

        what: param, default, metric, predictions (a measure computed from them), tag,
        data, code, git, environment, package or run (status, duration). Of params,
        tags, git and packages only what differs has a row. Code and patch stand in b as a unified diff.
        """
        import pandas as pd  # noqa: PLC0415

        columns = ["what", "name", "a", "b", "delta", "verdict", "same"]
        rows = [
            *(("default" if p.is_default else "param", p.name, p.a, p.b, None, "", False) for p in self.params),
            *(("metric", m.name, m.a, m.b, m.delta, m.verdict, m.is_same) for m in self.metrics),
            *_judged(self.predictions),
            *(("tag", t.name, t.a, t.b, None, "", False) for t in self.tags),
            *(("data", d.name, _digest(d.a), _digest(d.b), None, "", d.is_same) for d in self.data),
            *((("code", "code", None, self.code, None, "", False),) if self.code else ()),
            *(("git", g.name, g.a, g.b, None, "", False) for g in self.git),
            *((("git", "patch", None, self.patch, None, "", False),) if self.patch else ()),
            *(("environment", e.name, e.a, e.b, None, "", False) for e in self.environment),
            *(("package", p.name, p.a, p.b, None, "", False) for p in self.packages),
            ("run", "status", self.a.status, self.b.status, None, "", self.a.status == self.b.status),
            ("run", "duration", self.a.duration, self.b.duration, _minus(self), "", False),
        ]
        frame = pd.DataFrame(rows, columns=columns).astype({"a": object, "b": object})
        return frame.assign(delta=pd.to_numeric(frame["delta"]))


def _judged(verdict: Verdict | None) -> tuple[tuple[object, ...], ...]:
    """Make a row of a verdict, which speaks of b as its first run."""
    if verdict is None:
        return ()
    values = verdict.value_b, verdict.value_a, verdict.difference
    return (("predictions", verdict.metric, *values, verdict.verdict, not verdict.differing),)


def _digest(facts: DataFacts | None) -> str | None:
    return None if facts is None else facts.digest


def _minus(difference: Difference) -> float | None:
    a, b = difference.a.duration, difference.b.duration
    return None if a is None or b is None else b - a
