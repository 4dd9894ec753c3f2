"""The same work done by other trackers, each in its own ordinary way; None where one is not installed."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import statistics
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from table import timed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Logger = Callable[[str, float, int], object]


def mlflow_on_sqlite(folder: Path) -> Any:
    """Return mlflow with a fresh SQLite store of this process; None when it is not installed."""
    if not _is_whole_mlflow():
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


def _is_whole_mlflow() -> bool:
    """The tests bring mlflow-skinny, which imports by the same name and has no SQLite store."""
    try:
        return bool(version("mlflow"))
    except PackageNotFoundError:
        return False


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


def mlflow_search_runs(folder: Path, runs: int) -> Callable[[], object] | None:
    """Return its search over runs with 10 params and 10 metrics each."""
    mlflow = mlflow_on_sqlite(folder)
    if mlflow is None:
        return None
    for number in range(runs):
        with mlflow.start_run():
            mlflow.log_params({f"p{place}": number * place for place in range(10)})
            mlflow.log_metrics({f"m{place}": number / (place + 1) for place in range(10)})
    return mlflow.search_runs


def mlflow_history(folder: Path, points: int) -> Callable[[], object] | None:
    """Return its history of one metric."""
    mlflow = mlflow_on_sqlite(folder)
    if mlflow is None:
        return None
    from mlflow.entities import Metric

    client = mlflow.MlflowClient()
    with mlflow.start_run() as run:
        for start in range(0, points, 1000):  # the most that one call takes
            batch = [Metric("loss", 1 / (at + 1), at, at) for at in range(start, start + 1000)]
            client.log_batch(run.info.run_id, batch)
    return partial(client.get_metric_history, run.info.run_id, "loss")


@contextlib.contextmanager
def trackio_logger(folder: Path) -> Iterator[Logger]:
    """Give its log call, without GPU and CPU watchers."""
    os.environ["TRACKIO_DIR"], os.environ["HF_HUB_OFFLINE"] = str(folder / "trackio"), "1"
    with contextlib.redirect_stdout(io.StringIO()):
        import trackio

        trackio.init(project="benchmark", embed=False, auto_log_gpu=False, auto_log_cpu=False)
        yield lambda name, value, step: trackio.log({name: value}, step=step)
        trackio.finish()


@contextlib.contextmanager
def exptrack_logger(folder: Path) -> Iterator[Logger]:
    """Give its log call."""
    del folder
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        from exptrack import Experiment

        experiment = Experiment()
        yield lambda name, value, step: experiment.log_metric(name, value, step=step)
        experiment.finish()


@contextlib.contextmanager
def tensorboardx_logger(folder: Path) -> Iterator[Logger]:
    """Give its log call."""
    from tensorboardX import SummaryWriter

    with SummaryWriter(str(folder / "tensorboardX")) as writer:
        yield writer.add_scalar
