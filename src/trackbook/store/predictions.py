"""Which predictions a run has kept, and reading them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackbook.store.parquet import parquet_to_frame
from trackbook.store.records_of import read_blob
from trackbook.store.rows import fetch

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

    from trackbook.store.store import Store

# An evaluation's metrics stand in the row of the run that fitted the model, and so do its predictions.
_KEPT = """
    SELECT p.name, p.blob
    FROM _tb.predictions AS p
    JOIN _tb.runs AS r ON r.run_id = p.run_id
    WHERE p.run_id = $1 OR (r.evaluates_run_id = $1 AND r.deleted_at IS NULL)
    ORDER BY p.run_id = $1, p.logged_at
"""


def prediction_blobs(db: DuckDBPyConnection, run_id: str) -> dict[str, str]:
    """Digests of a run's predictions by name; its own before those of its evaluations, of each the newest."""
    return dict(fetch(db, _KEPT, [run_id]))


def read_predictions(store: Store, digest: str) -> pd.DataFrame:
    """Read predictions back: key, y_true, and y_pred or y_pred_0, y_pred_1, …  Raises StoreDamaged."""
    return parquet_to_frame(read_blob(store, digest))
