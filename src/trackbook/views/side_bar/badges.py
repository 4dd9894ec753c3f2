"""Badges of a run: one word each for what its reader has to beware of, the card's whole sentence behind it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from trackbook.capture.code_secrets import lines_with_secrets
from trackbook.views.card.warnings import left_out, secrets_in, uncommitted, went_on
from trackbook.views.literals import cut, one_line

if TYPE_CHECKING:
    from trackbook.store.run_glances import RunGlance

_ENDS = {
    "interrupt": ("interrupted", "somebody interrupted the cell: what it logged until then is kept"),
    "stop": ("stopped", "its loop was asked to stop after a step, and did"),
    "lost": ("lost", "its process died before the run could end"),
}
_LONGEST_NAME = 60
_LONGEST_CODE = 20_000
"""Characters of code looked through for secrets; a page has a hundred runs."""


def run_badges(glance: RunGlance) -> list[dict[str, str]]:
    """Write a run's badges, what concerns its result most first; none for a run with nothing to beware of."""
    facts = glance.run.attributes
    found = []
    if end := _ENDS.get(facts["ended_by"] or ""):
        found.append(end)
    if glance.went_on_after and facts["status"] == "FINISHED":
        found.append(("error inside", went_on(cut(one_line(glance.went_on_after), _LONGEST_NAME))))
    if facts["git_edits"]:
        found.append(("uncommitted", uncommitted(facts["git_edits"], patch_cut=glance.patch_cut)))
    if glance.left_out:
        found.append(("output cut", left_out(glance.left_out)))
    if lines := _secrets(glance.code[:_LONGEST_CODE]):
        found.append(("secret?", secrets_in(lines)))
    return [{"text": text, "hover": hover} for text, hover in found]


@lru_cache(maxsize=512)
def _secrets(code: str) -> tuple[int, ...]:
    """Look through a code once: attempts of a cell are often the same."""
    return tuple(lines_with_secrets(code))
