"""Comparing two runs: `compare` is pure, `diff` asks the store."""

from __future__ import annotations

from dataclasses import replace
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadValue, TrackbookError, warn
from trackbook.meaning import default_better
from trackbook.store import which_way_is_up
from trackbook.tracking.comparison.pairing import pair
from trackbook.tracking.comparison.predictions import get_predictions, has_predictions
from trackbook.tracking.comparison.verdict import judge
from trackbook.tracking.difference import DataDifference, DataFacts, Difference, MetricDifference, Side, ValueChange
from trackbook.tracking.past import PastRun, read_run
from trackbook.tracking.run import Run
from trackbook.tracking.start import current_store
from trackbook.values import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.meaning import Better
    from trackbook.tracking.comparison.verdict import Verdict

_MOST_LINES = 5_000
"""Longer texts are only said to differ: finding out how takes time that grows with the square."""


def diff(a: str | PastRun | Run, b: str | PastRun | Run) -> Difference:
    """Say what differs between two runs: params, metrics, data, code, git, environment, tags.

    Where both kept predictions for the same rows it also says whether b is really better, as `tb.is_better`.
    a, b: as for `get_run`: an id, a beginning of it, a name or "last"; also a run itself.
    Raises RunNotFound, BadInput for a beginning that several runs share.
    """
    one, other = _read(a), _read(b)
    better: dict[str, str] = {}
    for store in {one.store, other.store}:
        with store.asking() as db:
            better |= which_way_is_up(db)
    return replace(compare(one, other, better), predictions=_verdict(one, other))


def _verdict(a: PastRun, b: PastRun) -> Verdict | None:
    """Judge b against a by their predictions; None where they kept none, or such as cannot be compared."""
    try:
        if not (has_predictions(a) and has_predictions(b)):
            return None
        return judge(pair(get_predictions(b), get_predictions(a)))
    except TrackbookError:
        return None
    except Exception as error:  # noqa: BLE001 - whatever is odd about predictions, the rest of the answer stands
        warn(f"The predictions of {a.name} and {b.name} were not compared: {error!r}")
        return None


def _read(run: str | PastRun | Run) -> PastRun:
    if isinstance(run, PastRun):
        return run
    if isinstance(run, Run):
        return read_run(run.store, run.run_id)
    if not isinstance(run, str):
        raise BadValue("A run to compare", run, 'needs to be its id, its name, "last", or what get_run returned')
    return read_run(current_store(), run)


def compare(a: PastRun, b: PastRun, better: Mapping[str, str] | None = None) -> Difference:
    """Compare two runs that were read before; asks nobody.

    better: "lower" or "higher" by name of metric, as the user defined them; other names tell by themselves.
    """
    return Difference(
        a=_side(a),
        b=_side(b),
        params=_params(a, b),
        metrics=_metrics(a.metrics, b.metrics, better or {}),
        tags=value_changes(a.tags, b.tags),
        data=_data(a.datasets, b.datasets),
        code=text_diff(a.code, b.code, a.name, b.name),
        git=value_changes(_git(a), _git(b)),
        patch=text_diff(a.git_patch, b.git_patch, a.name, b.name),
        environment=_environment(a.environment, b.environment),
        packages=_packages(a.environment, b.environment),
    )


def same_value(one: object, other: object) -> bool:
    """Tell whether two params are equal: NaN equals NaN, 1 equals 1.0, but True is not 1 and "1" is not 1."""
    if isinstance(one, (bool, str)) or isinstance(other, (bool, str)):
        return type(one) is type(other) and one == other
    return one == other or (type(one) is type(other) and to_json(one) == to_json(other))


def value_changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[ValueChange, ...]:
    """List what differs between two mappings: changed, only in a, only in b; by name."""
    found = []
    for name in sorted({*a, *b}):
        if name not in a:
            found.append(ValueChange(name, None, b[name], "b"))
        elif name not in b:
            found.append(ValueChange(name, a[name], None, "a"))
        elif not same_value(a[name], b[name]):
            found.append(ValueChange(name, a[name], b[name]))
    return tuple(found)


def text_diff(a: str, b: str, name_a: str, name_b: str) -> str:
    """Write a unified diff of two texts; empty when equal, one sentence when they are too long to compare."""
    if a == b:
        return ""
    lines_a, lines_b = a.splitlines(), b.splitlines()
    if max(len(lines_a), len(lines_b)) > _MOST_LINES:
        return (
            f"They differ; with {len(lines_a)} and {len(lines_b)} lines they are too long to be compared line by line."
        )
    found = "\n".join(unified_diff(lines_a, lines_b, name_a, name_b, lineterm=""))
    return found or "They differ in how their lines end only."


def _side(run: PastRun) -> Side:
    return Side(run.run_id, run.name, run.status, run.duration, run.error)


def _params(a: PastRun, b: PastRun) -> tuple[ValueChange, ...]:
    """Compare what counts in each run, set or default; a value set by hand equals the same one left alone."""
    changes = [
        ValueChange(change.name, change.a, change.b, change.only_in, is_default=True)
        if change.name not in a.params and change.name not in b.params
        else change
        for change in value_changes(a.defaults | a.params, b.defaults | b.params)
    ]
    return tuple(sorted(changes, key=lambda change: change.is_default))


def _metrics(a: Mapping[str, float], b: Mapping[str, float], better: Mapping[str, str]) -> tuple[MetricDifference, ...]:
    return tuple(MetricDifference(name, a.get(name), b.get(name), _better(name, better)) for name in {**a, **b})


def _better(name: str, known: Mapping[str, str]) -> Better | None:
    said = known.get(name)
    if said == "lower":
        return "lower"
    return "higher" if said == "higher" else default_better(name)


def _data(a: list[dict[str, Any]], b: list[dict[str, Any]]) -> tuple[DataDifference, ...]:
    """Pair data sets by role or name; what is left, by equal content: a renamed variable is the same data."""
    left, right = _by_name(a), _by_name(b)
    pairs = {name: DataDifference(name, left.pop(name), right.pop(name)) for name in list(left) if name in right}
    for name, facts in list(left.items()):
        twin = next((other for other, found in right.items() if found.digest == facts.digest), None)
        pairs[name] = DataDifference(name, left.pop(name), right.pop(twin) if twin is not None else None)
    pairs |= {name: DataDifference(name, None, facts) for name, facts in right.items()}
    return tuple(pairs[name] for name in sorted(pairs))


def _by_name(datasets: list[dict[str, Any]]) -> dict[str, DataFacts]:
    """Key data sets by role or name; the newest of one key counts."""
    return {
        each["role"] or each["name"]: DataFacts(
            each["name"], each["digest"], bool(each["sampled"]), each["row_count"], each["column_count"]
        )
        for each in datasets
    }


def _git(run: PastRun) -> dict[str, object]:
    facts = {"commit": run.git_commit, "branch": run.git_branch, "edits": run.git_edits}
    return {name: value for name, value in facts.items() if value} if run.git_commit else {}


def _environment(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[ValueChange, ...]:
    names = ("python", "implementation", "platform")
    if not a or not b:  # nothing is known of one of them, which is no difference
        return ()
    return value_changes({name: a.get(name) for name in names}, {name: b.get(name) for name in names})


def _packages(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[ValueChange, ...]:
    return value_changes(a.get("packages", {}), b.get("packages", {})) if a and b else ()
