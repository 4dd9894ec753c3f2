"""What tests on every floor share."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

BROWSER = Path(__file__).parent / "browser"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Where several processes share the tests: those of a file stay together, and one process has the browser's."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            file, _, _ = nodeid.partition("::")
            return "browser" if file.startswith("tests/browser/") else file

    return ByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Hide Playwright's event loop, which runs from the first browser test on, from tests that run one of their own."""
    if BROWSER in item.path.parents:
        return (yield)
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(loop)


@pytest.fixture
def let_others_in():
    """Open a folder, and pytest's own around it, to other users of the machine."""

    def let_in(folder):
        for place in (folder, *folder.parents):
            if "pytest-of-" in str(place):
                place.chmod(0o755)

    return let_in


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
