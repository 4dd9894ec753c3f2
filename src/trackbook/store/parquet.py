"""Frames as Parquet, without an Arrow library: DuckDB writes and reads it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from trackbook.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd


def frame_to_parquet(frame: pd.DataFrame) -> bytes:
    """Write a frame's columns (not its index) as one Parquet file. Raises BadInput for what Parquet cannot hold."""
    import duckdb  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="trackbook-") as folder, duckdb.connect() as db:
        path = Path(folder) / "frame.parquet"
        # DuckDB 1.4 does not know pandas 3's own type of text.
        texts = {name: object for name, kind in frame.dtypes.items() if str(kind) in {"str", "string"}}
        try:
            db.from_df(frame.astype(texts)).to_parquet(str(path), compression="zstd")
        except duckdb.Error as error:
            reason = str(error).partition(": ")[2].partition("\n")[0].rstrip(".")
            raise BadInput(f"These columns cannot be kept as Parquet: {reason}. log_table also writes .csv.") from error
        return path.read_bytes()


def parquet_to_frame(content: bytes) -> pd.DataFrame:
    """Read what `frame_to_parquet` wrote; only ever given content whose hash was verified."""
    import duckdb  # noqa: PLC0415

    from trackbook.store.frames import to_frame  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="trackbook-") as folder, duckdb.connect() as db:
        path = Path(folder) / "frame.parquet"
        path.write_bytes(content)
        return to_frame(db.execute("SELECT * FROM read_parquet($1)", [str(path)]))
