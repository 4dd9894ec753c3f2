"""Two versions side by side: params, metrics, data, code, environment, signature, package; what agrees is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.tracking.diff import text_diff, value_changes
from trackbook.tracking.difference_text import printable_code
from trackbook.views.comparison.difference_table import difference_items, summary_line
from trackbook.views.comparison.differences import find_differences
from trackbook.views.literals import cut, full_literal, one_line
from trackbook.views.registry.signature import signature_texts
from trackbook.views.table.cells import Cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trackbook.views.registry.facts import VersionFacts

_LONGEST = 80
_MOST_LINES = 2000
"""Lines of a difference of code that are sent to the browser."""


def side_by_side(a: VersionFacts, b: VersionFacts, better: Mapping[str, str]) -> dict[str, Any]:
    """Compare two versions of one model for the browser; better: lower or higher by name of metric."""
    rows = [*_of_versions(a, b)]
    summary, codes = "", list[dict[str, Any]]()
    if a.run is not None and b.run is not None:
        found = find_differences([a.run, b.run], better)
        summary = summary_line(found)
        for item in difference_items(found):
            tone = {"better": "good", "worse": "bad"}.get(item.verdicts[1], "")
            before, after = (Cell(text, hover) for text, hover in zip(item.shown, item.hovers, strict=True))
            rows.append(_row(item.what, item.name, before, Cell(after.text, after.hover, tone, item.verdicts[1])))
        codes = [*_codes(a, b)]
    else:
        summary = "The run behind one of them is gone, so only what the registry itself knows is compared."
    return {
        "a": a.version.version, "b": b.version.version, "summary": summary, "rows": rows, "codes": codes,
        "nothing": not rows and not codes,
    }  # fmt: skip


def _of_versions(a: VersionFacts, b: VersionFacts) -> Iterator[dict[str, Any]]:
    yield from _changes("stage", {"stage": a.version.stage}, {"stage": b.version.stage})
    one, other = signature_texts(a.version.signature), signature_texts(b.version.signature)
    yield from _changes("signature", one, other)
    yield from _changes("package", _package(a), _package(b))
    yield from _changes("requirements", _requirements(a), _requirements(b))


def _package(facts: VersionFacts) -> dict[str, Any]:
    package = facts.version.package
    return {
        "flavors": ", ".join(package.flavors),
        "content": f"#{package.manifest[:8]}…",
        "size": package.size,
        "steps": " → ".join(map(str, package.facts.get("steps") or ())),
    }


def _requirements(facts: VersionFacts) -> dict[str, str]:
    lines = [str(line) for line in facts.version.package.facts.get("requirements") or ()]
    return {line.partition("==")[0]: line.partition("==")[2] or line for line in lines}


def _changes(what: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for change in value_changes(a, b):
        before = _absent() if change.only_in == "b" else _value(change.a)
        after = _absent() if change.only_in == "a" else _value(change.b)
        yield _row(what, change.name, before, after)


def _absent() -> Cell:
    return Cell("–", tone="quiet")


def _value(value: object) -> Cell:
    text = value if isinstance(value, str) else full_literal(value)
    line = one_line(text)
    shown = cut(line, _LONGEST)
    return Cell(shown or "–", line[:500] if shown != line else "")


def _row(what: str, name: str, a: Cell, b: Cell) -> dict[str, Any]:
    return {"what": what, "name": cut(one_line(name), _LONGEST), "a": a.as_json(), "b": b.as_json()}


def _codes(a: VersionFacts, b: VersionFacts) -> Iterator[dict[str, Any]]:
    if a.run is None or b.run is None:
        return
    names = (f"version {a.version.version}", f"version {b.version.version}")
    texts = (("code", a.run.code, b.run.code), ("uncommitted changes", a.run.git_patch, b.run.git_patch))
    for title, before, after in texts:
        if found := text_diff(before, after, *names):
            lines = [printable_code(line) for line in found.splitlines()]
            yield {"title": title, "lines": lines[:_MOST_LINES], "more": max(0, len(lines) - _MOST_LINES)}
