"""Everything about one version, in groups of facts: what it is, what it comes from, what it takes and gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.meaning import default_better
from trackbook.views.literals import cut, full_literal, literal, one_line
from trackbook.views.numbers import TIMES, byte_size, change, count, exact_time, number
from trackbook.views.registry.models import seconds
from trackbook.views.table.cells import Cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime, tzinfo

    from trackbook.tracking.past import PastRun
    from trackbook.views.registry.facts import ModelFacts, VersionFacts

_LONGEST = 120
_MOST = 60
"""Facts of one group; the rest is counted."""

_SHORT = 7

Fact = tuple[str, Cell]
Group = tuple[str, list[Fact]]


def overview(facts: VersionFacts, model: ModelFacts, zone: tzinfo | None = None) -> list[Group]:
    """Group what there is to know at first sight. zone: of the clock; None is the local one."""
    groups = [("metrics", list(_metrics(facts))), ("params", list(_params(facts.run)))]
    groups += [("origin", list(_origin(facts, zone))), ("package", list(_package(facts, zone)))]
    tags = {"tags": facts.version.tags, "tags of the model": model.tags}
    groups += [(title, [(name, _text(value)) for name, value in found.items()]) for title, found in tags.items()]
    return [(title, _at_most(found)) for title, found in groups if found]


def _at_most(found: list[Fact]) -> list[Fact]:
    left = len(found) - _MOST
    return found if left <= 0 else [*found[:_MOST], ("", Cell(f"and {number(left)} more", tone="quiet"))]


def _metrics(facts: VersionFacts) -> Iterator[Fact]:
    number_of_base, base = facts.base or (0, {})
    for name, value in (facts.run.metrics if facts.run else {}).items():
        before = base.get(name)
        if before is None:
            yield name, Cell(number(value), repr(value))
            continue
        by = change(value, before)
        better = facts.better.get(name) or default_better(name)
        is_good = better is not None and (by.direction > 0) == (better == "higher")
        tone = "quiet" if not by.direction or better is None else "good" if is_good else "bad"
        word = {"good": " better", "bad": " worse"}.get(tone, "")
        delta = f"{by.delta}{word} than v{number_of_base}" if by.delta else f"as v{number_of_base}"
        yield name, Cell(by.value, repr(value), tone, delta, by.direction)


def _params(run: PastRun | None) -> Iterator[Fact]:
    for name, value in (run.params if run else {}).items():
        yield name, Cell(literal(value, _LONGEST), full_literal(value))


def _origin(facts: VersionFacts, zone: tzinfo | None) -> Iterator[Fact]:
    row, run = facts.version.row, facts.run
    yield "registered", _moment(row.created_at, zone)
    yield "by", _text(row.created_by)
    if row.parent_version is not None:
        yield "follows", _text(f"version {row.parent_version}")
    if row.copied_from:
        yield "copy of", _text(row.copied_from)
    yield "last loaded", _moment(row.last_loaded_at, zone) if row.last_loaded_at else Cell("never", tone="quiet")
    if run is None:
        yield "run", Cell(f"{facts.version.run_id[:13]}… is gone", tone="warning")
        return
    deleted = " (deleted)" if facts.run_deleted else ""
    yield "run", Cell(f"{_line(run.name)}{deleted}", run.run_id, "warning" if deleted else "")
    yield "experiment", _text(run.experiment)
    if run.notebook:
        yield "notebook", _text(run.notebook)
    if run.cell_id:
        yield "cell", Cell(_line(f"{run.cell_id}, attempt {run.attempt}"), one_line(run.code)[:500])
    yield from _git(run)
    for data in run.datasets[:_MOST]:
        yield f"data {_line(data['role'] or data['name'])}", Cell(dataset_words(data), f"SHA-256 {data['digest']}")
    if run.environment:
        packages = count(len(run.environment["packages"]), "package")
        yield "environment", _text(f"Python {run.environment['python']} on {run.environment['platform']}, {packages}")


def _git(run: PastRun) -> Iterator[Fact]:
    if run.git_commit:
        edits = f" + {count(run.git_edits, 'edited file')}" if run.git_edits else ""
        branch = f" {run.git_branch}" if run.git_branch else ""
        yield "git", Cell(_line(f"{run.git_commit[:_SHORT]}{branch}{edits}"), run.git_commit)
    else:
        yield "git", Cell("no commit", tone="quiet")


def dataset_words(data: Mapping[str, Any]) -> str:
    """Say of a data set how large it is, and which: `120 000 × 42 #9f3a…`."""
    shape = "" if data["row_count"] is None else number(data["row_count"])
    if shape and data["column_count"] is not None:
        shape += f" {TIMES} {number(data['column_count'])}"
    return " ".join(filter(None, [shape, f"#{data['digest'][:8]}…", "sampled" if data["sampled"] else ""]))


def _package(facts: VersionFacts, zone: tzinfo | None) -> Iterator[Fact]:
    package = facts.version.package
    known = package.facts
    yield "flavors", _text(", ".join(package.flavors))
    yield "size", Cell(byte_size(package.size), f"{package.size} bytes")
    yield "hash", Cell(f"#{package.manifest[:8]}…", f"SHA-256 over its files: {package.manifest}")
    yield "logged", _moment(package.logged_at, zone)
    if known.get("steps"):
        yield "steps", _text(" → ".join(map(str, known["steps"])))
    yield "signer", _text(str(known["signer"])) if known.get("signer") else Cell("not signed", tone="quiet")
    if known.get("needs_trust"):
        yield "loading", Cell("runs code of the package: load_model(…, trust=True)", tone="warning")
    if known.get("requirements"):
        yield "requires", _text(", ".join(map(str, known["requirements"])))


def _moment(moment: datetime, zone: tzinfo | None) -> Cell:
    at = seconds(moment)
    return Cell("", exact_time(at, zone), moment=at)


def _text(value: str) -> Cell:
    line = one_line(value)
    shown = cut(line, _LONGEST)
    return Cell(shown, line[:500] if shown != line else "")


def _line(value: str) -> str:
    return cut(one_line(value), _LONGEST)


def groups_json(groups: list[Group]) -> list[dict[str, Any]]:
    """Write groups for the browser."""
    return [
        {
            "title": title,
            "facts": [{"name": cut(one_line(name), _LONGEST), "cell": cell.as_json()} for name, cell in found],
        }
        for title, found in groups
    ]
