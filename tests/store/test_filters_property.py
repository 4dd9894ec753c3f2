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
    return is_number(value) and math.isnan(value)


def text_of(value):
    return "NaN" if is_nan(value) else value if isinstance(value, str) else json.dumps(value)


def is_number(value):
    return isinstance(value, float)


@pytest.fixture(scope="module")
def db():
    connection = duckdb.connect()
    migrate(connection, Path("memory"))
    connection.execute("DROP VIEW _tb.metric_summaries")
    columns = ", ".join(f'"{name}" DOUBLE' for name in SUMMARIES)
    connection.execute(f"CREATE TABLE _tb.metric_summaries (run_id UUID, name TEXT, {columns})")
    for run in RUNS:
        attributes = [key for key in run if key not in {"metrics", "params", "tags"}]
        insert(connection, f"runs ({', '.join(attributes)})", [run[key] for key in attributes])
        for name, value in run["params"].items():
            number = value if is_number(value) else None
            written = json.dumps("NaN" if is_nan(value) else value)
            insert(
                connection,
                "params (run_id, name, value, number, text)",
                [run["run_id"], name, written, number, text_of(value)],
            )
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

    def careful(*values):
        return None if any(value is None or is_nan(value) for value in values) else function(*values)

    return careful


def quoted(name):
    return st.sampled_from([f"`{name.replace('`', '``')}`", '"{}"'.format(name.replace('"', '""'))])


def literal(value):
    if isinstance(value, bool):
        return str(value).upper()
    return "'{}'".format(value.replace("'", "''")) if isinstance(value, str) else repr(value)


numbers = st.sampled_from([number for number in NUMBERS if math.isfinite(number)]) | st.floats(-3, 3)
texts = st.sampled_from(TEXTS) | st.text("adm019'_%é", max_size=3)


@st.composite
def metrics(draw):
    name, summary = draw(st.sampled_from(NAMES)), draw(st.sampled_from(SUMMARIES))
    written = f"metrics.{draw(quoted(name))}.{summary}"
    return written, lambda run: run["metrics"].get(name, {}).get(summary)


@st.composite
def number_operands(draw):
    written, value = draw(metrics() | st.sampled_from([attempt, duration]) | params_as(as_number))
    function = draw(st.sampled_from(["", "", "abs", "round"]))
    if function == "abs":
        return f"abs({written})", lambda run: unknown(abs)(value(run))
    if function == "round":
        digits = draw(st.integers(0, 3))
        return f"round({written}, {digits})", lambda run: unknown(lambda number: rounded(number, digits))(value(run))
    return written, value


def rounded(number, digits):
    if abs(number) >= 1e15:
        return number
    scaled = number * 10.0**digits
    return math.copysign(math.floor(abs(scaled) + 0.5), scaled) / 10.0**digits


def attribute(name):
    return name, lambda run: run[name]


def seconds(run):
    return (run["ended_at"] - run["started_at"]).total_seconds() if run["ended_at"] else None


attempt, duration = attribute("attempt"), ("duration", seconds)
note = ("note", lambda run: run["note"] or None)


def as_number(value):
    return value if is_number(value) else None


def as_text(value):
    return None if value is None else text_of(value)


def as_boolean(value):
    return value if isinstance(value, bool) else None


@st.composite
def params_as(draw, kind):
    name = draw(st.sampled_from(NAMES))
    return f"params.{draw(quoted(name))}", lambda run: kind(run["params"].get(name))


@st.composite
def tags(draw):
    name = draw(st.sampled_from(NAMES))
    return f"tags.{draw(quoted(name))}", lambda run: run["tags"].get(name)


@st.composite
def text_operands(draw):
    written, value = draw(tags() | st.sampled_from([attribute("name"), attribute("status"), note]) | params_as(as_text))
    function = draw(st.sampled_from(["", "", "lower", "upper"]))
    if not function:
        return written, value
    return f"{function}({written})", lambda run: unknown(getattr(str, function))(value(run))


