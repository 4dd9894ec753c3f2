"""What every decision about models shares: whose it is, where it is made, by which rules."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from operator import index
from typing import TYPE_CHECKING

from trackbook.errors import BadInput
from trackbook.store.registry.change import changing
from trackbook.tracking.place import place
from trackbook.tracking.start import current_store, user_name
from trackbook.versioning.rules import read_rules
from trackbook.versioning.texts import check_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trackbook.store.registry.change import Change
    from trackbook.versioning.rules import Rules


_upon: ContextVar[Callable[[Change], None] | None] = ContextVar("upon", default=None)


@contextmanager
def decided_upon(check: Callable[[Change], None]) -> Iterator[None]:
    """Let decisions in this block be made only upon what somebody saw.

    check: looks at the store inside the decision's own transaction, before anything is written, and raises when it
    is not so any more; so nothing can change between the look and the decision.
    """
    before = _upon.set(check)
    try:
        yield
    finally:
        _upon.reset(before)


@contextmanager
def deciding(reason: str = "") -> Iterator[Change]:
    """Decide about registered models of this process's store, as its user, from where it is."""
    check_text("A reason", reason)
    with changing(current_store(), actor=user_name(), reason=reason, place=place()) as change:
        if (check := _upon.get()) is not None:
            check(change)
        yield change


def rules() -> Rules:
    """The rules of the project that this process's store belongs to. Raises BadInput for a faulty file."""
    return read_rules(current_store().location.file)


def whole_number(version: object) -> int:
    """Return a version's number, also one out of a frame or typed as text; raises BadInput."""
    try:
        number = int(version) if isinstance(version, str) else index(version)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = -1
    if isinstance(version, bool) or number < 0:
        way_out = "its .version is" if hasattr(version, "version") else "tb.versions() lists all"
        raise BadInput(f"A version is a number from 1, and {version!r} is none; {way_out}.")
    return number
