"""Knows DuckDB: spools, merges, questions, decisions."""

from trackbook.store.decisions import delete_run, note_run, restore_run, tag_run
from trackbook.store.frames import runs_frame, to_frame
from trackbook.store.keeper import keeper_of
from trackbook.store.location import Location, locate
from trackbook.store.maintenance import StoreInfo, collect_garbage, snapshot, store_info, verify_store
from trackbook.store.parquet import frame_to_parquet, parquet_to_frame
from trackbook.store.point_path import point_logger
from trackbook.store.questions import earlier_steps, find_run, find_run_in, remember_notebook, which_way_is_up
from trackbook.store.records_of import metric_points, read_blob, run_record
from trackbook.store.spool import Series, TrackbookWarning
from trackbook.store.store import Store, open_store

__all__ = [
    "Location",
    "Series",
    "Store",
    "StoreInfo",
    "TrackbookWarning",
    "collect_garbage",
    "delete_run",
    "earlier_steps",
    "find_run",
    "find_run_in",
    "frame_to_parquet",
    "keeper_of",
    "locate",
    "metric_points",
    "note_run",
    "open_store",
    "parquet_to_frame",
    "point_logger",
    "read_blob",
    "remember_notebook",
    "restore_run",
    "run_record",
    "runs_frame",
    "snapshot",
    "store_info",
    "tag_run",
    "to_frame",
    "verify_store",
    "which_way_is_up",
]
