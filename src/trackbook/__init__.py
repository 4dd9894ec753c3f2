"""Experiment tracking and model versioning that lives inside the Jupyter notebook.

    %load_ext trackbook
    %%track

`import trackbook as tb` in scripts. Everything is loaded at first use, so that
the import is cheap in every kernel.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_HOMES = {
    "approve": "versioning.gates.approving",
    "archive": "versioning.moving",
    "audit": "versioning.asking",
    "callbacks": "tracking.callbacks",
    "compare": "widgets.comparison",
    "compare_rows": "tracking.comparison.rows",
    "connect": "tracking.client",
    "copy_version": "versioning.registering",
    "define_metric": "tracking.fluent",
    "delete_alias": "versioning.naming",
    "delete_version": "versioning.naming",
    "describe": "versioning.naming",
    "diff": "tracking.diff",
    "end_run": "tracking.fluent",
    "export_model": "versioning.loading",
    "find_current_run": "tracking.fluent",
    "get_run": "tracking.client",
    "get_version": "versioning.loading",
    "is_better": "tracking.comparison.verdict",
    "knob": "tracking.control",
    "leaderboard": "tracking.comparison.leaderboard",
    "live": "widgets.live.panel",
    "load_model": "versioning.loading",
    "log_artifact": "tracking.artifacts",
    "log_dataset": "tracking.data",
    "log_dict": "tracking.artifacts",
    "log_figure": "tracking.artifacts",
    "log_metric": "tracking.fluent",
    "log_metrics": "tracking.fluent",
    "log_model": "versioning.packing",
    "log_param": "tracking.fluent",
    "log_params": "tracking.fluent",
    "log_predictions": "tracking.data",
    "log_table": "tracking.artifacts",
    "log_text": "tracking.artifacts",
    "loop": "tracking.control",
    "metrics": "tracking.client",
    "promote": "versioning.moving",
    "register": "versioning.registering",
    "registered_models": "versioning.asking",
    "registry": "widgets.registry",
    "registry_at": "versioning.asking",
    "rename_model": "versioning.naming",
    "restore_version": "versioning.naming",
    "rollback": "versioning.moving",
    "Run": "tracking.run",
    "run_table": "widgets.run_table",
    "runs": "tracking.client",
    "set_alias": "versioning.naming",
    "set_tag": "tracking.fluent",
    "set_tags": "tracking.fluent",
    "should_stop": "tracking.control",
    "sql": "tracking.client",
    "start_run": "tracking.start",
    "tag_model": "versioning.naming",
    "TrackbookError": "errors",
    "TrackbookWarning": "errors",
    "versions": "versioning.asking",
    "worst_segments": "tracking.comparison.segments",
}
"""Each public name and the room it lives in."""

__all__ = sorted([*_HOMES, "__version__", "load_ipython_extension", "unload_ipython_extension"], key=str.casefold)  # noqa: PLE0605 - one list, not two


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public thing
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'trackbook' has no attribute {name!r}")
    module = import_module(f"trackbook.{home}")
    value = module if name == "callbacks" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Make `%%track`, `%track` and `%runs` known to a notebook."""
    from trackbook.magics.extension import load  # noqa: PLC0415

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take everything back that loading did."""
    from trackbook.magics.extension import unload  # noqa: PLC0415

    unload(shell)
