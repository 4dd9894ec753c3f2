"""A gate about the code behind a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trackbook.versioning.gates.facts import GateFacts


def clean_git(facts: GateFacts, asked: Any) -> str | None:  # noqa: ANN401
    """`clean_git = true`: the run behind it ran on committed code."""
    del asked
    run = facts.version.run()
    if not run.git_commit:
        return "Its run was not in a git repository with a commit: commit the code, run the cell again, register that."
    if run.git_edits:
        files = "1 file was" if run.git_edits == 1 else f"{run.git_edits} files were"
        return f"{files} not committed when it ran: commit, run the cell again, register that."
    return None
