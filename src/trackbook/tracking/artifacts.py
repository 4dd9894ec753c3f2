"""Files of a run: kept by their content, named by a path inside the run."""

from __future__ import annotations

import io
import json
import time
import warnings
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, BadName, DiskFull, MissingPackage
from trackbook.store import TrackbookWarning, frame_to_parquet
from trackbook.tracking.active import active_run
from trackbook.values import check_name, to_json

if TYPE_CHECKING:
    from typing import IO

    from trackbook.tracking.run import Run


def log_artifact(path: str | Path, artifact_path: str | None = None, *, run: Run | None = None) -> None:
    """Keep a file, or a folder with all in it, with the active run.

    artifact_path: the folder inside the run; left out, its top. Raises BadInput
    for a path that is not there.
    """
    run = active_run("log_artifact") if run is None else run
    source = Path(path)
    inside = PurePosixPath(check_path(artifact_path)) if artifact_path else PurePosixPath()
    if source.is_dir():
        for file in sorted(source.rglob("*")):
            if file.is_file() and not file.is_symlink():
                _keep_file(run, file, str(inside / source.name / file.relative_to(source).as_posix()))
    elif source.is_file():
        _keep_file(run, source, str(inside / source.name))
    else:
        raise BadInput(f"There is no file {str(source)!r} to keep; the working directory is {Path.cwd()}.")


def log_text(text: str, path: str, *, run: Run | None = None) -> None:
    """Keep a text as a file of the active run."""
    run = active_run("log_text") if run is None else run
    keep(run, str(text).encode("utf-8", "replace"), path, "text")


def log_dict(values: object, path: str, *, run: Run | None = None) -> None:
    """Keep a dict or list as a JSON file of the active run; NaN and infinities become strings."""
    run = active_run("log_dict") if run is None else run
    keep(run, json.dumps(json.loads(to_json(values)), indent=2, ensure_ascii=False).encode(), path, "json")


def log_table(table: Any, path: str, *, run: Run | None = None) -> None:  # noqa: ANN401 - pandas, polars, dict
    """Keep a DataFrame, or a dict of columns, as .parquet, .csv or .json, by the path's ending."""
    import pandas as pd  # noqa: PLC0415

    run = active_run("log_table") if run is None else run
    frame = table if isinstance(table, pd.DataFrame) else pd.DataFrame(_columns(table))
    ending = PurePosixPath(path).suffix
    if ending == ".parquet":
        content = frame_to_parquet(frame)
    elif ending == ".csv":
        content = frame.to_csv(index=False).encode()
    elif ending == ".json":
        content = frame.to_json(orient="split", index=False).encode()
    else:
        raise BadName("table", path, "ends in neither .parquet nor .csv nor .json")
    keep(run, content, path, "table")


def _columns(table: Any) -> Any:  # noqa: ANN401
    return table.to_dict(as_series=False) if hasattr(table, "to_dict") and hasattr(table, "lazy") else table


def log_figure(figure: Any, path: str, *, run: Run | None = None) -> None:  # noqa: ANN401 - of any library
    """Keep a matplotlib, plotly or PIL figure; the path's ending chooses the format (.png, .svg, .html, …)."""
    run = active_run("log_figure") if run is None else run
    check_path(path)
    ending = PurePosixPath(path).suffix.lstrip(".") or "png"
    if hasattr(figure, "get_figure") and not hasattr(figure, "savefig"):
        figure = figure.get_figure()
    buffer = io.BytesIO()
    if hasattr(figure, "savefig"):
        figure.savefig(buffer, format=ending, bbox_inches="tight")
    elif hasattr(figure, "to_plotly_json"):
        buffer.write(_plotly(figure, ending))
    elif hasattr(figure, "save"):
        figure.save(buffer, format="jpeg" if ending == "jpg" else ending)
    else:
        raise BadInput(
            f"A {type(figure).__name__} is no figure of matplotlib, plotly or PIL; log_artifact keeps files."
        )
    keep(run, buffer.getvalue(), path, "figure")


def _plotly(figure: Any, ending: str) -> bytes:  # noqa: ANN401
    if ending == "html":
        return str(figure.to_html(include_plotlyjs="cdn")).encode()
    if ending == "json":
        return str(figure.to_json()).encode()
    try:
        return bytes(figure.to_image(format=ending))
    except (ValueError, ImportError, RuntimeError) as error:
        raise MissingPackage(
            "kaleido", f"Keeping a plotly figure as .{ending} (.html and .json work without)"
        ) from error


def keep(run: Run, content: bytes | IO[bytes], path: str, kind: str) -> None:
    """Keep content as a file of a run. Trouble with the store is a warning: the user's work goes on."""
    check_path(path)
    try:
        digest, size = run.store.put_blob(content)
        run.store.event("artifact", run_id=run.run_id, path=path, kind=kind, blob=digest, size=size, at=time.time())
        run.artifacts.append((path, size))
    except (DiskFull, OSError) as error:
        warnings.warn(f"{path} was not kept: {error}", TrackbookWarning, stacklevel=3)


def _keep_file(run: Run, file: Path, path: str) -> None:
    with file.open("rb") as content:
        keep(run, content, path, "file")


def check_path(path: str) -> str:
    """Return a path inside a run when it stays inside; raises BadName."""
    check_name("artifact", path)
    parts = path.split("/")
    if path.startswith("/") or "\\" in path or ":" in parts[0] or any(part in {"", ".", ".."} for part in parts):
        raise BadName("artifact", path, "leaves the run; use a relative path with / and without ..")
    return path
