from contextlib import contextmanager
from functools import cache

import pytest

import trackbook as tb
from trackbook.tracking.start import current_store, use_store


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """Tiny tensors are not worth a second thread, and several tests run side by side."""
    try:
        import torch
    except ImportError:
        return
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.delenv("TRACKBOOK_RUN_ID", raising=False)
    monkeypatch.chdir(tmp_path)
    return use_store(tmp_path / "trackbook.duckdb")


@pytest.fixture
def curve():
    """The points of a metric, asked for once: a test looks when its runs have ended."""
    run_id = cache(lambda run: tb.get_run(run).run_id)
    return cache(lambda name, run: tb.metrics(run_id(run), name))


@pytest.fixture
def points(curve):
    return lambda name, run="last": curve(name, run)["value"].tolist()


@pytest.fixture
def steps(curve):
    return lambda name, run="last": curve(name, run)["step"].tolist()


@pytest.fixture
def nothing_was_kept():
    def check():
        assert tb.sql("SELECT count(*) AS n FROM metrics")["n"][0] == 0
        assert tb.sql("SELECT count(*) AS n FROM runs")["n"][0] == 0

    return check


@pytest.fixture
def broken_store(monkeypatch):
    """A store whose every write fails for a while, as on a device that went away."""

    @contextmanager
    def broken():
        def fail(line):
            raise RuntimeError("the disk went away")

        with monkeypatch.context() as patch:
            patch.setattr(current_store().spool, "_put_line", fail)
            yield

    return broken
