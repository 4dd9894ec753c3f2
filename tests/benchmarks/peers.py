"""The same work done by other trackers, each in its own ordinary way; None where one is not installed."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import statistics
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from table import timed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Logger = Callable[[str, float, int], object]


def mlflow_on_sqlite(folder: Path) -> Any:
    """Return mlflow with a fresh SQLite store of this process; None when it is not installed."""
    if find_spec("mlflow") is None:
        return None
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "true"
    import mlflow

    # Its migrations take seconds, so they run once for all benchmarks.
    template, database = folder / "mlflow.db", "mlflow.db"
    if template.exists():
        shutil.copyfile(template, database)
    mlflow.set_tracking_uri(f"sqlite:///{database}")
    with contextlib.redirect_stderr(io.StringIO()):
        mlflow.set_experiment("benchmark")
    if not template.exists():
        shutil.copyfile(database, template)
    return mlflow


def mlflow_log_metric(folder: Path, count: int) -> float | None:
    """Median seconds of one `mlflow.log_metric`."""
    mlflow = mlflow_on_sqlite(folder)
    if mlflow is None:
        return None
    with mlflow.start_run():
        return statistics.median(timed(lambda at=at: mlflow.log_metric("loss", 0.5, step=at)) for at in range(count))


def mlflow_run(folder: Path, count: int) -> float | None:
    """Median seconds of beginning and finishing one run."""
    mlflow = mlflow_on_sqlite(folder)
    if mlflow is None:
        return None

    def one() -> None:
        with mlflow.start_run():
            pass

    return statistics.median(timed(one) for _ in range(count))


def mlflow_search_runs(folder: Path, runs: int) -> float | None:
    """Seconds a run of `mlflow.search_runs` over runs with 10 params and 10 metrics each."""
    mlflow = mlflow_on_sqlite(folder)
    if mlflow is None:
        return None
    for number in range(runs):
        with mlflow.start_run():
            mlflow.log_params({f"p{place}": number * place for place in range(10)})
            mlflow.log_metrics({f"m{place}": number / (place + 1) for place in range(10)})
    return statistics.median(timed(mlflow.search_runs) for _ in range(3)) / runs


def mlflow_history(folder: Path, points: int) -> float | None:
    """Seconds a point of `MlflowClient.get_metric_history`."""
    mlflow = mlflow_on_sqlite(folder)
    if mlflow is None:
        return None
    from mlflow.entities import Metric

    client = mlflow.MlflowClient()
    with mlflow.start_run() as run:
        for start in range(0, points, 1000):  # the most that one call takes
            client.log_batch(
                run.info.run_id, [Metric("loss", 1 / (at + 1), at, at) for at in range(start, start + 1000)]
            )
    took = statistics.median(timed(lambda: client.get_metric_history(run.info.run_id, "loss")) for _ in range(3))
    return took / points


def trackio_logger(folder: Path) -> Logger | None:
    """Return its log call, without GPU and CPU watchers."""
    if find_spec("trackio") is None:
        return None
    os.environ["TRACKIO_DIR"], os.environ["HF_HUB_OFFLINE"] = str(folder / "trackio"), "1"
    with contextlib.redirect_stdout(io.StringIO()):
        import trackio

        trackio.init(project="benchmark", embed=False, auto_log_gpu=False, auto_log_cpu=False)
    return lambda name, value, step: trackio.log({name: value}, step=step)


def exptrack_logger(folder: Path) -> Logger | None:
    """Return its log call."""
    del folder
    if find_spec("exptrack") is None:
        return None
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        from exptrack import Experiment

        experiment = Experiment()
    return lambda name, value, step: experiment.log_metric(name, value, step=step)


def tensorboardx_logger(folder: Path) -> Logger | None:
    """Return its log call."""
    if find_spec("tensorboardX") is None:
        return None
    from tensorboardX import SummaryWriter

    return SummaryWriter(str(folder / "tensorboardX")).add_scalar
