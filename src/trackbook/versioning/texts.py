"""What somebody may write about a decision, a version, a model."""

from __future__ import annotations

from trackbook.errors import BadInput

LONGEST_TEXT = 100_000
"""Characters. All of it stays in the audit trail for good, and is read again with it."""


def check_text(what: str, text: object) -> str:
    """Return a text when it can be kept; raises BadInput. what: `A description`, the sentence's beginning."""
    if not isinstance(text, str):
        raise BadInput(f"{what} is a text, and {text!r} is not.")
    if len(text) > LONGEST_TEXT:
        way_out = "log the long text with the run, tb.log_text(…), and say here where it is"
        raise BadInput(f"{what} has at most {LONGEST_TEXT:,} characters, and this one has {len(text):,}; {way_out}.")
    return text
