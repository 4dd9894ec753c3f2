"""A frame as text: a table for people, CSV and JSON for programs."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from trackbook.cli.json_text import frame_records, iso, json_text, json_value
from trackbook.cli.terminal import available_width, columns_of, cut_to, is_terminal, padded, say, sentence, strong
from trackbook.tracking.difference_text import figure, printable
from trackbook.values import to_json
from trackbook.views.numbers import exact_time

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

FORMATS = ("table", "csv", "json")
_WIDEST_CELL = 40
_GAP = 2

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="table for people; csv and json with all columns and digits.",
)


def write_frame(frame: pd.DataFrame, form: str, *, nan: str = "") -> None:
    """Write a frame to stdout in one of the formats. nan: what a table shows for NaN."""
    if form == "json":
        click.echo(json_text(frame_records(frame)))
    elif form == "csv":
        text = frame_csv(frame)
        click.echo(sentence(text) if is_terminal() else text, nl=False)
    else:
        write_table(frame, nan=nan)


def frame_csv(frame: pd.DataFrame) -> str:
    """Write a frame as CSV: all digits, empty for missing, times as ISO 8601 with a Z, lists as JSON."""
    import pandas as pd  # noqa: PLC0415

    buffer = io.StringIO()
    odd = [name for name in frame.columns if frame[name].dtype.kind in "OMm"]
    plain = {name: pd.Series([_csv_value(value) for value in frame[name].tolist()], dtype=object) for name in odd}
    pd.DataFrame({name: plain.get(name, frame[name]) for name in frame.columns}).to_csv(
        buffer, index=False, lineterminator="\n"
    )
    return buffer.getvalue()


def _csv_value(value: Any) -> object:  # noqa: ANN401 - any cell
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, float):
        return None if value != value else value  # noqa: PLR0124 - NaN
    known = json_value(value)
    return to_json(known) if isinstance(known, (list, dict)) else known


def write_table(frame: pd.DataFrame, *, nan: str = "") -> None:
    """Write a frame as a table that fits the terminal; columns that do not are named on stderr."""
    titles = [printable(str(name)) for name in frame.columns]
    right = [frame[name].dtype.kind in "iuf" or _all_numbers(frame[name].tolist()) for name in frame.columns]
    cells = [[cell(value, nan) for value in frame[name].tolist()] for name in frame.columns]
    widths = [max(map(columns_of, [title, *column])) for title, column in zip(titles, cells, strict=True)]
    count = _fitting(widths, available_width())
    lines = [_line(titles[:count], widths, right, strong)]
    lines += [_line(row, widths, right) for row in zip(*cells[:count], strict=True)]
    click.echo("\n".join(lines))
    if count < len(titles):
        plural = "column does" if len(titles) - count == 1 else "columns do"
        names = ", ".join(titles[count : count + 8]) + (", …" if len(titles) - count > 8 else "")  # noqa: PLR2004
        say(f"{len(titles) - count} {plural} not fit: {names}. `--format csv` has all.")


def cell(value: Any, nan: str = "") -> str:  # noqa: ANN401 - any cell
    """Write one value for a table: short, safe, on one line; times local."""
    if isinstance(value, datetime):
        # The store's times are UTC without saying so.
        return "" if value != value else exact_time(value.replace(tzinfo=value.tzinfo or UTC).timestamp())  # noqa: PLR0124
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return nan if value != value else figure(value)  # noqa: PLR0124
    known = value if isinstance(value, str) else json_value(value)
    text = "" if known is None else known if isinstance(known, str) else to_json(known)
    return cut_to(printable(text[: 10 * _WIDEST_CELL]), _WIDEST_CELL)


def _all_numbers(values: Sequence[object]) -> bool:
    given = [value for value in values if value is not None and value == value]  # noqa: PLR0124
    return bool(given) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in given)


def _fitting(widths: Sequence[int], most: int) -> int:
    """How many columns fit, from the left; one always does."""
    used = -_GAP
    for count, width in enumerate(widths):
        used += width + _GAP
        if used > most:
            return max(count, 1)
    return len(widths)


def _line(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool], dress: Callable[[str], str] = str) -> str:
    parts = [padded(text, width, right=at_right) for text, width, at_right in zip(texts, widths, right, strict=False)]
    return dress((" " * _GAP).join(parts).rstrip())
