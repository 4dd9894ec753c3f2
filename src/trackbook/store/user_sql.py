"""A user's own SQL from outside a notebook: reads only, and its faults become sentences of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackbook.errors import BadInput, BadValue
from trackbook.store.frames import to_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from trackbook.store.store import Store


def read_only_sql(store: Store, query: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
    """Answer a query over the store's views without being able to change anything.

    parameters: for $1, $2, … in the query. Raises BadInput with DuckDB's reason, StoreHeld.
    """
    import duckdb  # noqa: PLC0415

    if not isinstance(query, str) or not query.strip(" \t\n;"):
        raise BadInput("There is no query to answer; one is text such as SELECT * FROM runs.")
    try:
        values = list(parameters)
    except TypeError:
        raise BadValue("parameters", parameters, "it is a list with one value for each $1, $2, …") from None
    if any(_is_halved(each) for each in (query, *values)):
        raise BadInput("The query or a parameter has half a character (a lone surrogate); take it out.")
    with store.asking() as db:
        try:
            db.execute("BEGIN TRANSACTION READ ONLY")
            answer = db.execute(query, values)
            return to_frame(answer)
        except duckdb.Error as error:
            raise BadInput(_sentence(str(error))) from error


def _is_halved(value: object) -> bool:
    """Tell text that no database can hold; DuckDB 1.x meets it with an error that is not its own."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False


def _sentence(text: str) -> str:
    """Say what DuckDB says, and the way out where its own words hide it."""
    if "read-only mode" in text:
        return "This query writes, and SQL from here only reads; tb.connect() gives a connection that writes."
    if "file system operations are disabled" in text:
        return "A query cannot read or write other files; `--format csv` and `>` write its answer to one."
    return f"The query cannot be answered: {text.strip()}"
