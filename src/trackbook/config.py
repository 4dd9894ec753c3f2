"""Every setting and every TRACKBOOK_* variable, once.

In a notebook: `%config Trackbook.output_limit = 200_000`. In a script:
`trackbook.config.settings().output_limit = 200_000`.
"""

from __future__ import annotations

from functools import cache

from traitlets import Bool, Float, Integer, List, Unicode
from traitlets.config import Configurable

STORE_VARIABLE = "TRACKBOOK_STORE"
"""Path of the store's file; wins over every other rule, and child processes inherit it."""

RUN_VARIABLE = "TRACKBOOK_RUN_ID"
"""The run that a spawned child process adds to."""

PLAIN_WRITES_VARIABLE = "TRACKBOOK_PLAIN_WRITES"
"""1: spool with plain writes and fsync, as on a network file system."""

SIGNING_KEY_VARIABLE = "TRACKBOOK_SIGNING_KEY"
"""Path of the private key that seals model packages; without it, one in the user's data folder."""


class Trackbook(Configurable):
    """What a user may set."""

    store = Unicode("", help="Path of the store's file; empty finds or makes trackbook.duckdb nearby.").tag(config=True)
    experiment = Unicode("", help="Experiment of new runs; empty takes the notebook's name.").tag(config=True)
    card = Bool(default_value=True, help="Show the card after a tracked cell.").tag(config=True)
    output_limit = Integer(2_000_000, help="Bytes of displayed output kept for one run.").tag(config=True)
    artifact_inline_limit = Integer(65_536, help="Blobs up to this many bytes live inside the file.").tag(config=True)
    data_budget = Float(0.04, help="Seconds for hashing what a cell reads; 2 % of its time if more.").tag(config=True)
    merge_seconds = Float(60.0, help="A background merge runs after this many seconds of logging.").tag(config=True)
    merge_bytes = Integer(64_000_000, help="A background merge runs after this many spooled bytes.").tag(config=True)
    keep_models = Bool(default_value=True, help="Keep small models that a tracked cell fits.").tag(config=True)
    model_limit = Integer(20_000_000, help="Bytes of a model kept without being asked, at most.").tag(config=True)
    model_seconds = Float(0.5, help="Seconds spent on packing one without being asked, at most.").tag(config=True)
    key_metrics = List(
        Unicode(), help="Metrics that JupyterLab's side bar and badges show, first the one preferred most."
    ).tag(config=True)
    storage_quota = Integer(0, help="Bytes of one store from which JupyterLab warns; 0 never does.").tag(config=True)
    trusted_signers = List(Unicode(), help="Fingerprints of keys whose model packages may run code.").tag(config=True)


@cache
def settings() -> Trackbook:
    """Return the one set of settings of this process."""
    return Trackbook()
