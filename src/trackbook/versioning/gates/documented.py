"""Gates about what a version says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.versioning.gates.asked import asked_number

if TYPE_CHECKING:
    from trackbook.versioning.gates.facts import GateFacts


def has_signature(facts: GateFacts, asked: Any) -> str | None:  # noqa: ANN401
    """`signature = true`: the package says what goes in and what comes out."""
    del asked
    if facts.version.signature:
        return None
    return "It has no signature: log the model with input_example=X[:5], and register that."


def has_description(facts: GateFacts, asked: Any) -> str | None:  # noqa: ANN401
    """`description = true`: somebody wrote what the version is; a number asks for as many characters."""
    needed = int(asked_number("description", asked, if_true=1))
    if len(facts.version.description.strip()) >= needed:
        return None
    model, version = facts.version.model, facts.version.version
    length = "" if needed == 1 else f" of {needed} characters"
    return f"It has no description{length}: write one with tb.describe({model!r}, '…', {version})."
