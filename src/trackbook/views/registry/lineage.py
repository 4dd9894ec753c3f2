"""Where a version comes from and what became of it, step by step: data, code, run, package, version, its followers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.views.literals import cut, one_line
from trackbook.views.numbers import byte_size, count, exact_time
from trackbook.views.registry.models import seconds
from trackbook.views.registry.version import dataset_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from trackbook.views.registry.facts import ModelFacts, VersionFacts

_LONGEST = 160
_MOST = 40

Step = tuple[str, str, str]
"""Kind, what it is, more about it for the hover."""


def lineage(facts: VersionFacts, model: ModelFacts, zone: tzinfo | None = None) -> list[dict[str, Any]]:
    """List the steps from the data to the versions that follow, for the browser."""
    steps = [*_before(facts, zone), *_itself(facts, model), *_after(facts, model)]
    return [
        {"kind": kind, "text": cut(one_line(text), _LONGEST), "hover": one_line(hover)[:500]}
        for kind, text, hover in steps
    ]


def _before(facts: VersionFacts, zone: tzinfo | None) -> Iterator[Step]:
    run = facts.run
    if run is None:
        yield "run", f"{facts.version.run_id} is gone", ""
        return
    for data in run.datasets[:_MOST]:
        yield "data", f"{data['role'] or data['name']} {dataset_words(data)}", f"SHA-256 {data['digest']}"
    if run.git_commit:
        edits = f", {count(run.git_edits, 'file')} not committed" if run.git_edits else ""
        yield "git", f"{run.git_commit[:12]} {run.git_branch}{edits}", run.git_commit
    if run.environment:
        packages = count(len(run.environment["packages"]), "package")
        yield "environment", f"Python {run.environment['python']}, {packages}", run.environment["platform"]
    if run.code:
        cell = ", ".join(filter(None, [run.notebook, f"cell {run.cell_id}" if run.cell_id else ""]))
        yield "cell", cell or "a script", run.code[:500]
    started = exact_time(seconds(run.started_at), zone)
    yield "run", f"{run.name} of {run.experiment}, {run.status}, {started}", run.run_id
    yield from (("scored by", name, run_id) for run_id, name in facts.scored_by[:_MOST])


def _itself(facts: VersionFacts, model: ModelFacts) -> Iterator[Step]:
    package, row = facts.version.package, facts.version.row
    if steps := package.facts.get("steps"):
        yield "pipeline", " → ".join(map(str, steps)), ""
    yield (
        "package",
        f"{', '.join(package.flavors)}, {byte_size(package.size)}, #{package.manifest[:12]}…",
        package.manifest,
    )
    if row.copied_from:
        yield "copy of", row.copied_from, ""
    if row.parent_version is not None:
        stage = model.held.get(row.parent_version, "deleted")
        yield "follows", f"version {row.parent_version} ({stage})", ""
    yield "version", f"{row.model} version {row.version} ({row.stage})", facts.version.uri


def _after(facts: VersionFacts, model: ModelFacts) -> Iterator[Step]:
    for row in sorted(model.rows, key=lambda row: row.version)[:_MOST]:
        if row.parent_version == facts.version.version:
            stage = "deleted" if row.deleted else row.stage
            yield "followed by", f"version {row.version} ({stage})", ""
