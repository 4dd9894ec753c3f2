from contextlib import contextmanager

import pytest

import trackbook as tb
from trackbook.tracking.start import current_store, use_store


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.delenv("TRACKBOOK_RUN_ID", raising=False)
    monkeypatch.chdir(tmp_path)
    return use_store(tmp_path / "trackbook.duckdb")


@pytest.fixture
def points():
    """The values of a metric of the newest run, in the order logged."""

    def of(name, run="last"):
        return tb.metrics(tb.get_run(run).run_id, name)["value"].tolist()

    return of


@pytest.fixture
def steps():
    def of(name, run="last"):
        return tb.metrics(tb.get_run(run).run_id, name)["step"].tolist()

    return of


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
