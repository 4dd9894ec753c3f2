import contextlib
import io
import json
from types import SimpleNamespace

import pandas as pd
import pytest
from click.testing import CliRunner

import trackbook as tb
from trackbook.cli.main import main
from trackbook.tracking.start import use_store


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    """A store of its own for each test, named by the variable as users do."""
    file = tmp_path / "trackbook.duckdb"
    for variable in ("TRACKBOOK_RUN_ID", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TRACKBOOK_STORE", str(file))
    monkeypatch.chdir(tmp_path)
    return use_store(file)


@pytest.fixture
def call():
    """Type a command; its answer has code, out, err, and the reading of out as JSON or CSV."""

    def typed(*words, typing=None, env=None):
        result = CliRunner().invoke(main, [str(word) for word in words], input=typing, env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return SimpleNamespace(
            code=result.exit_code,
            out=result.stdout,
            err=result.stderr,
            json=lambda: json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} is no JSON")),
            csv=lambda: pd.read_csv(io.StringIO(result.stdout)),
        )

    return typed


@pytest.fixture
def two_runs(store):
    """First brave-otter, then calm-fox, which is better and failed."""
    with tb.start_run("brave-otter", experiment="churn") as first:
        tb.log_params({"lr": 0.1, "optimizer": "adam"})
        for step, loss in enumerate([0.9, 0.5, 0.6]):
            tb.log_metric("loss", loss, step=step)
        tb.log_metric("acc", 0.908)
        tb.set_tag("team", "ads")
    with contextlib.suppress(ValueError), tb.start_run("calm-fox", experiment="churn") as second:
        tb.log_params({"lr": 0.01, "depth": 6})
        tb.log_metric("acc", 0.914)
        raise ValueError("no rows left")
    return first, second
