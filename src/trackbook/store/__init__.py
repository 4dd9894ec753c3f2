"""Knows DuckDB: spools, merges, questions, decisions."""

from trackbook.store.decisions import (
    delete_run,
    delete_runs,
    note_run,
    note_runs,
    rename_run,
    restore_run,
    restore_runs,
    star_runs,
    tag_run,
    tag_runs,
)
from trackbook.store.frames import runs_frame, to_frame
from trackbook.store.keeper import keeper_of
from trackbook.store.location import Location, locate
from trackbook.store.maintenance import StoreInfo, collect_garbage, snapshot, store_info, verify_store
from trackbook.store.open_series import Series
from trackbook.store.parquet import frame_to_parquet, parquet_to_frame
from trackbook.store.point_path import point_logger
from trackbook.store.questions import earlier_steps, find_run, find_run_in, remember_notebook, which_way_is_up
from trackbook.store.records_of import metric_points, read_blob, run_record
from trackbook.store.store import Store, open_store

__all__ = [
    "Location",
    "Series",
    "Store",
    "StoreInfo",
    "collect_garbage",
    "delete_run",
    "delete_runs",
    "earlier_steps",
    "find_run",
    "find_run_in",
    "frame_to_parquet",
    "keeper_of",
    "locate",
    "metric_points",
    "note_run",
    "note_runs",
    "open_store",
    "parquet_to_frame",
    "point_logger",
    "read_blob",
    "remember_notebook",
    "rename_run",
    "restore_run",
    "restore_runs",
    "run_record",
    "runs_frame",
    "snapshot",
    "star_runs",
    "store_info",
    "tag_run",
    "tag_runs",
    "to_frame",
    "verify_store",
    "which_way_is_up",
]
