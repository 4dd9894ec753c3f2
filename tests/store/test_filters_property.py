"""Whatever a filter says, it finds the runs that plain Python finds, three-valued logic included."""

from __future__ import annotations

import json
import math
import operator
import random
import re
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackbook.store.filters import compile_filter
from trackbook.store.migrations import migrate

NAN = math.nan
NAMES = [
    "loss",
    "val/loss",
    "a.b",
    "it's",
    'say "hi"',
    "`tick`",
    "'; DROP TABLE _tb.runs; --",
    "<b>x</b>",
    "$1",
    "é😀 ü",
]
NUMBERS = [-1.5, 0.0, 0.125, 1.0, 2.5, 1e20, math.inf, NAN]
TEXTS = ["adam", "Adam", "10", "9", "", "it's", "a_b%c\\", "'; DROP TABLE _tb.runs; --", "<b>", "true", "null", "é😀"]
TIMES = [datetime.fromisoformat("2026-03-01") + timedelta(hours=13 * n) for n in range(6)]
SUMMARIES = ["min", "max", "mean", "best", "first", "last", "count"]
SIGNS = {"=": operator.eq, "!=": operator.ne, "<>": operator.ne, "<": operator.lt, "<=": operator.le}
SIGNS |= {">": operator.gt, ">=": operator.ge}


def make_runs():
    dice, runs = random.Random(7), []
    for number in range(40):
        values = [*NUMBERS, *TEXTS, True, False, None]
        runs.append(
            {
                "seq": number,
                "run_id": str(UUID(int=dice.getrandbits(128))),
                "name": f"{dice.choice(TEXTS)}{number}",
                "status": dice.choice(["FINISHED", "FAILED"]),
                "note": dice.choice([*TEXTS, None]),
                "attempt": dice.randrange(4),
                "starred": dice.choice([True, False, None]),
                "started_at": dice.choice(TIMES),
                "ended_at": dice.choice([*TIMES, None]),
                "metrics": {
                    name: dict(zip(SUMMARIES, [*dice.choices(NUMBERS, k=6), dice.randrange(4)], strict=True))
                    for name in dice.sample(NAMES, 6)
                },
                "params": {name: dice.choice(values) for name in dice.sample(NAMES, 7)},
                "tags": {name: dice.choice(TEXTS) for name in dice.sample(NAMES, 6)},
            }
        )
    return runs


RUNS = make_runs()


def is_nan(value):
    return isinstance(value, float) and math.isnan(value)


def text_of(value):
    return "NaN" if is_nan(value) else value if isinstance(value, str) else json.dumps(value)


@pytest.fixture(scope="module")
def db():
    connection = duckdb.connect()
    migrate(connection, Path("memory"))
    columns = ", ".join(f'"{name}" DOUBLE' for name in SUMMARIES)
    connection.execute("DROP VIEW _tb.metric_summaries")
    connection.execute(f"CREATE TABLE _tb.metric_summaries (run_id UUID, name TEXT, {columns})")
    for run in RUNS:
        attributes = [key for key in run if key not in {"metrics", "params", "tags"}]
        insert(connection, f"runs ({', '.join(attributes)})", [run[key] for key in attributes])
        for name, value in run["params"].items():
            written = json.dumps("NaN" if is_nan(value) else value)
            values = [run["run_id"], name, written, as_number(value), text_of(value)]
            insert(connection, "params (run_id, name, value, number, text)", values)
        for name, value in run["tags"].items():
            insert(connection, "tags (run_id, name, value)", [run["run_id"], name, value])
        for name, summary in run["metrics"].items():
            insert(connection, "metric_summaries", [run["run_id"], name, *summary.values()])
    yield connection
    assert connection.execute("SELECT count(*) FROM _tb.runs").fetchone() == (len(RUNS),)
    connection.close()


def insert(connection, table, values):
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    connection.execute(f"INSERT INTO _tb.{table} VALUES ({places})", values)


# An expression is a pair: its text, and a function from a run to True, False or None (unknown).


def unknown(function):
    """Let a function of values be None where one of them is None or NaN."""

    return lambda *values: None if any(value is None or is_nan(value) for value in values) else function(*values)


def quoted(name):
    return st.sampled_from([f"`{name.replace('`', '``')}`", '"{}"'.format(name.replace('"', '""'))])


def literal(value):
    if isinstance(value, bool):
        return str(value).upper()
    return repr(value) if isinstance(value, (int, float)) else "'{}'".format(str(value).replace("'", "''"))


numbers = st.sampled_from([number for number in NUMBERS if math.isfinite(number)]) | st.floats(-3, 3)
texts = st.sampled_from(TEXTS) | st.text("adm019'_%é", max_size=3)


@st.composite
def metrics(draw):
    name, summary = draw(st.sampled_from(NAMES)), draw(st.sampled_from(SUMMARIES))
    written = f"metrics.{draw(quoted(name))}.{summary}"
    return written, lambda run: run["metrics"].get(name, {}).get(summary)


def rounded(number):
    return number if abs(number) >= 1e15 else math.copysign(math.floor(abs(number * 100) + 0.5), number) / 100


def attribute(name):
    return name, lambda run: run[name]


def seconds(run):
    return (run["ended_at"] - run["started_at"]).total_seconds() if run["ended_at"] else None


note = ("note", lambda run: run["note"] or None)


def only(kind):
    return lambda value: value if isinstance(value, kind) else None


as_number, as_boolean = only(float), only(bool)


