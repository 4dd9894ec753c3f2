"""The verbs of `import trackbook as tb`: each logs to the active run.

Names and meanings follow MLflow's fluent API where they are the same.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from trackbook.errors import BadInput, NoActiveRun, warn
from trackbook.store import point_logger
from trackbook.tracking.active import _current, active_run, find_active_run
from trackbook.tracking.start import current_store
from trackbook.values import check_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackbook.tracking.run import Run


def _log_otherwise(name: str, value: float, step: int | None = None) -> None:
    run = _run_or_warning("log_metric")
    if run is not None:
        run.log_metric(name, value, step)


log_metric = point_logger(_current.get, _log_otherwise)


def log_metrics(metrics: Mapping[str, float], step: int | None = None) -> None:
    """Add one point to each of several metrics of the active run. Never raises."""
    run = _run_or_warning("log_metrics")
    if run is not None:
        run.log_metrics(metrics, step)


def _run_or_warning(verb: str) -> Run | None:
    try:
        run = find_active_run()
        if run is None:
            raise NoActiveRun(verb)
    except Exception as error:  # noqa: BLE001 - a missing store must not stop a training loop either
        warn(str(error))
        return None
    return run


def log_param(name: str, value: object) -> None:
    """Set one parameter of the active run. Raises BadName, NoActiveRun."""
    active_run("log_param").log_params({check_name("param", name): value})


def log_params(params: Mapping[str, object]) -> None:
    """Set parameters of the active run; nested dicts are flattened with dots. Raises BadName, NoActiveRun."""
    active_run("log_params").log_params(params)


def set_tag(name: str, value: object) -> None:
    """Set one tag of the active run. Raises BadName, NoActiveRun."""
    active_run("set_tag").set_tags({check_name("tag", name): value})


def set_tags(tags: Mapping[str, object]) -> None:
    """Set tags of the active run; a later value replaces an earlier. Raises BadName, NoActiveRun."""
    active_run("set_tags").set_tags(tags)


def define_metric(name: str, *, better: Literal["lower", "higher"]) -> None:
    """Say which way is up for a metric, for the whole store: best, colours and comparisons go by it."""
    check_name("metric", name)
    if not isinstance(better, str) or better not in {"lower", "higher"}:
        shown = repr(better) if isinstance(better, str) else f"a {type(better).__name__}"
        raise BadInput(f'better is "lower" or "higher", not {shown}.')
    run = find_active_run()
    store = run.store if run is not None else current_store()
    store.event("meaning", metric=name, better=better, at=time.time())


def find_current_run() -> Run | None:
    """Return the active run, None outside any."""
    return find_active_run()


def end_run() -> None:
    """End the active run of this process, where no `with` block or cell does."""
    run = find_active_run()
    if run is not None:
        run.end()