@st.composite
def comparisons(draw):
    kind = draw(st.sampled_from(["number", "text", "boolean", "time", "run"]))
    sign = draw(st.sampled_from(sorted(SIGNS)))
    if kind == "number":
        (written, value), other = draw(number_operands()), draw(numbers)
    elif kind == "text":
        (written, value), other = draw(text_operands()), draw(texts)
    elif kind == "boolean":
        (written, value), other = draw(params_as(as_boolean)), draw(st.booleans())
        sign = draw(st.sampled_from(["=", "!="]))
    elif kind == "time":
        (written, value), moment = draw(st.sampled_from([attribute("started_at"), attribute("ended_at")])), draw(times)
        return f"{written} {sign} '{moment.isoformat()}'", compare(value, sign, moment)
    else:
        (written, value), other = attribute("run_id"), draw(st.sampled_from(RUNS))["run_id"][: draw(st.integers(1, 36))]
        sign = draw(st.sampled_from(["=", "!="]))
        return f"{written} {sign} '{other}'", lambda run: run["run_id"].startswith(other) == (sign == "=")
    return f"{written} {sign} {literal(other)}", compare(value, sign, other)


times = st.sampled_from(TIMES) | st.datetimes(TIMES[0], TIMES[-1])


def compare(value, sign, other):
    return lambda run: unknown(SIGNS[sign])(value(run), other)


@st.composite
def metric_pairs(draw):
    (left, value), (right, other) = draw(metrics()), draw(metrics() | params_as(as_number))
    sign = draw(st.sampled_from(sorted(SIGNS)))
    return f"{left} {sign} {right}", lambda run: unknown(SIGNS[sign])(value(run), other(run))


@st.composite
def ranges(draw):
    if draw(st.booleans()):
        (written, value), low, high = draw(number_operands()), draw(numbers), draw(numbers)
    else:
        (written, value), low, high = draw(text_operands()), draw(texts), draw(texts)
    word, found = draw(negatable("BETWEEN", lambda run: unknown(lambda v: low <= v <= high)(value(run))))
    return f"{written} {word} {literal(low)} AND {literal(high)}", found


@st.composite
def lists(draw):
    if draw(st.booleans()):
        (written, value), some = draw(number_operands()), draw(st.lists(numbers, min_size=1, max_size=4))
    else:
        (written, value), some = draw(text_operands()), draw(st.lists(texts, min_size=1, max_size=4))
    word, found = draw(negatable("IN", lambda run: unknown(lambda v: v in some)(value(run))))
    return f"{written} {word} ({', '.join(map(literal, some))})", found


@st.composite
def patterns(draw):
    (written, value), pattern = draw(text_operands()), draw(texts)
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
    written, value = draw(metrics() | params_as(as_text) | tags() | st.sampled_from([note, attribute("ended_at")]))
    word, found = draw(st.sampled_from([("IS NULL", True), ("IS NOT NULL", False)]))
    return f"{written} {word}", lambda run: (value(run) is None) == found


@st.composite
def flags(draw):
    return draw(
        st.just(("starred", lambda run: bool(run["starred"])))
        | params_as(as_boolean)
        | st.sampled_from([("TRUE", lambda run: True), ("false", lambda run: False)])
    )


def negated(found):
    def contrary(run):
        answer = found(run)
        return None if answer is None else not answer

    return contrary


def joined(word, terms):
    decisive = word == "OR"

    def found(run):
        answers = [term(run) for _, term in terms]
        return decisive if decisive in answers else None if None in answers else not decisive

    return f" {word} ".join(text for text, _ in terms), found


def grown(inner):
    several = st.lists(inner, min_size=2, max_size=3)
    enclosed = several.flatmap(lambda terms: st.sampled_from(["AND", "OR"]).map(lambda word: joined(word, terms)))
    return enclosed.map(lambda pair: (f"({pair[0]})", pair[1])) | inner.map(
        lambda pair: (f"(NOT {pair[0]})", negated(pair[1]))
    )


simple = comparisons() | metric_pairs() | ranges() | lists() | patterns() | missing() | flags()
# Without parentheses round the whole, and with AND inside OR, as people write.
sums = st.lists(simple, min_size=1, max_size=3).map(lambda terms: joined("AND", terms))
expressions = st.recursive(simple, grown, max_leaves=8) | st.lists(sums, min_size=2, max_size=3).map(
    lambda terms: joined("OR", terms)
)


def found_by_sql(db, text):
    query = compile_filter(text)
    sql = f"SELECT r.name FROM _tb.runs AS r {' '.join(query.joins)} WHERE {query.where}"
    return sorted(name for (name,) in db.execute(sql, list(query.parameters)).fetchall())


@settings(max_examples=300, deadline=None)
@given(expression=expressions)
def test_a_filter_finds_what_plain_python_finds(db, expression):
    text, found = expression
    assert found_by_sql(db, text) == sorted(run["name"] for run in RUNS if found(run) is True)
