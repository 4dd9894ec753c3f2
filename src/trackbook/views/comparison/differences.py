"""What differs between several runs, in params, metrics, data, code and environment; what agrees is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trackbook.meaning import default_better
from trackbook.tracking.diff import same_value
from trackbook.tracking.difference_text import shown
from trackbook.views.literals import full_literal
from trackbook.views.numbers import change, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

    from trackbook.tracking.past import PastRun

_ABSENT = object()
"""In place of what a run does not have, since None is a value that a param may have."""

_LOOKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Differing:
    """One thing in which the runs are not the same."""

    what: str
    """params, defaults, metrics, tags, data, code, git, environment, packages or run."""

    name: str
    each: tuple[Any, ...]
    """One a run; None where a run has none."""

    shown: tuple[str, ...]
    """The same as written; `–` where a run has none."""

    hovers: tuple[str, ...]
    verdicts: tuple[str, ...]
    """Of metrics better or worse than the first run; else empty."""

    @property
    def sentence(self) -> str:
        """Say it in one line: from the first run to the others."""
        rest = list(dict.fromkeys(text for text in self.shown[1:] if text != self.shown[0]))
        more = f" and {len(rest) - 3} more" if len(rest) > 3 else ""  # noqa: PLR2004 - what a line holds
        return f"{self.name}: {self.shown[0]} → {', '.join(rest[:3])}{more}"


@dataclass(frozen=True, slots=True)
class Differences:
    """All that differs between several runs, and how much there was to look at."""

    run_ids: tuple[str, ...]
    names: tuple[str, ...]
    items: tuple[Differing, ...]
    looked_at: dict[str, int]
    """How many things of each kind were compared."""

    codes: tuple[str, ...]
    """Of each run."""

    patches: tuple[str, ...]

    def only(self, what: str) -> tuple[Differing, ...]:
        """Return those of one kind."""
        return tuple(item for item in self.items if item.what == what)


def find_differences(runs: Sequence[PastRun], better: Mapping[str, str]) -> Differences:
    """Compare runs that were read before, the first of them with all others; asks nobody.

    better: lower or higher by name of metric, where it is known; other names tell by themselves.
    """
    looked_at: dict[str, int] = {}
    items: list[Differing] = []
    for what, tables, write in _subjects(runs):
        names = list(dict.fromkeys(name for table in tables for name in table))
        looked_at[what] = len(names)
        for name in names if what in {"metrics", "git", "run", "code"} else sorted(names):
            values = tuple(table.get(name, _ABSENT) for table in tables)
            if not all(value is values[0] or _same(values[0], value) for value in values[1:]):
                items.append(_differing(what, name, values, write, better))
    return Differences(
        run_ids=tuple(run.run_id for run in runs),
        names=tuple(run.name for run in runs),
        items=tuple(items),
        looked_at=looked_at,
        codes=tuple(run.code for run in runs),
        patches=tuple(run.git_patch for run in runs),
    )


def differences_frame(found: Differences) -> pd.DataFrame:
    """One row a difference: what, name, and a column a run; of runs with one name the id stands behind it."""
    import pandas as pd  # noqa: PLC0415

    titles = [
        name if found.names.count(name) == 1 else f"{name} {run_id[-8:]}"
        for name, run_id in zip(found.names, found.run_ids, strict=True)
    ]
    rows = [(item.what, item.name, *item.each) for item in found.items]
    return pd.DataFrame(rows, columns=["what", "name", *titles], dtype=object)


def _subjects(runs: Sequence[PastRun]) -> Iterable[tuple[str, list[dict[str, Any]], Callable[[Any], str]]]:
    everything = [run.defaults | run.params for run in runs]
    own = {name for run in runs for name in run.params}
    yield "params", [{n: v for n, v in each.items() if n in own} for each in everything], shown
    yield "metrics", [dict(run.metrics) for run in runs], _number
    yield "defaults", [{n: v for n, v in each.items() if n not in own} for each in everything], shown
    yield "tags", [dict(run.tags) for run in runs], shown
    yield "data", [_data(run) for run in runs], _data_words
    yield "code", [{"code": each} for each in _looks([run.code for run in runs])], str
    yield (
        "git",
        [_git(run, look) for run, look in zip(runs, _looks([run.git_patch for run in runs]), strict=True)],
        shown,
    )
    known = [run for run in runs if run.environment]
    facts = ("python", "implementation", "platform")
    # Of a run without a known environment nothing is said, which is no difference.
    yield "environment", [_environment(run, known, facts) for run in runs], shown
    yield "packages", [_packages(run, known) for run in runs], shown
    yield "run", [{"status": run.status} | ({"error": run.error} if run.error else {}) for run in runs], shown


def _differing(
    what: str, name: str, values: tuple[Any, ...], write: Callable[[Any], str], better: Mapping[str, str]
) -> Differing:
    texts = tuple("–" if value is _ABSENT else write(value) for value in values)
    if len(set(texts)) == 1:  # "1" and 1, or digits beyond the short form
        texts = tuple("–" if value is _ABSENT else full_literal(value) for value in values)
    hovers = tuple("" if value is _ABSENT or what in {"data", "code"} else full_literal(value) for value in values)
    known = tuple(None if value is _ABSENT else value for value in values)
    verdicts = _verdicts(name, known, better) if what == "metrics" else ("",) * len(known)
    if what == "metrics":
        texts = tuple(_with_change(value, known[0], text) for value, text in zip(known, texts, strict=True))
    return Differing(what, name, known, texts, hovers, verdicts)


def _same(one: object, other: object) -> bool:
    return one is not _ABSENT and other is not _ABSENT and same_value(one, other)


def _with_change(value: float | None, first: float | None, text: str) -> str:
    if value is None or first is None:
        return text
    by = change(value, first)
    arrow = {1: " ▲", -1: " ▼"}.get(by.direction, "")
    return f"{by.value}{arrow} {by.delta}" if by.delta else text


def _verdicts(name: str, values: tuple[Any, ...], better: Mapping[str, str]) -> tuple[str, ...]:
    up, first = better.get(name) or default_better(name), values[0]
    found = []
    for value in values:
        if up is None or value is None or first is None or not (value < first or value > first):
            found.append("")
        else:
            found.append("better" if (value > first) == (up == "higher") else "worse")
    return tuple(found)


def _number(value: float) -> str:
    return number(value, 5)


def _looks(texts: Sequence[str]) -> list[str]:
    """Name texts A, B, …: equal ones alike."""
    different = list(dict.fromkeys(texts))
    return [
        _LOOKS[different.index(text)] if different.index(text) < len(_LOOKS) else f"#{different.index(text) + 1}"
        for text in texts
    ]


def _data(run: PastRun) -> dict[str, Any]:
    """Key data sets by role or name: (digest, rows, columns, sampled); the newest of one key counts."""
    return {
        str(each["role"] or each["name"]): (each["digest"], each["row_count"], each["column_count"], each["sampled"])
        for each in run.datasets
    }


def _data_words(facts: tuple[str, int | None, int | None, bool]) -> str:
    digest, rows, columns, sampled = facts
    size = f"{rows:,} rows" if rows is not None else "? rows"
    wide = f" × {columns:,}" if columns is not None else ""
    return f"{size}{wide} #{digest[:8]}{' (sampled)' if sampled else ''}"


def _git(run: PastRun, look: str) -> dict[str, Any]:
    if not run.git_commit:
        return {}
    return {"commit": run.git_commit, "branch": run.git_branch, "edits": run.git_edits, "uncommitted changes": look}


def _environment(run: PastRun, known: Sequence[PastRun], facts: Sequence[str]) -> dict[str, Any]:
    source = run if run.environment else known[0] if known else None
    return {} if source is None else {name: source.environment.get(name) for name in facts}


def _packages(run: PastRun, known: Sequence[PastRun]) -> dict[str, Any]:
    source = run if run.environment else known[0] if known else None
    return {} if source is None else dict(source.environment.get("packages", {}))
