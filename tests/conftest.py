"""What tests on every floor share."""

from __future__ import annotations

import pytest


@pytest.fixture
def home(tmp_path, monkeypatch):
    """This process's store, in a file of its own; afterwards nobody remembers it."""
    from trackbook.tracking.start import use_store

    for variable in ("TRACKBOOK_STORE", "TRACKBOOK_RUN_ID"):
        monkeypatch.delenv(variable, raising=False)
    # Of pytest's own environment and repository nobody asks; scripts that do are processes of their own.
    monkeypatch.setattr("trackbook.tracking.start.note_surroundings", lambda run: None)
    _forget()
    yield use_store(tmp_path / "trackbook.duckdb")
    _forget()


def _forget():
    """Reset what a process keeps as long as it lives: stores, runs and the threads that keep house."""
    from trackbook.store import keeper
    from trackbook.tracking import active, endings, start

    for keeping in list(keeper._keepers):
        keeping._stopping.set()
        keeping._wake.set()
        if keeping._thread is not None:
            keeping._thread.join()
    for store in start._held.values():
        if store._spool is not None:
            store._spool.abandon()
    for run in [entered.run for entered in reversed(active._stack)]:
        active.leave(run)
    active._current.set(None)
    for kept in (start._held, start._chosen, active._stack, active._attached, endings._open):
        kept.clear()
