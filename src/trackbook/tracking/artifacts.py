"""Files of a run: kept by their content, named by a path inside the run."""

from __future__ import annotations

import io
import json
import os
import time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, BadName, BadValue, DiskFull, MissingPackage, warn
from trackbook.store import frame_to_parquet
from trackbook.tracking.active import active_run
from trackbook.tracking.folder import NAMES, UNREADABLE, LeftOut, files_of, is_of_store, printable
from trackbook.values import check_name, to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    from trackbook.tracking.run import Run


def log_artifact(path: str | Path, artifact_path: str | None = None, *, run: Run | None = None) -> None:
    """Keep a file, or a folder with all in it, with the active run.

    artifact_path: the folder inside the run; left out, its top. What of a folder
    cannot be kept, and the store itself, is left out with one warning. Raises
    BadInput for a path that is not there.
    """
    run = active_run("log_artifact") if run is None else run
    source = _source(path)
    at_top = artifact_path is None or (isinstance(artifact_path, str) and not artifact_path)
    inside = PurePosixPath() if at_top else PurePosixPath(check_path(artifact_path))
    if source.is_dir():
        _keep_folder(run, source, inside / (source.resolve().name if source.name == ".." else source.name))
    elif is_of_store(source, run.store.location):
        raise BadInput(f"{source} is the store itself; `trackbook store snapshot` copies it.")
    elif source.is_file():
        with _opened(source) as content:
            keep(run, content, str(inside / source.name), "file")
    elif source.exists():
        raise BadInput(f"{str(source)!r} is neither a file nor a folder, so its content cannot be kept.")
    else:
        raise BadInput(f"There is no file {str(source)!r} to keep; the working directory is {Path.cwd()}.")


def _source(path: object) -> Path:
    if not isinstance(path, (str, os.PathLike)) or not os.fspath(path) or "\0" in str(path):
        raise BadInput(f"log_artifact keeps a file or a folder: give its path, not {ascii(path)[:60]}.")
    source = Path(path)
    try:
        source.exists()
    except OSError as error:  # a name too long for any file
        raise BadInput(f"{ascii(path)[:60]}… names no file ({error.strerror}).") from error
    return source


def _opened(source: Path) -> IO[bytes]:
    try:
        return source.open("rb")
    except OSError as error:
        raise BadInput(f"{source} cannot be read ({error.strerror}), so it was not kept.") from error


def _keep_folder(run: Run, folder: Path, inside: PurePosixPath) -> None:
    """Keep a folder file by file; all that is left out is one warning at the end."""
    left_out = LeftOut()
    for file, path in files_of(folder, run.store.location, left_out):
        try:
            with file.open("rb") as content:
                put(run, content, str(inside / path), "file")
        except BadName:
            left_out.add(NAMES, printable(path))
        except DiskFull as error:
            left_out.add("everything from here on", f"{printable(path)}: {error}")
            break
        except OSError as error:
            left_out.add(UNREADABLE, f"{printable(path)}: {error.strerror}")
    if left_out:
        warn(f"{str(folder)!r} was kept without {left_out}.")


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
    check_path(path)
    try:
        frame = table if isinstance(table, pd.DataFrame) else pd.DataFrame(_columns(table))
    except (TypeError, ValueError):
        frame = None
    if frame is None or table is None or not len(frame.columns):
        raise BadValue("What log_table was given", table, "a table is a DataFrame or a dict of columns of one length")
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
        _draw(figure.savefig, buffer, ending, bbox_inches="tight")
    elif hasattr(figure, "to_plotly_json"):
        buffer.write(_plotly(figure, ending))
    elif hasattr(figure, "save"):
        _draw(figure.save, buffer, "jpeg" if ending == "jpg" else ending)
    else:
        raise BadInput(
            f"An object of type {type(figure).__name__} is no figure of matplotlib, plotly or PIL; "
            "log_artifact keeps files."
        )
    keep(run, buffer.getvalue(), path, "figure")


def _draw(save: Callable[..., object], buffer: IO[bytes], ending: str, **more: object) -> None:
    try:
        save(buffer, format=ending, **more)
    except (KeyError, ValueError) as error:  # what matplotlib and PIL say of a format that they do not know
        raise BadInput(f"The figure cannot be kept as .{ending} ({error}); .png works.") from error


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
    try:
        put(run, content, path, kind)
    except OSError as error:
        warn(f"{path} was not kept: {error}")


def put(run: Run, content: bytes | IO[bytes], path: str, kind: str) -> None:
    """Keep content as a file of a run. Raises BadName, DiskFull or another OSError."""
    check_path(path)
    digest, size = run.store.put_blob(content)
    run.store.event("artifact", run_id=run.run_id, path=path, kind=kind, blob=digest, size=size, at=time.time())
    run.artifacts.append((path, size))


def check_path(path: object) -> str:
    """Return a path inside a run when it stays inside; raises BadName."""
    text = check_name("artifact", path)
    parts = text.split("/")
    if text.startswith("/") or "\\" in text or ":" in parts[0] or any(part in {"", ".", ".."} for part in parts):
        raise BadName("artifact", path, "leaves the run; use a relative path with / and without ..")
    return text