def as_text(value):
    return None if value is None else text_of(value)


@st.composite
def named(draw, table, kind):
    name = draw(st.sampled_from(NAMES))
    return f"{table}.{draw(quoted(name))}", lambda run: kind(run[table].get(name))


@st.composite
def applied(draw, operand, functions):
    (written, value), (form, function) = draw(operand), draw(st.sampled_from(functions))
    return form.format(written), lambda run: unknown(function)(value(run))


number_operands = applied(
    metrics() | named("params", as_number) | st.sampled_from([attribute("attempt"), ("duration", seconds)]),
    [("{}", float), ("abs({})", abs), ("round({}, 2)", rounded)],
)
text_operands = applied(
    named("tags", as_text) | named("params", as_text) | st.sampled_from([attribute("name"), attribute("status"), note]),
    [("{}", str), ("lower({})", str.lower), ("upper({})", str.upper)],
)


@st.composite
def operands(draw):
    """Draw what is compared, how to find it in a run, and the literals that go with it."""
    if draw(st.booleans()):
        return *draw(number_operands), numbers
    return *draw(text_operands), texts


def comparing(operand, other_operand, signs=tuple(SIGNS)):
    def written(parts):
        (text, value), sign, (other_text, other) = parts
        return f"{text} {sign} {other_text}", lambda run: unknown(SIGNS[sign])(value(run), other(run))

    return st.tuples(operand, st.sampled_from(signs), other_operand).map(written)


def literals(values):
    return values.map(lambda value: (literal(value), lambda _: value))


booleans = named("params", as_boolean)
moments = st.sampled_from([attribute("started_at"), attribute("ended_at")])
times = st.sampled_from(TIMES) | st.datetimes(TIMES[0], TIMES[-1])
comparisons = (
    comparing(number_operands, literals(numbers) | metrics())
    | comparing(metrics(), number_operands)
    | comparing(text_operands, literals(texts))
    | comparing(moments, literals(times))
    | comparing(booleans, literals(st.booleans()), ["=", "!="])
)


@st.composite
def ranges(draw):
    written, value, others = draw(operands())
    low, high = draw(others), draw(others)
    word, found = draw(negatable("BETWEEN", lambda run: unknown(lambda v: low <= v <= high)(value(run))))
    return f"{written} {word} {literal(low)} AND {literal(high)}", found


@st.composite
def lists(draw):
    written, value, others = draw(operands())
    some = draw(st.lists(others, min_size=1, max_size=4))
    word, found = draw(negatable("IN", lambda run: unknown(lambda v: v in some)(value(run))))
    return f"{written} {word} ({', '.join(map(literal, some))})", found


@st.composite
def patterns(draw):
    (written, value), pattern = draw(text_operands), draw(texts)
    word = draw(st.sampled_from(["LIKE", "ILIKE"]))
    plain = "".join({"%": ".*", "_": "."}.get(char, re.escape(char)) for char in pattern)
    matches = re.compile(plain, re.DOTALL | (re.IGNORECASE if word == "ILIKE" else 0)).fullmatch
    word, found = draw(negatable(word, lambda run: unknown(lambda v: bool(matches(v)))(value(run))))
    return f"{written} {word} {literal(pattern)}", found


@st.composite
def negatable(draw, word, found):
    return draw(st.sampled_from([(word, found), (f"NOT {word}", negated(found))]))


@st.composite
def missing(draw):
    written, value = draw(
        metrics() | named("params", as_text) | named("tags", as_text) | st.sampled_from([note, attribute("ended_at")])
    )
    word, found = draw(st.sampled_from([("IS NULL", True), ("IS NOT NULL", False)]))
    return f"{written} {word}", lambda run: (value(run) is None) == found


flags = (
    st.sampled_from(
        [("starred", lambda run: bool(run["starred"])), ("TRUE", lambda _: True), ("false", lambda _: False)]
    )
    | booleans
)


def negated(found):
    return lambda run: {True: False, False: True, None: None}[found(run)]


def joined(word, terms):
    decisive = word == "OR"

    def found(run):
        answers = [term(run) for _, term in terms]
        return decisive if decisive in answers else None if None in answers else not decisive

    return f" {word} ".join(text for text, _ in terms), found


def grown(inner):
    several = st.lists(inner, min_size=2, max_size=3)
    both = several.flatmap(lambda terms: st.sampled_from(["AND", "OR"]).map(lambda word: joined(word, terms)))
    nots = inner.map(lambda pair: (f"NOT {pair[0]}", negated(pair[1])))
    return (both | nots).map(lambda pair: (f"({pair[0]})", pair[1]))


simple = comparisons | ranges() | lists() | patterns() | missing() | flags
sums = st.lists(simple, min_size=1, max_size=3).map(lambda terms: joined("AND", terms))
mixed = st.lists(sums, min_size=2, max_size=3).map(lambda terms: joined("OR", terms))
expressions = st.recursive(simple, grown, max_leaves=8) | mixed


@settings(max_examples=300, deadline=None)
@given(expression=expressions)
def test_a_filter_finds_what_plain_python_finds(db, expression):
    text, found = expression
    query = compile_filter(text)
    sql = f"SELECT r.name FROM _tb.runs AS r {' '.join(query.joins)} WHERE {query.where} ORDER BY r.seq"
    names = [name for (name,) in db.execute(sql, list(query.parameters)).fetchall()]
    assert names == [run["name"] for run in RUNS if found(run) is True]
