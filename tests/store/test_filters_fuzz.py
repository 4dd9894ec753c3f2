"""Whatever a user types runs or is refused with a place and a sentence; nothing else ever happens."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.errors import BadFilter
from trackbook.store.filters import compile_query
from trackbook.store.migrations import migrate

RUN = "0192abc0-0000-7000-8000-000000000000"
GOOD = [
    "metrics.`val/loss`.min < -0.5 AND NOT (params.opt IN ('adam', 1, TRUE) OR starred)",
    "started_at > now() - INTERVAL '7 days' AND name NOT LIKE 'it''s%' AND round(metrics.acc, 2) BETWEEN 0 AND 1",
    "tags.\"a b\" IS NOT NULL OR run_id = '0192' OR params.x.y <> params.z OR lower(note) ILIKE '_x'",
]


OUR_SQL = re.compile(
    r"""
    [mpt]\d+\."[a-z]+"|\b(?:LEFT\ JOIN|ON|AS|AND|OR|NOT|IS|NULL|TRUE|FALSE|CASE|WHEN|THEN|ELSE|END|I?LIKE|ESCAPE\ '\\'
    |ASC|DESC|NULLS\ (?:FIRST|LAST)|NULLIF|COALESCE|CAST|DOUBLE\ PRECISION|TIMESTAMP|INTERVAL|VARCHAR
    |lower|upper|length|abs|round|starts_with|_tb\.(?:metric_summaries|params|tags)|r\.[a-z_]+|1e15
    |[mpt]\d+(?:\.(?:run_id|name|value|number|text))?)(?!\w)
    |\$\d+|'(?:NaN|true|false|null|)'|[-+*/(),=]|<>|<=?|>=?|\s
    """,
    re.VERBOSE,
)


@pytest.fixture(scope="module")
def db():
    connection = duckdb.connect()
    migrate(connection, Path("memory"))
    connection.execute("INSERT INTO _tb.runs (run_id, name, starred) VALUES ($1, 'a', TRUE)", [RUN])
    connection.execute("INSERT INTO _tb.params (run_id, name, value, text) VALUES ($1, 'x', '\"1\"', '1')", [RUN])
    connection.execute("INSERT INTO _tb.series (run_id, name, last) VALUES ($1, 'acc', 'NaN')", [RUN])
    yield connection
    connection.close()


def refusal(db, text, order_by=()):
    try:
        query = compile_query(text, order_by)
    except BadFilter as refused:
        return refused
    order = f"ORDER BY {', '.join(query.order)}" if query.order else ""
    sql = f"SELECT r.name FROM _tb.runs AS r {' '.join(query.joins)} WHERE {query.where} {order}"
    db.execute(sql, list(query.parameters)).fetchall()
    return None


def runs_or_is_refused(db, text, order_by=()):
    refused = refusal(db, text, order_by)
    return refused is None or (0 <= refused.position <= len(refused.text) and refused.reason.endswith((".", "?", "`")))


pieces = st.sampled_from(
    [
        *(
            "metrics",
            "params",
            "tags",
            "runs",
            "attributes",
            "metric",
            "acc",
            "name",
            "starred",
            "started_at",
            "run_id",
        ),
        *(".", ".", ",", "(", ")", "(", ")", "=", "!=", "<", ">=", "==", "<=>", "IN", "LIKE", "ILIKE", "BETWEEN", "IS"),
        *("NOT", "AND", "OR", "NULL", "TRUE", "1", "-1", "2.5", "1e999", "1_0", "0x1F", "'a'", "'2026-03-01'", "`v/l`"),
        *('"q"', "lower", "abs", "round", "now()", "INTERVAL", "'7 days'", "7", "days", "min", "count", "-", "+", "*"),
        *("--", "/*", "*/", ";", "::", "text", "SELECT", "CASE", "WHEN", "END", "EXISTS", "CAST", "$1", "?", "@", "#"),
        *("{{", "}}", "{%", "'", '"', "`", "\\", "\n", "\0", "\ud800", "é", "DATE", "ESCAPE", "ANY", "ARRAY", "[", "]"),
        *("metrics.acc > 1", "params.x = 'a'", "started_at < now()", "attempt IN (1, 2)", "name LIKE 'a%'"),
    ]
)


@settings(max_examples=600, deadline=None)
@given(
    text=st.lists(pieces, max_size=12).flatmap(lambda parts: st.sampled_from(["", " "]).map(lambda by: by.join(parts)))
)
def test_any_words_of_sql_run_or_are_refused(db, text):
    assert runs_or_is_refused(db, text)
    assert runs_or_is_refused(db, "", [text])


@settings(max_examples=300, deadline=None)
@given(text=st.text(), name=st.text(min_size=1))
def test_any_text_runs_or_is_refused(db, text, name):
    quoted_name, quoted_text = name.replace("`", "``"), text.replace("'", "''")
    assert runs_or_is_refused(db, text, [text])
    assert runs_or_is_refused(db, f"params.`{quoted_name}` = '{quoted_text}'", [f"metrics.`{quoted_name}`"])
    assert runs_or_is_refused(
        db, f"name LIKE '{quoted_text}' OR run_id = '{quoted_text}' OR started_at > '{quoted_text}'"
    )


@settings(max_examples=300, deadline=None)
@given(text=st.sampled_from(GOOD), place=st.integers(0, 110), sign=st.sampled_from(list("'\"`();-/*.,=<>é\0 1N")))
def test_one_slip_of_the_finger_runs_or_is_refused(db, text, place, sign):
    assert refusal(db, text) is None
    assert runs_or_is_refused(db, text[:place] + sign + text[place:])
    assert runs_or_is_refused(db, text[:place] + text[place + 1 :])


@settings(max_examples=100, deadline=None)
@given(name=st.text(min_size=1), text=st.text(), good=st.sampled_from(GOOD))
def test_the_sql_is_made_of_our_own_words_only(name, text, good):
    quoted_name, quoted_text = name.replace("`", "``"), text.replace("'", "''")
    typed = f"params.`{quoted_name}` = '{quoted_text}' OR tags.`{quoted_name}` LIKE '{quoted_text}' OR {good}"
    try:
        query = compile_query(typed, [f"metrics.`{quoted_name}` DESC", f"length(params.`{quoted_name}`) NULLS FIRST"])
    except BadFilter:
        return
    for sql in [*query.joins, query.where, *query.order]:
        assert OUR_SQL.sub("", sql) == "", sql
